import { createHash } from 'node:crypto'
import type { InboundEvent, RawRequest, ReceiptStatus } from '../contract.ts'
import { bodyJson, bodyText, externalId, type Json, maybe, present, record, text, withConsent } from '../kit.ts'
import { why } from './errors.ts'
import { fieldsOf } from './fields.ts'
import { older } from './older.ts'
import { accountOf, addressOf, digits, keyOf, partsOf, when } from './parts.ts'

/** Vonage sends one event per request: of the Messages API, or of the older SMS API where the account is set to it. */
export function parse(request: RawRequest): InboundEvent[] {
  const said = bodyText(request).trim()
  const body = said.startsWith('{') ? bodyJson(request) : undefined
  if (!body || (!body.message_uuid && (body.messageId || body.msisdn))) {
    const fields = fieldsOf(request)
    if (!fields || !(fields.messageId || fields.msisdn)) throw new TypeError('no request of Vonage: no message in it')
    return older(fields)
  }
  try {
    return eventsOf(body)
  } catch {
    return [unsupported(body, `unreadable ${text(body.message_type) ?? text(body.status) ?? 'event'}`)]
  }
}

function eventsOf(body: Json): InboundEvent[] {
  if (body.status !== undefined) return [receipt(body)]
  if (body.message_type === undefined) return [unsupported(body, 'event')]
  return incoming(body)
}

function incoming(body: Json): InboundEvent[] {
  const origin = originOf(body)
  const of = text(maybe(body.context).message_uuid)
  const replyTo = of ? externalId(of) : undefined
  switch (body.message_type) {
    case 'reply':
    case 'button':
      return [chosen(record(body.reply ?? body.button), origin, replyTo)]
    case 'reaction':
      return [reaction(record(body.reaction), origin, replyTo)]
  }
  const parts = partsOf(body)
  if (!parts.length) return [{ type: 'unsupported', what: text(body.message_type) || 'message', ...origin }]
  const entry = entryOf(maybe(maybe(body.whatsapp).referral))
  return withConsent({ type: 'message', parts, ...origin, ...present({ replyTo, entry, kept: keptOf(body) }) })
}

type Origin = ReturnType<typeof originOf>
type Of = ReturnType<typeof externalId> | undefined

function chosen(reply: Json, origin: Origin, of: Of): InboundEvent {
  const label = text(reply.title) ?? text(reply.text) ?? ''
  const choice = text(reply.id) ?? text(reply.payload) ?? label
  return { type: 'chosen', choice, label: label || choice, ...origin, ...present({ of }) }
}

function reaction({ action, emoji }: Json, origin: Origin, of: Of): InboundEvent {
  if (!of) throw new TypeError('a reaction to nothing')
  return { type: 'reaction', of, emoji: action === 'unreact' ? '' : (text(emoji) ?? ''), ...origin }
}

function entryOf(referral: Json): { ref: string; source: string } | undefined {
  const ref = text(referral.source_id) ?? text(referral.ctwa_clid)
  return ref ? { ref, source: text(referral.source_type) ?? 'ad' } : undefined
}

/** On other networks than SMS, which sender the customer wrote to: an answer must come from it. */
const keptOf = (body: Json): Record<string, string> | undefined =>
  /^(sms|mms)$/.test(text(body.channel) ?? '') || !text(body.to) ? undefined : { from: text(body.to)! }

function originOf(body: Json) {
  const id = text(body.message_uuid)
  const from = text(body.from)
  if (!id || !from) throw new TypeError('a message of nobody')
  const phone = /^\+?\d{6,15}$/.test(from) ? digits(from) : undefined
  const sender = present({ name: text(maybe(body.profile).name), phone })
  return {
    id: externalId(id),
    from: addressOf(text(body.channel) ?? 'sms', from),
    at: when(body.timestamp),
    ...(Object.keys(sender).length > 0 && { sender }),
    ...present({ account: accountOf(body.to) }),
  }
}

const heard: Readonly<Record<string, ReceiptStatus>> = {
  submitted: 'sent',
  delivered: 'delivered',
  read: 'read',
  rejected: 'failed',
  undeliverable: 'failed',
  failed: 'failed',
}

function receipt(body: Json): InboundEvent {
  const [of, said] = [text(body.message_uuid), text(body.status) ?? '']
  const status = Object.hasOwn(heard, said) ? heard[said] : undefined
  if (!of || !status) return unsupported(body, `status ${said}`)
  return {
    type: 'receipt',
    id: externalId(`${of}:${said}`),
    of: externalId(of),
    status,
    at: when(body.timestamp),
    ...present({ key: keyOf(body.client_ref), account: accountOf(body.from) }),
    ...(status === 'failed' && { failure: failureOf(maybe(body.error), said) }),
  }
}

/** The code is the end of `type`, or the `title`. */
function failureOf(error: Json, status: string) {
  const code = /#(\d+)$/.exec(text(error.type) ?? '')?.[1] ?? text(error.title)
  const detail = text(error.detail) ?? text(error.title) ?? `Vonage says: ${status}`
  return { why: why(code), detail: code && code !== detail ? `${detail} (${code})` : detail }
}

function unsupported(body: Json, what: string): InboundEvent {
  const [uuid, status] = [text(body.message_uuid), text(body.status)]
  // In a message, and only there, `from` is the customer.
  if (uuid && text(body.from) && body.message_type !== undefined && status === undefined)
    return { type: 'unsupported', what, ...originOf(body) }
  const digest = createHash('sha256').update(bodyWords(body)).digest('hex')
  return { type: 'unsupported', what, id: externalId([uuid ?? digest, status].filter(Boolean).join(':')) }
}

/** What tells one event from another, without the depths of a body that may be nested without end. */
const bodyWords = (body: Json): string =>
  Object.entries(body)
    .map(([name, value]) => `${name}=${text(value) ?? typeof value}`)
    .join('&')
