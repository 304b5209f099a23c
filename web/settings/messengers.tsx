import type { Channel } from '../../src/api/shapes.ts'
import { useNow } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { useWorld } from '../state/store.ts'
import { number } from '../time.ts'
import { AccountMark } from './account-mark.tsx'
import { ChannelPanel } from './channel-panel.tsx'
import { ConnectPanel } from './connect.tsx'
import { PageHead } from './head.tsx'
import { healthWords } from './health.ts'
import { NeverLost } from './never-lost.tsx'

/** The connected messengers and how well their traffic runs. `item` is a channel, `connect` or `connect-<kind>`. */
export function Messengers({ item }: { item?: string | undefined }) {
  const channels = useWorld(w => w.channels)
  const chosen = channels?.find(channel => channel.id === item)
  const close = () => go('/settings/messengers')
  return (
    <>
      <div className="page">
        <PageHead title={t('Messengers')}>
          <span className="dim not-phone">{channels && tally(channels)}</span>
          <i className="grow" />
          <button type="button" className="btn main" onClick={() => go('/settings/messengers/connect')}>
            <Icon name="plus" />
            {t('Connect')}
          </button>
        </PageHead>
        {channels?.length === 0 ? (
          <p className="nothing">{t('No messenger is connected yet. Connect the first one.')}</p>
        ) : (
          <Table channels={channels} item={item} />
        )}
        <p className="help" style={{ marginTop: 12 }}>
          {t('A green log-in proves nothing: a line is well when events arrive and answers leave.')}
        </p>
        {channels && channels.length > 0 && <NeverLost channels={channels} />}
      </div>
      {chosen && <ChannelPanel key={chosen.id} channel={chosen} close={close} />}
      {item?.startsWith('connect') && <ConnectPanel key={item} kind={item.slice('connect-'.length)} close={close} />}
    </>
  )
}

/** `1 needs you, 2 to watch, 5 well`. */
function tally(channels: Channel[]): string {
  const count = (...states: string[]) => channels.filter(c => states.includes(c.health.state)).length
  const [alarm, watch, well] = [count('alarm'), count('watch'), count('well', 'quiet')]
  return [
    alarm > 0 && t('{n, plural, one {# needs you} other {# need you}}', { n: alarm }),
    watch > 0 && t('{n, plural, one {# to watch} other {# to watch}}', { n: watch }),
    well > 0 && t('{n, plural, one {# well} other {# well}}', { n: well }),
  ]
    .filter(Boolean)
    .join(', ')
}

const order = ['alarm', 'watch', 'well', 'quiet', 'off']

function Table({ channels, item }: { channels: Channel[] | null; item?: string | undefined }) {
  const sorted = channels?.toSorted((a, b) => order.indexOf(a.health.state) - order.indexOf(b.health.state))
  return (
    <div className="tbl">
      <div className="th">
        <span />
        <span>{t('Health, judged by traffic')}</span>
        <span>{t('24 hours')}</span>
        <span>{t('In')}</span>
        <span>{t('Out')}</span>
        <span>{t('Failed')}</span>
      </div>
      {sorted?.map(channel => <Line key={channel.id} channel={channel} on={channel.id === item} />) ?? <GhostLines />}
    </div>
  )
}

function Line({ channel: c, on }: { channel: Channel; on: boolean }) {
  const now = useNow()
  return (
    <button
      type="button"
      className={`ch ${c.health.state} ${on ? 'on' : ''}`}
      aria-expanded={on}
      onClick={() => go(`/settings/messengers/${c.id}`)}
    >
      <AccountMark channel={c} />
      <div>
        <div className="nm cut">
          {c.name} {c.account && <span className="dim">{c.account}</span>}
        </div>
        <div className="hl">{healthWords(c.health, now)}</div>
      </div>
      <Bars hours={c.health.hours} />
      <span className="num">{number(c.health.received)}</span>
      <span className="num">{number(c.health.sent)}</span>
      <span className={c.health.failed ? 'num er' : 'num'}>{number(c.health.failed)}</span>
    </button>
  )
}

/** One bar an hour, the last 24. */
function Bars({ hours }: { hours: number[] }) {
  const most = Math.max(1, ...hours)
  const bars = Array.from({ length: 24 }, (_, i) => ({ x: i * 4, n: hours[i - 24 + hours.length] ?? 0 }))
  return (
    <svg className="bars" width="96" height="24" viewBox="0 0 96 24" role="img" aria-label={t('Messages by hour')}>
      {bars.map(({ x, n }) => {
        const height = n ? Math.max(3, (n / most) * 22) : 2
        return <rect key={x} x={x} y={24 - height} width="3" height={height} rx=".5" className={n ? '' : 'none'} />
      })}
    </svg>
  )
}

function GhostLines() {
  return [44, 60, 36].map(width => (
    <div key={width} className="ch panel" aria-hidden="true">
      <span className="ghost-line" style={{ width: 28, height: 28, borderRadius: '50%' }} />
      <span className="ghost-line" style={{ width: `${width}%` }} />
    </div>
  ))
}
