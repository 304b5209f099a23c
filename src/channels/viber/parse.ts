import { createHash } from 'node:crypto'
import type { Address, ExternalId, InboundEvent, RawRequest, Sender } from '../contract.ts'
import { address, bodyJson, externalId, type Json, maybe, milliseconds, present, record, text } from '../kit.ts'
import { picked } from './offer.ts'
import { partsOf } from './parts.ts'

/** Viber sends one event per request. The `webhook` handshake is none. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const kind = text(body.event)
  if (!kind) throw new TypeError('no event of Viber: "event" is missing')
  if (kind === 'webhook') return []
  try {
    return [eventOf(kind, body)]
  } catch {
    return [unsupported(`unreadable ${kind}`, body)]
  }
}

function eventOf(kind: string, body: Json): InboundEvent {
  switch (kind) {
    case 'message':
      return message(body)
    case 'conversation_started':
      return started(body)
    case 'subscribed':
      return { type: 'consent', given: true, purpose: 'all', ...origin(body, maybe(body.user)) }
    case 'unsubscribed':
      return { type: 'consent', given: false, purpose: 'all', ...origin(body, { id: body.user_id }) }
    case 'delivered':
    case 'seen':
    case 'failed':
      return receipt(kind, body)
    default:
      return unsupported(`event ${kind}`, body)
  }
}

function message(body: Json): InboundEvent {
  const content = record(body.message)
  const from = origin(body, record(body.sender))
  const words = content.type === 'text' ? text(content.text) : undefined
  const choice = words === undefined ? undefined : picked(content.tracking_data, words)
  if (words !== undefined && choice !== undefined) return { type: 'chosen', choice, label: words, ...from }
  const parts = partsOf(content)
  if (parts.length) return { type: 'message', parts, ...from }
  return { type: 'unsupported', what: text(content.type) || 'message without a type', ...from }
}

/** The customer opened the chat. That is no subscription yet: Viber refuses messages until he writes. */
function started(body: Json): InboundEvent {
  const ref = text(body.context)
  return { type: 'started', ...origin(body, record(body.user)), ...(ref && { entry: { ref, source: 'link' } }) }
}

const heard = { delivered: 'delivered', seen: 'read', failed: 'failed' } as const

function receipt(kind: keyof typeof heard, body: Json): InboundEvent {
  const of = text(body.message_token)
  if (!of) throw new TypeError('a receipt without a message_token')
  const failed = kind === 'failed' && {
    failure: { why: 'invalid' as const, detail: text(body.desc) || 'Viber did not say why' },
  }
  return { type: 'receipt', id: idOf(body), of: externalId(of), status: heard[kind], at: when(body), ...failed }
}

function unsupported(what: string, body: Json): InboundEvent {
  const user = { ...maybe(body.user ?? body.sender) }
  user.id ??= body.user_id
  const known = text(user.id) ? origin(body, user) : { id: idOf(body), at: when(body) }
  return { type: 'unsupported', what, ...known }
}

function origin(body: Json, user: Json): { id: ExternalId; from: Address; at: Date; sender?: Sender } {
  const from = text(user.id)
  if (!from) throw new TypeError('an event of nobody')
  const sender = present({ name: text(user.name), avatarUrl: text(user.avatar), language: text(user.language) })
  return {
    id: idOf(body),
    from: address(from),
    at: when(body),
    ...(Object.keys(sender).length > 0 && { sender }),
  }
}

/**
 * A message is called what its receipts call it. Other events carry the token of the message they are about, so they
 * are told apart by event and user, as Viber's own advice on repeated callbacks has it.
 */
function idOf(body: Json): ExternalId {
  const token = text(body.message_token)
  const event = text(body.event)
  if (!token) return externalId(`${event}:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`)
  if (event === 'message') return externalId(token)
  const user = text(maybe(body.user).id) ?? text(body.user_id) ?? text(maybe(body.sender).id)
  return externalId([event, token, user].filter(Boolean).join(':'))
}

/** Viber's clock counts milliseconds. */
const when = (body: Json): Date => milliseconds(body.timestamp)
