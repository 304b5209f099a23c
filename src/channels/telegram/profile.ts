import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present } from '../kit.ts'
import { nameOf } from './origin.ts'
import { target } from './render.ts'
import { call } from './send.ts'
import type { Settings } from './settings.ts'

/** The chat's name. Its picture is a file behind the bot's token, so there is no address to hand out. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const { chat_id } = target(of)
  const answer = maybe((await call({ method: 'getChat', fields: { chat_id } }, io)).json)
  return answer.ok ? present({ name: nameOf(answer.result) }) : null
}
