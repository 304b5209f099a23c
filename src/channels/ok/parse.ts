import { createHash } from 'node:crypto'
import type { Part } from '../../domain/message.ts'
import type { InboundEvent, RawRequest } from '../contract.ts'
import {
  address,
  bodyJson,
  externalId,
  type Json,
  maybe,
  milliseconds,
  number,
  parseJson,
  present,
  record,
  records,
  text,
} from '../kit.ts'
import { pressed } from './buttons.ts'

/** OK sends one event per request. Those of 2017 had no `webhookType`. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const type = text(body.webhookType) ?? (body.message ? 'MESSAGE_CREATED' : undefined)
  if (!type) throw new TypeError('no event of OK: neither "webhookType" nor "message" is there')
  try {
    return [eventOf(type, body)]
  } catch {
    return [{ type: 'unsupported', id: idOf(body), what: `unreadable ${type}` }]
  }
}

function eventOf(type: string, body: Json): InboundEvent {
  const origin = originOf(body)
  switch (type) {
    case 'MESSAGE_CREATED':
      return message(record(body.message), origin)
    case 'MESSAGE_CALLBACK': {
      const of = text(maybe(body.message).mid)
      return { type: 'chosen', ...pressed(needed(body.payload)), ...origin, ...(of && { of: externalId(of) }) }
    }
    case 'CHAT_SYSTEM':
      return happened(maybe(body.message ?? body), origin)
    default:
      return { type: 'unsupported', what: type, ...origin }
  }
}

type Origin = ReturnType<typeof originOf>

/** The chat is where answers go; in a dialog it belongs to one person. */
function originOf(body: Json) {
  const { user_id, name } = maybe(body.sender)
  const sender = present({ name: text(name) })
  const seq = number(maybe(body.message).seq)
  return {
    id: idOf(body),
    from: address(needed(maybe(body.recipient).chat_id ?? user_id)),
    at: milliseconds(body.timestamp),
    ...(Number.isSafeInteger(seq) && { order: seq! }),
    ...(sender.name && { sender }),
  }
}

/** A press carries the message that was pressed under: it has an id of its own. */
function idOf(body: Json) {
  const press = text(body.callbackId)
  if (press) return externalId(`callback:${press}`)
  const mid = text(maybe(body.message).mid)
  return externalId(mid || createHash('sha256').update(JSON.stringify(body)).digest('hex'))
}

function message(said: Json, origin: Origin): InboundEvent {
  const words = text(said.text)
  const attached = records(said.attachments ?? (said.attachment ? [said.attachment] : [])).map(attachment)
  const parts: Part[] = [...(words ? [{ type: 'text' as const, text: words }] : []), ...attached]
  const quoted = text(said.reply_to)
  const replyTo = quoted ? { replyTo: externalId(quoted) } : {}
  if (!parts.length) return { type: 'unsupported', what: 'a message without words', ...origin }
  return { type: 'message', parts, ...origin, ...replyTo }
}

const kinds = { IMAGE: 'image', VIDEO: 'video', AUDIO: 'audio', FILE: 'file' } as const

function attachment({ type, payload }: Json): Part {
  const { url, title, name, duration } = maybe(payload)
  const ref = text(url)
  const kind = kinds[text(type) as keyof typeof kinds]
  if (type === 'SHARE' && ref) return { type: 'link', url: ref, ...present({ title: text(title) }) }
  if (!kind) return { type: 'unsupported', what: [text(type) ?? 'attachment', ref].filter(Boolean).join(': ') }
  const seconds = number(duration)
  const fields = present({ name: text(name) ?? text(title), ...(seconds !== undefined && seconds >= 0 && { seconds }) })
  if (ref) return { type: kind, url: '', ref, state: 'pending', ...fields }
  return { type: kind, url: '', state: 'failed', failure: 'OK gave no address to fetch this file from', ...fields }
}

const happenings: Record<string, string> = {
  USERS_ADDED: 'joined',
  USER_ADDED: 'joined',
  USER_JOINED: 'joined',
  USERS_REMOVED: 'left',
  USER_REMOVED: 'left',
  USER_LEFT: 'left',
  TITLE_CHANGED: 'title-changed',
  ICON_CHANGED: 'photo-changed',
}

/** What happened stands as JSON in the text: `{"ty":"USERS_ADDED",...}`. */
function happened(said: Json, origin: Origin): InboundEvent {
  const type = text(inText(said.text).ty) ?? text(said.ty) ?? text(said.type)
  const what = happenings[type ?? '']
  return what
    ? { type: 'happened', what, ...origin }
    : { type: 'unsupported', what: `chat event ${type ?? ''}`, ...origin }
}

function inText(value: unknown): Json {
  try {
    return maybe(parseJson(text(value) ?? ''))
  } catch {
    return {}
  }
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('an event without what it is about')
  return found
}
