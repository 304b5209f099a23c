import type { ExternalId, InboundEvent } from '../contract.ts'
import { address, externalId, type Json, maybe, number, present, seconds, text } from '../kit.ts'
import { strangeIn } from './envelope.ts'
import { idOf, privately, whereabouts } from './origin.ts'
import { partsOf } from './parts.ts'
import { serviceOf } from './service.ts'

/** Whatever Telegram calls a Message: words, files, or something that happened in the chat. */
export function message(raw: Json): InboundEvent {
  const origin = originOf(raw)
  const moved = text(raw.migrate_to_chat_id)
  if (moved) return { type: 'moved', ...origin, to: address(moved) }
  const start = started(raw)
  if (start) return { type: 'started', ...origin, ...start }
  const parts = partsOf(raw)
  if (!parts.length) return wordless(raw, origin)
  if (isEcho(raw)) return { type: 'echo', ...origin, parts, ...quoted(raw) }
  const forwarded = raw.forward_origin || raw.forward_date ? { forwarded: true as const } : {}
  return { type: 'message', ...origin, parts, ...quoted(raw), ...forwarded }
}

/** Somebody called the bot into a chat where it is no member: only the person who called can be answered. */
export function guestMessage(raw: Json): InboundEvent {
  const { group: _, ...origin } = { group: undefined, ...originOf(raw) }
  const caller = raw.guest_bot_caller_user ?? raw.from
  const id = externalId(`g${text(raw.guest_query_id) ?? idOf(raw)}`)
  const guest = { ...origin, ...(caller ? privately(caller) : {}), at: origin.at, id }
  const parts = partsOf(raw)
  return parts.length ? { type: 'message', ...guest, parts } : wordless(raw, guest)
}

/** The message as it reads now. */
export function edited(raw: Json): InboundEvent {
  const of = idOf(raw)
  const origin = { ...originOf(raw), id: externalId(`${of}:e${text(raw.edit_date)}`), at: seconds(raw.edit_date) }
  const parts = partsOf(raw)
  return parts.length ? { type: 'edited', ...origin, of, parts } : wordless(raw, origin)
}

type Origin = Pick<ReturnType<typeof originOf>, 'id' | 'from' | 'at'>

function originOf(raw: Json) {
  const origin = whereabouts(raw, isEcho(raw) ? raw.chat : raw.from)
  const own = text(maybe(raw.contact).user_id) !== undefined && maybe(raw.contact).user_id === maybe(raw.from).id
  if (own && 'sender' in origin) origin.sender.phone = text(maybe(raw.contact).phone_number) ?? ''
  return { id: idOf(raw), ...origin, ...present({ order: number(raw.message_id) }) }
}

/** In a business account's chats the owner's own messages arrive too; the chat bears the customer's number. */
const isEcho = (raw: Json): boolean =>
  raw.business_connection_id !== undefined && raw.from !== undefined && maybe(raw.from).id !== maybe(raw.chat).id

/** A topic's first message is named as replied-to by every message in the topic: that is no quotation. */
function quoted(raw: Json): { replyTo?: ExternalId } {
  const reply = maybe(raw.reply_to_message)
  if (reply.message_id === undefined || reply.forum_topic_created) return {}
  return { replyTo: idOf({ ...raw, ephemeral_message_id: undefined, message_id: reply.message_id }) }
}

/** `/start` is pressed, not typed; after a deep link it carries the link's payload. */
function started(raw: Json): { entry?: { ref: string; source: string } } | undefined {
  const pressed = /^\/start(?:@\w+)?(?:\s+([\w-]{1,64}))?\s*$/.exec(text(raw.text) ?? '')
  if (!pressed || isEcho(raw)) return undefined
  return pressed[1] ? { entry: { ref: pressed[1], source: 'link' } } : {}
}

function wordless(raw: Json, origin: Origin): InboundEvent {
  const service = serviceOf(raw)
  if (service) return { type: 'happened', ...origin, ...service }
  return { type: 'unsupported', ...origin, what: strangeIn(raw) || 'empty message' }
}
