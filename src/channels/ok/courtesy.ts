import type { Address, ExternalId, Io, Outgoing, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'

const act = (sender_action: string, { address }: Outgoing, io: Io<Settings>) =>
  call('messages', { recipient: { chat_id: address }, sender_action }, io)

export async function typing(to: Outgoing, io: Io<Settings>): Promise<void> {
  await act('typing_on', to, io)
}

/** The whole chat up to now. */
export async function markRead(_message: ExternalId, to: Outgoing, io: Io<Settings>): Promise<void> {
  await act('mark_seen', to, io)
}

/** Group chats have a title and a picture; who writes in a dialog is named in each event. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const answer = await call(`chat?chat_id=${encodeURIComponent(of)}`, undefined, io)
  if (refusal(answer)) return null
  const { title, icon } = maybe(answer.json)
  const shown = present({ name: text(title), avatarUrl: text(maybe(icon).url) ?? text(icon) })
  return Object.keys(shown).length ? shown : null
}
