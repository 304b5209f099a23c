import type { InboundEvent } from '../contract.ts'
import { address, type Json, maybe, text } from '../kit.ts'
import { requiredId, timeOf } from '../meta/facts.ts'
import { contactOf, idOf, isUserId, person } from './origin.ts'

/** Notices about the customer: a new number, a new user id, a new device. They come without `contacts`. */
export function system(raw: Json, value: Json): InboundEvent {
  const notice = maybe(raw.system)
  const previous = idOf(notice.previous_user_id) ?? idOf(raw.from_user_id) ?? previousInWords(notice)
  const phone = raw.from ?? notice.customer
  const next = [notice.user_id, notice.wa_id, notice.new_wa_id].map((id): string | undefined => idOf(id))
  const who = person(phone, previous, phone || previous ? contactOf(value, phone, previous) : { user_id: next[0] })
  const by = { id: requiredId(raw.id), ...who, at: timeOf(raw.timestamp) }
  const words = { values: { text: text(notice.body) ?? '' } }
  if (notice.type === 'customer_identity_changed')
    return { type: 'happened', ...by, what: 'identity-changed', ...words }
  if (!moves.has(text(notice.type) ?? ''))
    return { type: 'unsupported', ...by, what: `system ${text(notice.type) ?? 'notice'}` }
  const to = next.find(id => id && id !== who.from && !who.aliases?.some(alias => alias === id))
  const also = [...(who.aliases ?? []), ...next.flatMap(id => (id && id !== to && id !== who.from ? address(id) : []))]
  const aliases = also.length && { aliases: [...new Set(also)] }
  return to
    ? { type: 'moved', ...by, ...aliases, to: address(to) }
    : { type: 'happened', ...by, what: 'number-changed', ...words }
}

const moves = new Set(['user_changed_number', 'user_changed_user_id', 'customer_changed_number'])

/** Some notices name the old user id only in their sentence: "User Ann changed from US.1 to US.2". */
function previousInWords(notice: Json): string | undefined {
  const named = (text(notice.body) ?? '').match(/\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]+/g) ?? []
  return named.find(id => isUserId(id) && id !== notice.user_id)
}
