import type { Address, InboundEvent, Io, Outgoing, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import { nameOf } from './parts.ts'
import type { Settings } from './settings.ts'

const isChat = (of: Address): boolean => !of.includes(':')

/** The person of a dialog, or the title of a group. Names of people come with every message anyway. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  if (!isChat(of)) return null
  const answer = await call(`/chats/${encodeURIComponent(of)}`, { method: 'GET' }, io)
  if (refusal(answer)) return null
  const chat = maybe(answer.json)
  const person = maybe(chat.dialog_with_user)
  return present({
    name: nameOf(person) ?? text(chat.title),
    avatarUrl: text(person.full_avatar_url) ?? text(person.avatar_url) ?? text(maybe(chat.icon).url),
  })
}

export async function typing({ address }: Outgoing, io: Io<Settings>): Promise<void> {
  const path = `/chats/${encodeURIComponent(address)}/actions`
  if (isChat(address)) await call(path, { method: 'POST', json: { action: 'typing_on' } }, io)
}

/** A pressed button waits for an answer: its own words, shown for a moment. */
export async function acknowledge(event: InboundEvent, io: Io<Settings>): Promise<void> {
  if (event.type !== 'chosen') return
  const json = { notification: event.label || event.choice }
  await call('/answers', { method: 'POST', query: { callback_id: event.id }, json }, io)
}
