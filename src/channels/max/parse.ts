import { createHash } from 'node:crypto'
import type { Part } from '../../domain/message.ts'
import type { Address, ExternalId, InboundEvent, RawRequest, Sender } from '../contract.ts'
import {
  address,
  bodyJson,
  externalId,
  type Json,
  maybe,
  milliseconds,
  present,
  record,
  records,
  text,
} from '../kit.ts'
import { happened } from './happened.ts'
import { nameOf, partsOf } from './parts.ts'

/** MAX sends one update per request. */
export function parse(request: RawRequest): InboundEvent[] {
  const update = bodyJson(request)
  const kind = text(update.update_type)
  if (!kind) throw new TypeError('no update of MAX: "update_type" is missing')
  try {
    return eventsOf(kind, update)
  } catch {
    return [unsupported(`unreadable ${kind}`, update)]
  }
}

function eventsOf(kind: string, update: Json): InboundEvent[] {
  switch (kind) {
    case 'message_created':
    case 'comment_created':
      return [said(update)]
    case 'message_edited':
    case 'comment_edited':
      return [edited(update)]
    case 'message_removed':
    case 'comment_removed':
      return [{ type: 'deleted', of: externalId(needed(update.message_id)), ...origin(update) }]
    case 'message_callback':
      return [pressed(update)]
    case 'bot_started':
      return started(update)
    case 'bot_stopped':
      return [{ type: 'consent', given: false, purpose: 'all', ...origin(update) }]
    default: {
      const known = happened(update)
      return [known ? { type: 'happened', ...known, ...origin(update) } : unsupported(`update ${kind}`, update)]
    }
  }
}

/** In a dialog there is nobody but the customer and the bot: what a bot says there is our own. */
function said(update: Json): InboundEvent {
  const message = record(update.message)
  const body = record(message.body)
  const link = maybe(message.link)
  const parts = [...partsOf(body), ...(link.type === 'forward' ? partsOf(maybe(link.message)) : [])]
  const quoted = link.type === 'reply' ? text(maybe(link.message).mid) : undefined
  const from = { ...origin(update), id: externalId(needed(body.mid)), at: milliseconds(message.timestamp) }
  const order = orderOf(body)
  const about = { ...from, ...(order !== undefined && { order }), ...(quoted && { replyTo: externalId(quoted) }) }
  if (!parts.length) return { type: 'unsupported', what: 'message without content', ...from }
  if (isOwn(message)) return { type: 'echo', parts, ...about }
  return { type: 'message', parts, ...about, ...(link.type === 'forward' && { forwarded: true as const }) }
}

const isOwn = ({ sender, recipient }: Json): boolean =>
  maybe(recipient).chat_type === 'dialog' && maybe(sender).is_bot === true

/** The running number is beyond 2^53; within one millisecond its low digits tell the order. */
function orderOf({ seq }: Json): number | undefined {
  const digits = text(seq)
  return digits && /^\d+$/.test(digits) ? Number(BigInt.asUintN(32, BigInt(digits))) : undefined
}

function edited(update: Json): InboundEvent {
  const body = record(record(update.message).body)
  const parts: Part[] = partsOf(body)
  const from = origin(update)
  if (!parts.length) return { type: 'unsupported', what: 'edited message without content', ...from }
  return { type: 'edited', of: externalId(needed(body.mid)), parts, ...from }
}

/** The words of the button stand in the message that offered it, while there is one. */
function pressed(update: Json): InboundEvent {
  const callback = record(update.callback)
  const body = maybe(maybe(update.message).body)
  const choice = text(callback.payload) ?? ''
  const buttons = records(body.attachments)
    .filter(attachment => attachment.type === 'inline_keyboard')
    .flatMap(({ payload }) => maybe(payload).buttons)
    .flatMap(records)
  const label = text(buttons.find(button => button.payload === callback.payload)?.text) || choice
  const mid = text(body.mid)
  const id = externalId(needed(callback.callback_id))
  return { type: 'chosen', choice, label, ...origin(update), id, ...(mid && { of: externalId(mid) }) }
}

/** To start a bot is to agree to its messages. */
function started(update: Json): InboundEvent[] {
  const from = origin(update)
  const ref = text(update.payload)
  return [
    { type: 'started', ...from, ...(ref && { entry: { ref, source: 'link' } }) },
    { type: 'consent', given: true, purpose: 'all', ...from, id: externalId(`${from.id}:consent`) },
  ]
}

function unsupported(what: string, update: Json): InboundEvent {
  try {
    return { type: 'unsupported', what, ...origin(update) }
  } catch {
    return { type: 'unsupported', what, id: idOf(update), at: milliseconds(update.timestamp) }
  }
}

interface From {
  id: ExternalId
  from: Address
  aliases?: Address[]
  at: Date
  sender?: Sender
  group?: { title: string; member: string }
}

/**
 * A conversation is called by its chat, because that is all that a removed message tells. A dialog's person is known by
 * `user:<id>` too: a press under a message that is gone tells nothing else.
 */
function origin(update: Json): From {
  const message = maybe(update.message)
  const recipient = maybe(message.recipient)
  const user = maybe(maybe(update.callback).user ?? update.user ?? message.sender)
  const who = text(user.user_id) ?? text(update.user_id)
  const chat = text(recipient.chat_id) ?? text(update.chat_id)
  const post = text(recipient.post_id) ?? text(update.post_id)
  const sender = senderOf(user, update)
  const from = { id: idOf(update), at: milliseconds(maybe(update.callback).timestamp ?? update.timestamp), ...sender }
  if (!chat) return { ...from, from: address(`user:${needed(who)}`) }
  if (post) return { ...from, from: address(`post:${post}`), group: { title: '', member: who || chat } }
  if (isShared(update, recipient))
    return { ...from, from: address(chat), group: { title: text(update.title) ?? '', member: who || chat } }
  // Who removed a message may have done so in a group.
  const person = user.is_bot === true ? undefined : text(user.user_id)
  return { ...from, from: address(chat), ...(person && { aliases: [address(`user:${person}`)] }) }
}

/** Updates about members, titles and the bot's own coming and going exist in groups and channels only. */
const isShared = (update: Json, recipient: Json): boolean =>
  recipient.chat_type === 'chat' ||
  recipient.chat_type === 'channel' ||
  'is_channel' in update ||
  update.update_type === 'chat_title_changed'

function senderOf(user: Json, { user_locale }: Json): { sender?: Sender } {
  const sender = present({
    name: nameOf(user),
    username: text(user.username),
    avatarUrl: text(user.full_avatar_url) ?? text(user.avatar_url),
    language: text(user_locale),
  })
  return user.is_bot === true || !Object.keys(sender).length ? {} : { sender }
}

/** Updates have no ids. A message is called by its own; what happens to it, by that, the kind and the time. */
function idOf(update: Json): ExternalId {
  const mid = text(maybe(maybe(update.message).body).mid) ?? text(update.message_id)
  const about = mid ? [mid] : [text(update.chat_id), text(maybe(update.user).user_id)]
  if (!about.some(Boolean)) about.push(createHash('sha256').update(JSON.stringify(update)).digest('hex'))
  return externalId([text(update.update_type), ...about, text(update.timestamp)].filter(Boolean).join(':'))
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('an update without its heart')
  return found
}
