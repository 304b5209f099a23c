import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'

/** Viber answers this twice in twelve hours for one person; names come with every message anyway. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const answer = await call('get_user_details', { id: of }, io)
  if (refusal(answer)) return null
  const user = maybe(maybe(answer.json).user)
  return present({ name: text(user.name), avatarUrl: text(user.avatar), language: text(user.language) })
}
