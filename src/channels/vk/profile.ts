import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, records, text } from '../kit.ts'
import { call, refusal, responseOf } from './api.ts'
import { chatOf, postOf } from './place.ts'
import type { Settings } from './settings.ts'

/** Events carry numbers only: names are asked for. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const peer = postOf(of)?.person ?? of
  if (chatOf(peer)) return chat(peer, io)
  if (!/^\d+$/.test(peer)) return null
  const answer = await call('users.get', { user_ids: peer, fields: 'photo_200' }, io)
  if (refusal(answer)) return null
  const { id, first_name, last_name, photo_200 } = responseOf(answer)
  if (!text(id)) return null
  const name = [text(first_name), text(last_name)].filter(Boolean).join(' ')
  return present({ name, avatarUrl: text(photo_200) })
}

async function chat(peer: string, io: Io<Settings>): Promise<Profile | null> {
  const answer = await call('messages.getConversationsById', { peer_ids: peer }, io)
  if (refusal(answer)) return null
  const { title, photo } = maybe(maybe(records(responseOf(answer).items)[0]).chat_settings)
  return present({ name: text(title), avatarUrl: text(maybe(photo).photo_200) })
}
