import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, records, text } from '../kit.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  const json = { external_userid_list: [of], need_enter_session_context: 0 }
  const answer = await call({ path: '/cgi-bin/kf/customer/batchget', json }, io)
  const customer = refusal(answer) ? undefined : records(maybe(answer.json).customer_list)[0]
  return customer ? present({ name: text(customer.nickname), avatarUrl: text(customer.avatar) }) : null
}
