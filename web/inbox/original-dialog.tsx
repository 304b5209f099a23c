import { Modal } from '@mantine/core'
import type { Delivery, Message } from '../../src/api/shapes.ts'
import { useLoad } from '../parts/hooks.ts'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { now } from '../state/store.ts'
import { fullTime, size } from '../time.ts'
import { type Found, findDelivery, type ListDeliveries, type Page } from './find-delivery.ts'

/** The raw delivery a message came in. */
export function OriginalDialog({ message, close }: { message: Message; close: () => void }) {
  const { value: found, error } = useLoad(async () => (await originalOf(message)) ?? null, message.id)
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('As it came')}
      closeButtonProps={{ 'aria-label': t('Close window') }}
    >
      {found === undefined && !error && <p className="dim">{t('Looking for it…')}</p>}
      {(found === null || !!error) && <p>{t('The original is no longer kept, or it came with another delivery.')}</p>}
      {found?.by === 'time' && <p className="help">{t('Found by its time: it does not name the message.')}</p>}
      {found && <Raw delivery={found.delivery} />}
    </Modal>
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
      {delivery.body.length >= shownMost && (
        <p className="help">{t('Only the beginning of {size} is shown.', { size: size(delivery.bytes) })}</p>
      )}
    </>
  )
}

/** The server hands out so many characters of a body. */
const shownMost = 2000

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

const lister =
  (channel: string): ListDeliveries =>
  ({ after, limit }) =>
    ask<Page>(`/deliveries?${new URLSearchParams({ channel, limit: String(limit), ...(after && { after }) })}`)

async function originalOf(message: Message): Promise<Found | undefined> {
  const channel = now().conversations[message.conversationId]?.channelId
  return channel ? findDelivery(message, lister(channel)) : undefined
}
