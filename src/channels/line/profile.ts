import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'

/** Events tell no names, so this is the only way to one: for friends of the account, and for groups it is in. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  if (of.startsWith('R')) return null
  const id = encodeURIComponent(of)
  const path = of.startsWith('C') ? `/v2/bot/group/${id}/summary` : `/v2/bot/profile/${id}`
  const answer = await call(path, { method: 'GET' }, io)
  if (refusal(answer)) return null
  const { displayName, groupName, pictureUrl, language } = maybe(answer.json)
  return present({ name: text(displayName ?? groupName), avatarUrl: text(pictureUrl), language: text(language) })
}
