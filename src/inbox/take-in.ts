import type { InboundEvent } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import { DatabaseUnavailable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { attribute } from './attribute.ts'
import { quarantine } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'
import { type Parsed, type Receiving, receive } from './receive.ts'
import { tidyEvents } from './tidy.ts'

/** All of a workspace in one transaction. */
export async function receiveAll(on: Receiving, list: readonly Parsed[]): Promise<void> {
  for (const [workspaceId, theirs] of Map.groupBy(list, one => one.delivery.workspaceId))
    await receiveOrSetAside(on, workspaceId, theirs)
}

/** What cannot be read is set aside, never dropped. */
export async function parse(on: Parley, delivery: StoredDelivery): Promise<Parsed | undefined> {
  const channel = await on.channels.byId(delivery.channelId)
  const events = channel && read(channel, delivery)
  if (!events || typeof events === 'string')
    return void (await quarantine(on, delivery, events ?? 'The channel was removed.'))
  return { delivery, heard: await attribute(on, channel, events) }
}

/** The events, or why it could not be read. */
function read(channel: Connected, delivery: StoredDelivery): InboundEvent[] | string {
  try {
    return tidyEvents(channel.adapter.parse(delivery.request), delivery.receivedAt)
  } catch (error) {
    return `It could not be read: ${(error as Error).message}`
  }
}

/** By another process, in the very moment between our looking and our writing. It has committed: the next look finds it. */
const writtenMeanwhile = (error: unknown): boolean =>
  (error as { constraint?: string }).constraint === 'messages_by_external_id'

/** A batch that fails is halved until the one delivery that cannot be received stands alone. */
async function receiveOrSetAside(on: Receiving, workspaceId: string, list: Parsed[]): Promise<void> {
  let tries = 0
  for (;;) {
    try {
      return await receive(on, workspaceId, list)
    } catch (error) {
      if (error instanceof DatabaseUnavailable) {
        await new Promise(r => setTimeout(r, 200))
        continue
      }
      if (writtenMeanwhile(error) && tries++ < 5) continue
      if (list.length === 1) {
        on.log.error({ delivery: list[0]!.delivery.id, error: (error as Error).message }, 'A delivery was set aside.')
        return quarantine(on, list[0]!.delivery, `It could not be received: ${(error as Error).message}`)
      }
      const half = list.length >> 1
      await receiveOrSetAside(on, workspaceId, list.slice(0, half))
      return receiveOrSetAside(on, workspaceId, list.slice(half))
    }
  }
}
