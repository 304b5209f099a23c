import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Channel, Delivery } from '../../src/api/shapes.ts'
import { Raw } from '../inbox/original-dialog.tsx'
import { useLoad } from '../parts/hooks.ts'
import { Mark } from '../parts/icon.tsx'
import { attempt, toast } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { readChannels } from '../state/act.ts'
import { ask, post } from '../state/api.ts'
import { clock, number } from '../time.ts'

/** What was not understood and what could not be read: both are kept. */
export function NeverLost({ channels }: { channels: Channel[] }) {
  return (
    <>
      <h2>{t('Never lost')}</h2>
      <div className="two">
        <Unsupported channels={channels} />
        <Quarantined channels={channels} />
      </div>
    </>
  )
}

const sum = (channels: Channel[], key: 'unsupported' | 'quarantined') => channels.reduce((n, c) => n + c.health[key], 0)

function Unsupported({ channels }: { channels: Channel[] }) {
  return (
    <section className="box">
      <div className="row">
        <b className="grow">{t('Not understood today')}</b>
        <b className="num">{number(sum(channels, 'unsupported'))}</b>
      </div>
      <p>{t('Kept as they came, shown in the thread, and understood again when Parley learns them.')}</p>
      <ul>
        {channels
          .filter(c => c.health.unsupported > 0)
          .map(c => (
            <li key={c.id}>
              <Mark kind={c.kind} />
              <span className="grow cut">{c.name}</span>
              <span className="num">{number(c.health.unsupported)}</span>
              <button type="button" onClick={() => void replay(`/deliveries/replay`, { channel: c.id })}>
                {t('Replay')}
              </button>
            </li>
          ))}
      </ul>
    </section>
  )
}

function Quarantined({ channels }: { channels: Channel[] }) {
  const count = sum(channels, 'quarantined')
  const { value, again } = useLoad(() => ask<{ items: Delivery[] }>('/deliveries?state=quarantined'), `${count}`)
  const [open, setOpen] = useState<Delivery>()
  return (
    <section className="box">
      <div className="row">
        <b className="grow">{t('Set aside')}</b>
        <b className="num">{number(count)}</b>
      </div>
      <p>{t('Could not be read at all. The next ones went through.')}</p>
      <ul>
        {value?.items.slice(0, 5).map(delivery => (
          <li key={delivery.id}>
            <Mark kind={channels.find(c => c.id === delivery.channelId)?.kind ?? '?'} />
            <span className="grow cut">{[clock(delivery.receivedAt), delivery.error].filter(Boolean).join(', ')}</span>
            <button type="button" onClick={() => setOpen(delivery)}>
              {t('See it')}
            </button>
            <button type="button" onClick={() => void replay(`/deliveries/${delivery.id}/replay`, {}).then(again)}>
              {t('Replay')}
            </button>
          </li>
        ))}
      </ul>
      {(value?.items.length ?? 0) > 5 && (
        <button type="button" className="text-link" onClick={() => go('/settings/deliveries')}>
          {t('All deliveries')}
        </button>
      )}
      <Modal
        opened={!!open}
        onClose={() => setOpen(undefined)}
        size="lg"
        title={t('As it came')}
        closeButtonProps={{ 'aria-label': t('Close window') }}
      >
        {open && <Raw delivery={open} />}
      </Modal>
    </section>
  )
}

/** Hands stored deliveries in once more and says how many. */
export async function replay(path: string, body: unknown): Promise<void> {
  await attempt(async () => {
    const { replayed } = await post<{ replayed: number }>(path, body)
    toast(
      t('{n, plural, one {# delivery was handed in again} other {# deliveries were handed in again}}', { n: replayed }),
    )
    await readChannels()
  })
}
