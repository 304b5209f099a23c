import { useEffect, useState } from 'react'
import type { Delivery } from '../../src/api/shapes.ts'
import { Raw } from '../inbox/original-dialog.tsx'
import { Icon, Mark } from '../parts/icon.tsx'
import { reasonOf } from '../parts/toast.tsx'
import { msg, t } from '../say.ts'
import { ask } from '../state/api.ts'
import { useWorld } from '../state/store.ts'
import { fullTime, size } from '../time.ts'
import { PageHead } from './head.tsx'
import { replay } from './never-lost.tsx'

interface Filter {
  channel: string
  state: string
}

const states: Record<Delivery['state'], string> = { new: msg('New'), done: msg('Done'), quarantined: msg('Set aside') }

/** Every raw request that came, as it came. */
export function Deliveries() {
  const [filter, setFilter] = useState<Filter>({ channel: '', state: '' })
  const [open, setOpen] = useState<Delivery>()
  const list = useDeliveries(filter)
  return (
    <>
      <div className="page">
        <PageHead title={t('Deliveries')}>
          <span className="dim not-phone">{t('Everything that messengers handed in, as it came')}</span>
        </PageHead>
        <Filters filter={filter} setFilter={setFilter} />
        {list.error !== undefined && <p className="alert">{reasonOf(list.error)}</p>}
        <div className="tbl lines">
          {list.items?.map(delivery => (
            <Line key={delivery.id} delivery={delivery} open={() => setOpen(delivery)} />
          ))}
          {list.items?.length === 0 && (
            <p className="dim">{t('Nothing here. What messengers send appears as it comes.')}</p>
          )}
        </div>
        {list.next && (
          <button type="button" className="btn" style={{ marginTop: 12 }} onClick={list.more}>
            {t('Show older ones')}
          </button>
        )}
      </div>
      {open && <Panel delivery={open} close={() => setOpen(undefined)} />}
    </>
  )
}

function useDeliveries(filter: Filter) {
  const key = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString()
  const [state, setState] = useState<{ key: string; items?: Delivery[]; next?: string | null; error?: unknown }>({
    key,
  })
  const load = async (after: string, before: Delivery[]) => {
    try {
      const page = await ask<{ items: Delivery[]; next: string | null }>(
        `/deliveries?${key}${after && `&after=${encodeURIComponent(after)}`}`,
      )
      setState({ key, items: [...before, ...page.items], next: page.next })
    } catch (error) {
      setState({ key, items: before, error })
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key holds the whole filter
  useEffect(() => void load('', []), [key])
  const mine = state.key === key ? state : { key }
  return { ...mine, more: () => void load(mine.next ?? '', mine.items ?? []) }
}

function Filters({ filter, setFilter }: { filter: Filter; setFilter: (filter: Filter) => void }) {
  const channels = useWorld(w => w.channels ?? [])
  const byChannel = channels.map(channel => [channel.id, channel.name] as const)
  const byState = Object.entries(states).map(([state, name]) => [state, t(name)] as const)
  return (
    <div className="filters">
      <Choose
        label={t('Channel')}
        options={[['', t('All messengers')], ...byChannel]}
        value={filter.channel}
        choose={channel => setFilter({ ...filter, channel })}
      />
      <Choose
        label={t('State')}
        options={[['', t('In any state')], ...byState]}
        value={filter.state}
        choose={state => setFilter({ ...filter, state })}
      />
      <i className="grow" />
      <ReplayAll filter={filter} />
    </div>
  )
}

interface ChooseProps {
  label: string
  options: readonly (readonly [string, string])[]
  value: string
  choose: (value: string) => void
}

function Choose({ label, options, value, choose }: ChooseProps) {
  return (
    <span className="fld">
      <select aria-label={label} value={value} onChange={event => choose(event.target.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </span>
  )
}

function ReplayAll({ filter }: { filter: Filter }) {
  const [sure, setSure] = useState(false)
  const all = async () => {
    setSure(false)
    await replay('/deliveries/replay', Object.fromEntries(Object.entries(filter).filter(([, value]) => value)))
  }
  if (!sure)
    return (
      <button type="button" className="btn" onClick={() => setSure(true)}>
        <Icon name="repeat" />
        {t('Replay all that match')}
      </button>
    )
  return (
    <>
      <span className="help">{t('Replaying doubles nothing: known messages stay as they are.')}</span>
      <button type="button" className="btn main" onClick={() => void all()}>
        {t('Replay these')}
      </button>
    </>
  )
}

function Line({ delivery: d, open }: { delivery: Delivery; open: () => void }) {
  const channel = useWorld(w => w.channels?.find(one => one.id === d.channelId))
  return (
    <button type="button" onClick={open}>
      <Mark kind={channel?.kind ?? '?'} />
      <span className="grow">
        <span className="cut" style={{ display: 'block' }}>
          {channel?.name}
          {d.error && <span className="help bad"> {d.error}</span>}
        </span>
        <small className="num">{fullTime(d.receivedAt)}</small>
      </span>
      <small className="num">{size(d.bytes)}</small>
      <span className={`state ${d.state}`}>{t(states[d.state])}</span>
    </button>
  )
}

function Panel({ delivery, close }: { delivery: Delivery; close: () => void }) {
  return (
    <aside className="conn" aria-label={t('As it came')}>
      <header>
        <h2 className="grow">{t('As it came')}</h2>
        <button type="button" className="tool" aria-label={t('Close window')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <div className="form">
        <Raw delivery={delivery} />
      </div>
      <div className="foot">
        <i className="grow" />
        <button type="button" className="btn main" onClick={() => void replay(`/deliveries/${delivery.id}/replay`, {})}>
          <Icon name="repeat" />
          {t('Replay')}
        </button>
      </div>
    </aside>
  )
}
