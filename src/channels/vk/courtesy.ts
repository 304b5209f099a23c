import type { ExternalId, InboundEvent, Io, Outgoing } from '../contract.ts'
import { call } from './api.ts'
import { numberOf } from './place.ts'
import type { Settings } from './settings.ts'

export async function typing({ address }: Outgoing, io: Io<Settings>): Promise<void> {
  await call('messages.setActivity', { peer_id: address, type: 'typing' }, io)
}

export async function markRead(message: ExternalId, { address }: Outgoing, io: Io<Settings>): Promise<void> {
  const cmid = numberOf(message, address)
  if (cmid) await call('messages.markAsRead', { peer_id: address, up_to_cmid: cmid }, io)
}

/** Until it is answered the pressed button shows that it waits; after a minute VK gives up. */
export async function acknowledge(event: InboundEvent, io: Io<Settings>): Promise<void> {
  const [, peer_id, user_id, event_id] = /^press:(-?\d+):(\d+):(.+)$/s.exec(event.id) ?? []
  if (peer_id && user_id && event_id) await call('messages.sendMessageEventAnswer', { event_id, user_id, peer_id }, io)
}
