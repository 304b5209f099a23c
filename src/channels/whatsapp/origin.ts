import type { Address, ExternalId, Sender } from '../contract.ts'
import { address, externalId, type Json, maybe, present, records, text } from '../kit.ts'
import { requiredId, timeOf } from '../meta/facts.ts'

export type Origin = {
  id: ExternalId
  from: Address
  aliases?: Address[]
  at: Date
  sender?: Sender
  group?: { title: string; member: string }
}

/** A business-scoped user id (`US.1349…`) or its parent of a whole portfolio (`US.ENT.1181…`). */
export const isUserId = (value: string): boolean => /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(value)

export function idOf(value: unknown): ExternalId | undefined {
  const id = text(value)
  return id ? externalId(id) : undefined
}

const phoneOf = (value: unknown): string | undefined => idOf(text(value)?.replace(/^\+/, ''))

/**
 * The person behind a phone or user id: the user id leads, because the phone may be missing from the next webhook
 * (usernames, 2026) while the user id never is. Throws when neither is there.
 */
export function person(phone: unknown, userId: unknown, contact: Json) {
  const known = phoneOf(phone) ?? phoneOf(contact.wa_id)
  const scoped = idOf(userId) ?? idOf(contact.user_id)
  const from = scoped ?? known
  if (!from) throw new TypeError('neither a phone nor a user id')
  const profile = maybe(contact.profile)
  const sender = present({ name: text(profile.name), username: text(profile.username), phone: known })
  return {
    from: address(from),
    ...(scoped && known && { aliases: [address(known)] }),
    ...(Object.keys(sender).length && { sender }),
  }
}

/** The entry of `contacts` that speaks of this person; never one that contradicts the given ids. */
export function contactOf(value: Json, phone: unknown, userId: unknown): Json {
  const contacts = records(value.contacts)
  const exact = contacts.find(c => (userId && c.user_id === userId) || (phone && c.wa_id === phone))
  if (exact) return exact
  const only = contacts.length === 1 ? contacts[0]! : {}
  const contradicts = (phone && only.wa_id) || (userId && only.user_id)
  return contradicts ? {} : only
}

/** Who, when and in which chat an entry of `messages` was said. In a group the group is the address. */
export function origin(raw: Json, value: Json): Origin {
  const contact = contactOf(value, raw.from, raw.from_user_id)
  const who = person(raw.from, raw.from_user_id, contact)
  const base = { id: requiredId(raw.id), at: timeOf(raw.timestamp) }
  const group = idOf(raw.group_id)
  if (!group) return { ...base, ...who }
  const member = who.sender?.name ?? who.from
  return { ...base, from: address(group), ...(who.sender && { sender: who.sender }), group: { title: group, member } }
}
