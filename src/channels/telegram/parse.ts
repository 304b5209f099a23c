import { createHash } from 'node:crypto'
import type { ExternalId, InboundEvent, RawRequest } from '../contract.ts'
import { bodyJson, externalId, type Json, maybe, record, seconds, text } from '../kit.ts'
import { edited, guestMessage, message } from './messages.ts'
import { privately, whereabouts } from './origin.ts'
import { happened, money, plain } from './service.ts'
import {
  businessConnection,
  callback,
  deletedMessages,
  joinRequest,
  memberChanged,
  ownMembership,
  pollCounted,
  pollVote,
  reaction,
  reactionCounts,
} from './updates.ts'

/** One delivery is one Update. A field that nobody knows yet becomes `unsupported`, under the update's number. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const update: Json = body.chat && body.message_id ? { message: body } : body
  const number = text(update.update_id) ?? createHash('sha256').update(request.body).digest('hex').slice(0, 16)
  const kinds = Object.keys(update).filter(key => key !== 'update_id')
  if (!kinds.length) return [{ type: 'unsupported', id: externalId(`u${number}`), what: 'empty update' }]
  return kinds.flatMap((kind, i) => readable(kind, externalId(`u${number}${i ? `:${kind}` : ''}`), update[kind]))
}

type Reader = (raw: Json, id: ExternalId) => InboundEvent | InboundEvent[]

function readable(kind: string, id: ExternalId, raw: unknown): InboundEvent[] {
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined
  if (!read) return [{ type: 'unsupported', ...whose(maybe(raw)), id, what: kind || 'unnamed' }]
  try {
    return [read(record(raw), id)].flat()
  } catch {
    return [{ type: 'unsupported', ...whose(maybe(raw)), id, what: `unreadable ${kind}` }]
  }
}

/** Whatever it is, it belongs into the thread of the chat or the person that it names. */
function whose(raw: Json) {
  const who = raw.from ?? raw.user
  if (maybe(raw.chat).id !== undefined) return whereabouts(raw, who)
  return maybe(who).id === undefined ? {} : { ...privately(who), at: seconds(raw.date ?? 0) }
}

/** Something a person did outside any message, told in the private chat with them. */
const done =
  (what: string | ((raw: Json) => string), values: (raw: Json) => Record<string, string | undefined>): Reader =>
  (raw, id) => ({
    type: 'happened',
    id,
    ...privately(raw.user ?? raw.from),
    ...happened(typeof what === 'string' ? what : what(raw), values(raw)),
  })

/** Something that happened to a chat. */
const inChat =
  (what: string, values: (raw: Json) => Record<string, string | undefined>): Reader =>
  (raw, id) => ({ type: 'happened', id, ...whereabouts(raw, raw.user), ...happened(what, values(raw)) })

const readers: Record<string, Reader> = {
  message,
  channel_post: message,
  business_message: message,
  guest_message: guestMessage,
  edited_message: edited,
  edited_channel_post: edited,
  edited_business_message: edited,
  deleted_business_messages: deletedMessages,
  callback_query: callback,
  message_reaction: reaction,
  message_reaction_count: reactionCounts,
  my_chat_member: ownMembership,
  chat_member: memberChanged,
  chat_join_request: joinRequest,
  business_connection: businessConnection,
  poll: pollCounted,
  poll_answer: pollVote,
  inline_query: done('inline-query', raw => ({ query: text(raw.query) })),
  chosen_inline_result: done('inline-result-chosen', raw => ({ query: text(raw.query), result: text(raw.result_id) })),
  pre_checkout_query: done('checkout-started', raw => ({ payload: text(raw.invoice_payload), total: money(raw) })),
  shipping_query: done('shipping-asked', raw => ({
    payload: text(raw.invoice_payload),
    address: Object.values(plain(raw.shipping_address)).filter(Boolean).join(', '),
  })),
  purchased_paid_media: done('paid-media-bought', raw => ({ payload: text(raw.paid_media_payload) })),
  subscription: done(
    raw => `subscription-${/^[a-z]+$/.exec(text(raw.state) ?? '')?.[0] ?? 'changed'}`,
    raw => ({ payload: text(raw.invoice_payload) }),
  ),
  managed_bot: done('managed-bot-changed', raw => ({ bot: text(maybe(raw.bot).username) })),
  stopped_message_generation: inChat('generation-stopped', plain),
  chat_boost: inChat('chat-boosted', raw => ({ boost: text(maybe(raw.boost).boost_id) })),
  removed_chat_boost: inChat('boost-removed', raw => ({ boost: text(raw.boost_id) })),
}
