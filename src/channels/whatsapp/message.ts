import type { InboundEvent } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { requiredId, timeOf } from '../meta/facts.ts'
import { contactOf, idOf, type Origin, origin, person } from './origin.ts'
import { partsOf } from './parts.ts'
import { system } from './system.ts'

/** One entry of `messages`: said, pressed, reacted, changed or taken back by a customer. */
export function message(raw: Json, value: Json): InboundEvent {
  if (raw.type === 'system') return system(raw, value)
  const by = origin(raw, value)
  return changed(raw, by) ?? pressed(raw, by) ?? said(raw, by)
}

/** An entry of `message_echoes`: written by a colleague in the WhatsApp Business app. `from` stays the customer. */
export function echo(raw: Json, value: Json): InboundEvent {
  const who = person(raw.to, raw.to_user_id, contactOf(value, raw.to, raw.to_user_id))
  const by = { id: requiredId(raw.id), ...who, at: timeOf(raw.timestamp) }
  if (raw.type === 'reaction') return { type: 'unsupported', ...by, what: 'reaction from the Business app' }
  const change = changed(raw, by)
  if (change) return change
  const parts = partsOf(raw)
  if (!parts) return { type: 'unsupported', ...by, what: `echo ${text(raw.type) ?? 'without a type'}` }
  const replyTo = idOf(maybe(raw.context).id)
  return { type: 'echo', ...by, parts, ...(replyTo && { replyTo }) }
}

function changed(raw: Json, by: Origin): InboundEvent | undefined {
  const body = maybe(raw[String(raw.type)])
  const of = () => requiredId(body.original_message_id ?? body.message_id)
  if (raw.type === 'reaction') return { type: 'reaction', ...by, of: of(), emoji: text(body.emoji) ?? '' }
  if (raw.type === 'revoke') return { type: 'deleted', ...by, of: of() }
  if (raw.type !== 'edit') return undefined
  const parts = partsOf(maybe(body.message))
  if (!parts) return { type: 'unsupported', ...by, what: `edit to ${text(maybe(body.message).type) ?? 'nothing'}` }
  return { type: 'edited', ...by, of: of(), parts }
}

function pressed(raw: Json, by: Origin): InboundEvent | undefined {
  const of = idOf(maybe(raw.context).id)
  const press = (choice: unknown, label: unknown): InboundEvent => ({
    type: 'chosen',
    ...by,
    choice: text(choice) ?? text(label) ?? '',
    label: text(label) ?? text(choice) ?? '',
    ...(of && { of }),
  })
  if (raw.type === 'button') return press(maybe(raw.button).payload, maybe(raw.button).text)
  if (raw.type === 'request_welcome') return { type: 'started', ...by }
  if (raw.type !== 'interactive') return undefined
  const body = maybe(raw.interactive)
  const reply = maybe(body[String(body.type)])
  if (body.type === 'button_reply' || body.type === 'list_reply') return press(reply.id, reply.title)
  return body.type === 'call_permission_reply' ? permission(reply, by) : undefined
}

function permission(reply: Json, by: Origin): InboundEvent {
  const given = reply.response === 'accept'
  const until = given && !reply.is_permanent ? timeOf(reply.expiration_timestamp).toISOString() : undefined
  return {
    type: 'happened',
    ...by,
    what: given ? 'call-permission-given' : 'call-permission-refused',
    ...(until && { values: { until } }),
  }
}

function said(raw: Json, by: Origin): InboundEvent {
  const parts = partsOf(raw)
  if (!parts) return { type: 'unsupported', ...by, what: unknownKind(raw) }
  const context = maybe(raw.context)
  const entry = entryOf(raw)
  const replyTo = idOf(context.id)
  return {
    type: 'message',
    ...by,
    parts,
    ...(replyTo && { replyTo }),
    ...((context.forwarded === true || context.frequently_forwarded === true) && { forwarded: true as const }),
    ...(entry && { entry }),
  }
}

/** Through which ad, post or product question the customer came. */
function entryOf(raw: Json): { ref: string; source: string } | undefined {
  const referral = maybe(raw.referral)
  const ref = text(referral.source_id) || text(referral.ctwa_clid) || text(referral.source_url)
  if (ref) return { ref, source: text(referral.source_type) ?? 'ad' }
  const product = maybe(maybe(raw.context).referred_product)
  const item = text(product.product_retailer_id)
  return item ? { ref: [text(product.catalog_id), item].filter(Boolean).join(':'), source: 'product' } : undefined
}

function unknownKind(raw: Json): string {
  const kind = text(maybe(raw.unsupported).type) ?? text(maybe(raw.interactive).type)
  const type = text(raw.type) ?? 'message without a type'
  const known = type === 'unsupported' || type === 'unknown' ? 'message' : type
  return [known, kind ?? text(records(raw.errors)[0]?.title)].filter(Boolean).join(': ')
}
