import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Delivery, Message } from '../../src/api/shapes.ts'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { now } from '../state/store.ts'
import { fullTime } from '../time.ts'

/** "See the original": the raw delivery this message came in, as long as it can be found. */
export function Original({ message }: { message: Message }) {
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<Delivery | null>()
  const show = () => {
    setOpen(true)
    findDelivery(message).then(setFound, () => setFound(null))
  }
  return (
    <>
      <button type="button" className="text-link" onClick={show}>
        {t('See the original')}
      </button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        size="lg"
        title={t('As it came')}
        closeButtonProps={{ 'aria-label': t('Close window') }}
      >
        {found === undefined && <p className="dim">{t('Looking for it…')}</p>}
        {found === null && <p>{t('The original is no longer kept, or it came with another delivery.')}</p>}
        {found && <Raw delivery={found} />}
      </Modal>
    </>
  )
}

export function Raw({ delivery }: { delivery: Delivery }) {
  return (
    <>
      <p className="dim" style={{ marginBottom: 8 }}>
        {fullTime(delivery.receivedAt)}
        {delivery.error && <span className="help bad"> {delivery.error}</span>}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keys */}
      <pre className="raw" tabIndex={0}>
        {pretty(delivery.body)}
      </pre>
    </>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

const pages = 5

/** Deliveries are listed newest first; the one that names the message and lies nearest to its time is it. */
async function findDelivery(message: Message): Promise<Delivery | null> {
  const channel = now().conversations[message.conversationId]?.channelId
  const name = message.externalId?.replace(/#.*$/, '')
  let after = ''
  for (let page = 0; page < pages; page++) {
    const path = `/deliveries?channel=${channel}${after && `&after=${encodeURIComponent(after)}`}`
    const { items, next } = await ask<{ items: Delivery[]; next: string | null }>(path)
    const hit = items.find(delivery => name && delivery.body.includes(name))
    if (hit) return hit
    if (!next) return null
    after = next
  }
  return null
}
