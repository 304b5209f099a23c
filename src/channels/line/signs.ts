import type { ExternalId, Io, Outgoing } from '../contract.ts'
import { call } from './api.ts'
import type { Settings } from './settings.ts'

/** Dots in the chat until the next message, or for so long. */
export async function typing({ address }: Outgoing, io: Io<Settings>): Promise<void> {
  await call('/v2/bot/chat/loading/start', { method: 'POST', json: { chatId: address, loadingSeconds: 10 } }, io)
}

/** Marks a message read, and all before it, by the token that came with it. */
export async function markRead(_message: ExternalId, to: Outgoing, io: Io<Settings>): Promise<void> {
  const token = to.last?.kept?.markAsReadToken ?? to.replyKept?.markAsReadToken
  if (token) await call('/v2/bot/chat/markAsRead', { method: 'POST', json: { markAsReadToken: token } }, io)
}
