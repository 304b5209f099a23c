import type { Address, Io, Outgoing, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** Names and pictures are empty since December 2021; what is left is the remark that the business wrote down itself. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const answer = await call({ path: '/cgi-bin/user/info', query: { openid: of, lang: 'en' } }, io)
  if (refusal(answer)) return null
  const { nickname, remark, headimgurl, language } = maybe(answer.json)
  return present({ name: text(nickname) || text(remark), avatarUrl: text(headimgurl), language: text(language) })
}

/** Lasts about a quarter of a minute, and needs a message of the customer as an answer does. */
export async function typing(to: Outgoing, io: Io<Settings>): Promise<void> {
  await call({ path: '/cgi-bin/message/custom/typing', json: { touser: to.address, command: 'Typing' } }, io)
}
