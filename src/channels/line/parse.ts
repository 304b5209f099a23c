import { createHash } from 'node:crypto'
import type { Address, ExternalId, InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyJson, externalId, type Json, list, maybe, milliseconds, present, record, text } from '../kit.ts'
import { chosenBy } from './choice.ts'
import { accountNews, happened, members } from './happened.ts'
import { partsOf } from './parts.ts'

/** Every event of a batch. The test of a webhook has none. */
export function parse(request: RawRequest): InboundEvent[] {
  const { events } = bodyJson(request)
  if (!Array.isArray(events)) throw new TypeError('no webhook of LINE: "events" is missing')
  return list(events).flatMap(event => {
    try {
      return eventsOf(record(event))
    } catch {
      return [unsupported(`unreadable ${text(maybe(event).type) || 'event'}`, maybe(event))]
    }
  })
}

function eventsOf(event: Json): InboundEvent[] {
  const kind = text(event.type) ?? ''
  const news = accountNews.get(kind)
  if (news) return [{ type: 'account', id: idOf(event), at: milliseconds(event.timestamp), ...news }]
  switch (kind) {
    case 'message':
      return [message(event)]
    case 'unsend':
      return [{ type: 'deleted', of: externalId(idIn(maybe(event.unsend), 'messageId')), ...origin(event) }]
    case 'follow':
      return follow(event)
    case 'unfollow':
      return [{ type: 'consent', given: false, purpose: 'all', ...origin(event) }]
    case 'postback':
      return [postback(event)]
    case 'memberJoined':
    case 'memberLeft':
      return memberEvents(event)
    default: {
      const known = happened(event)
      return [known ? { type: 'happened', ...known, ...origin(event) } : unsupported(`event ${kind}`, event)]
    }
  }
}

function message(event: Json): InboundEvent {
  const said = record(event.message)
  const from = origin(event)
  const parts = partsOf(said)
  if (!parts.length) return { type: 'unsupported', what: text(said.type) || 'message without a type', ...from }
  const quoted = text(said.quotedMessageId)
  return {
    type: 'message',
    parts,
    ...from,
    ...(quoted && { replyTo: externalId(quoted) }),
    ...kept(event, said),
  }
}

/** What an answer, a quote and a read mark will need. */
function kept(event: Json, said: Json = {}): { kept?: Record<string, string> } {
  const tokens = present({
    replyToken: text(event.replyToken),
    quoteToken: text(said.quoteToken),
    markAsReadToken: text(said.markAsReadToken),
  })
  return Object.keys(tokens).length ? { kept: tokens } : {}
}

/** To add an account as a friend is to agree to its messages. Who only takes back a block has begun long ago. */
function follow(event: Json): InboundEvent[] {
  const from = origin(event)
  const consent: InboundEvent = {
    type: 'consent',
    given: true,
    purpose: 'all',
    ...from,
    id: externalId(`${from.id}:consent`),
  }
  return maybe(event.follow).isUnblocked === true ? [consent] : [{ type: 'started', ...from }, consent]
}

function postback(event: Json): InboundEvent {
  const { data, params } = record(event.postback)
  const chosen = maybe(params)
  const menu = text(chosen.newRichMenuAliasId)
  if (menu) {
    const values = present({ menu, status: text(chosen.status) })
    return { type: 'happened', what: 'menu-switched', values, ...origin(event) }
  }
  const picked = chosenBy(idIn({ data }, 'data'))
  const time = text(chosen.datetime) ?? text(chosen.date) ?? text(chosen.time)
  return { type: 'chosen', ...picked, ...(time && { label: time }), ...origin(event), ...kept(event) }
}

/** One line for each person: `group.member` is who came or left. */
function memberEvents(event: Json): InboundEvent[] {
  const from = origin(event)
  const what = event.type === 'memberJoined' ? 'joined' : 'left'
  const who = members(event)
  if (!who.length) return [{ type: 'happened', what, ...from }]
  return who.map((member, i) => ({
    type: 'happened',
    what,
    ...from,
    id: i === 0 ? from.id : externalId(`${from.id}:${i + 1}`),
    group: { title: '', member },
  }))
}

function unsupported(what: string, event: Json): InboundEvent {
  try {
    return { type: 'unsupported', what, ...origin(event) }
  } catch {
    return { type: 'unsupported', what, id: idOf(event), at: milliseconds(event.timestamp) }
  }
}

interface From {
  id: ExternalId
  from: Address
  at: Date
  group?: { title: string; member: string }
}

/** In a group or a room the conversation is with all of it. LINE tells neither its title nor, always, who spoke. */
function origin(event: Json): From {
  const source = maybe(event.source)
  const who = text(source.userId)
  const place = text(source.groupId) || text(source.roomId)
  const from = place || who
  if (!from) throw new TypeError('an event of nobody')
  return {
    id: idOf(event),
    from: address(from),
    at: milliseconds(event.timestamp),
    ...(place && { group: { title: '', member: who || place } }),
  }
}

/** A message has its own id, by which it is unsent and quoted; other events have that of the webhook, the same when repeated. */
function idOf(event: Json): ExternalId {
  const said = text(maybe(event.message).id)
  if (event.type === 'message' && said) return externalId(said)
  const given = text(event.webhookEventId) || createHash('sha256').update(JSON.stringify(event)).digest('hex')
  return externalId(`${text(event.type) || 'event'}:${given}`)
}

function idIn(fields: Json, name: string): string {
  const found = text(fields[name])
  if (!found) throw new TypeError(`an event without its ${name}`)
  return found
}
