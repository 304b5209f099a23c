import { createHash } from 'node:crypto'
import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyJson, externalId, type Json, maybe, number, present, record, seconds, text } from '../kit.ts'
import { isStart, pressed } from './buttons.ts'
import { communityEvent } from './community.ts'
import { needed, partsOf } from './parts.ts'
import { chatOf, messageId } from './place.ts'
import { emojiOf } from './reactions.ts'
import { nobodysTime, orderOf, type Told } from './told.ts'

/** VK sends one event per request; some of them mean two things. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const type = text(body.type)
  if (!type) throw new TypeError('no event of VK: "type" is missing')
  if (type === 'confirmation') return []
  const account = text(body.group_id)
  return safely(type, body).map(event => ({ ...event, ...(account && { account }) }))
}

function safely(type: string, body: Json): InboundEvent[] {
  const event: Told = { type, id: idOf(body), group: text(body.group_id) ?? '', object: maybe(body.object) }
  try {
    return (kinds[type] ?? communityEvent)(event)
  } catch {
    return [{ type: 'unsupported', id: externalId(event.id), what: `unreadable ${type}` }]
  }
}

const kinds: Record<string, (told: Told) => InboundEvent[]> = {
  message_new: ({ object }) => [message(maybe(object.message ?? object), maybe(object.client_info))],
  message_reply: ours,
  message_edit: edited,
  message_event: callback,
  message_read: read,
  message_reaction_event: reaction,
  message_typing_state: ({ id, object, group }) =>
    text(object.from_id) === `-${group}` ? [] : [{ type: 'typing', ...nobodysTime(id, needed(object.from_id)) }],
  message_allow: ({ id, object }) => allowed(id, object),
  message_deny: ({ id, object }) => [
    { type: 'consent', given: false, purpose: 'all', ...nobodysTime(id, needed(object.user_id)) },
  ],
}

/** Old versions and repeated deliveries by both ways may have no `event_id`; `secret` is no part of what happened. */
const idOf = (body: Json): string =>
  text(body.event_id) ||
  createHash('sha256')
    .update(JSON.stringify({ ...body, secret: '', v: '' }))
    .digest('hex')

function originOf(said: Json) {
  const peer = needed(said.peer_id ?? said.from_id)
  const number_ = text(said.conversation_message_id)
  const id = number_ && number_ !== '0' ? number_ : `m${needed(said.id)}`
  return {
    id: messageId(peer, id),
    from: address(peer),
    at: seconds(said.date),
    ...present({ order: orderOf(said.conversation_message_id) }),
    ...inGroup(peer, text(said.from_id)),
  }
}

function inGroup(peer: string, member: string | undefined) {
  const chat = chatOf(peer)
  return chat && member ? { group: { title: `Chat ${chat}`, member } } : {}
}

function message(said: Json, client: Json): InboundEvent {
  const origin = originOf(record(said))
  if (said.action) return { type: 'happened', ...chatEvent(maybe(said.action)), ...origin }
  if (number(said.out) === 1) return { type: 'echo', ...origin, ...contents(said) }
  const kept = keptOf(client)
  const choice = pressed(said.payload)
  const entry = present({ entry: entryOf(said) })
  if (choice) return { type: 'chosen', ...choice, label: text(said.text) || choice.label, ...origin, ...kept }
  if (isStart(said.payload)) return { type: 'started', ...origin, ...entry }
  const forwarded = !said.text && !said.attachments && said.fwd_messages ? { forwarded: true as const } : {}
  return { type: 'message', ...origin, ...contents(said), ...forwarded, ...entry, ...kept }
}

function contents(said: Json) {
  const parts = partsOf(said)
  const quoted = maybe(said.reply_message)
  const number_ = text(quoted.conversation_message_id)
  return {
    parts: parts.length ? parts : [{ type: 'unsupported' as const, what: 'a message without words' }],
    ...(number_ && { replyTo: messageId(needed(said.peer_id ?? said.from_id), number_) }),
  }
}

/** `vk.me/<name>?ref=` tells both with the next message. */
function entryOf(said: Json): { ref: string; source: string } | undefined {
  const ref = text(said.ref)
  return ref ? { ref, source: text(said.ref_source) || 'link' } : undefined
}

/** Which buttons an answer may carry: old clients show none. */
function keptOf({ button_actions, inline_keyboard }: Json): { kept?: Record<string, string> } {
  const shows = [
    inline_keyboard === true && 'inline',
    Array.isArray(button_actions) && button_actions.includes('callback') && 'callback',
  ].filter(Boolean)
  return inline_keyboard === undefined ? {} : { kept: { buttons: shows.join(' ') } }
}

const chatEvents: Record<string, string> = {
  chat_invite_user: 'joined',
  chat_invite_user_by_link: 'joined',
  chat_invite_user_by_message_request: 'joined',
  chat_kick_user: 'left',
  chat_title_update: 'title-changed',
  chat_photo_update: 'photo-changed',
  chat_photo_remove: 'photo-changed',
  chat_pin_message: 'pinned',
  chat_unpin_message: 'unpinned',
  chat_create: 'group-created',
  chat_screenshot: 'screenshot',
}

function chatEvent(action: Json) {
  const values = present({ title: text(action.text), member: text(action.member_id), message: text(action.message) })
  const what = chatEvents[text(action.type) ?? ''] ?? 'chat-event'
  return { what, ...(Object.keys(values).length > 0 && { values: values as Record<string, string> }) }
}

/**
 * Sent by the community. What an administrator wrote in VK is an echo. What came through the API with a `random_id` is
 * our own in all likelihood, and known already or within a moment: as an echo it would stand there twice.
 */
function ours({ object }: Told): InboundEvent[] {
  const { id, ...origin } = originOf(object)
  const viaApi = !object.admin_author_id && (number(object.random_id) ?? 0) !== 0
  if (!viaApi) return [{ type: 'echo', id, ...origin, ...contents(object) }]
  return [{ type: 'receipt', id: externalId(`${id} sent`), of: id, status: 'sent', at: origin.at }]
}

/** VK edits our own messages too, when it adds the picture of a link: only people's edits count. */
function edited({ id, object }: Told): InboundEvent[] {
  const origin = originOf(object)
  const change = { ...origin, id: externalId(id), of: origin.id, at: seconds(object.update_time ?? object.date) }
  if (number(object.deleted) === 1) return [{ type: 'deleted', ...change }]
  if (number(object.out) !== 1 || object.admin_author_id)
    return [{ type: 'edited', ...change, parts: contents(object).parts }]
  return [{ type: 'receipt', id: externalId(id), of: origin.id, status: 'sent', at: origin.at }]
}

/** The id carries what the answer to the press needs. */
function callback({ object }: Told): InboundEvent[] {
  const [peer, user] = [needed(object.peer_id), needed(object.user_id)]
  const number_ = text(object.conversation_message_id)
  const origin = {
    ...nobodysTime(`press:${peer}:${user}:${needed(object.event_id)}`, peer),
    ...inGroup(peer, user),
  }
  const choice = pressed(object.payload)
  const of = number_ ? { of: messageId(peer, number_) } : {}
  // Who pressed one can see them.
  const kept = { buttons: 'inline callback' }
  if (choice) return [{ type: 'chosen', ...choice, ...origin, ...of, kept }]
  return [{ type: 'unsupported', what: `a button of another program: ${JSON.stringify(object.payload)}`, ...origin }]
}

/** Read is everything up to this message; VK tells no time, and ids of what was sent a moment ago may not be known yet. */
function read({ id, object, group }: Told): InboundEvent[] {
  if (text(object.from_id) === `-${group}`) return []
  const peer = needed(object.peer_id)
  const of = messageId(peer, text(object.conversation_message_id) ?? `m${needed(object.read_message_id)}`)
  const [at, status] = [new Date(0), 'read' as const]
  return [
    { type: 'receipt', id: externalId(id), of, status, at },
    { type: 'watermark', id: externalId(`${id} and before`), from: address(peer), until: at, status, at },
  ]
}

function reaction({ id, object, group }: Told): InboundEvent[] {
  const [peer, by] = [needed(object.peer_id), needed(object.reacted_id)]
  if (by === `-${group}`) return []
  const given = number(object.reaction_id)
  const of = messageId(peer, needed(object.cmid))
  const emoji = given === undefined ? '' : emojiOf(given)
  return [{ type: 'reaction', ...nobodysTime(id, peer), ...inGroup(peer, by), of, emoji }]
}

/** The key names the widget on a website that asked. */
function allowed(id: string, { user_id, key }: Json): InboundEvent[] {
  const person = needed(user_id)
  const given: InboundEvent = { type: 'consent', given: true, purpose: 'all', ...nobodysTime(id, person) }
  const ref = text(key)
  if (!ref) return [given]
  return [given, { type: 'started', ...nobodysTime(`${id} key`, person), entry: { ref, source: 'widget' } }]
}
