import { createHash } from 'node:crypto'
import type { ExternalId, FailReason, InboundEvent, RawRequest, ReceiptStatus } from '../contract.ts'
import {
  address,
  bodyText,
  consent,
  externalId,
  list,
  maybe,
  number,
  parseJson,
  present,
  text,
  withConsent,
} from '../kit.ts'
import { detailOf, why } from './errors.ts'
import { partsOf } from './parts.ts'

/** The fields of one webhook. All are text. */
export type Form = Readonly<Record<string, string>>
type Message = Extract<InboundEvent, { type: 'message' }>

/** Twilio sends one event per request, as a form or, where the webhook is set to GET, in the query. */
export function parse(request: RawRequest): InboundEvent[] {
  const said = bodyText(request).trim()
  if (/^[[{]/.test(said)) return streamed(said)
  const form: Form = Object.fromEntries(new URLSearchParams(said || request.query))
  if (!form.AccountSid && !form.MessageSid && !form.SmsSid) throw new TypeError('no request of Twilio: no SID in it')
  const sid = form.MessageSid || form.SmsSid
  if (!sid) return [unsupported(form)]
  const status = form.MessageStatus || form.SmsStatus || 'received'
  if (status !== 'received') return receipt(form, { sid, status, key: request.query.key })
  return form.From ? incoming(form, sid) : [unsupported(form)]
}

function incoming(form: Form, sid: string): InboundEvent[] {
  const origin = originOf(form, sid)
  if (form.ButtonPayload)
    return [
      {
        type: 'chosen',
        choice: form.ButtonPayload,
        label: form.ButtonText || form.Body || form.ButtonPayload,
        ...origin,
        ...present({ of: replied(form) }),
      },
    ]
  const parts = partsOf(form, sid)
  if (!parts.length) return [{ type: 'unsupported', what: form.MessageType || 'empty message', ...origin }]
  const message: Message = {
    type: 'message',
    parts,
    ...origin,
    ...present({ replyTo: replied(form), entry: entryOf(form) }),
    ...(/^true$/i.test(form.Forwarded ?? '') && { forwarded: true as const }),
  }
  return asked(message, form.OptOutType)
}

/** Where Twilio minds the words itself (Advanced Opt-Out), they are those of the account and in its languages. */
function asked(message: Message, optOutType: string | undefined): InboundEvent[] {
  const told = optOutType?.toLowerCase()
  if (!told) return withConsent(message)
  return told === 'stop' || told === 'start' ? [message, consent(message, told)] : [message]
}

const replied = ({ OriginalRepliedMessageSid: of }: Form): ExternalId | undefined => (of ? externalId(of) : undefined)

/** From which advertisement the customer came (WhatsApp). */
function entryOf(form: Form): { ref: string; source: string } | undefined {
  const ref = form.ReferralSourceId || form.ReferralCtwaClid
  return ref ? { ref, source: form.ReferralSourceType || 'ad' } : undefined
}

/** Twilio tells no time: the moment of the delivery is taken. */
function originOf(form: Form, sid: string) {
  const from = form.From!
  const phone = /^(?:whatsapp:|rcs:)?(\+\d{5,15})$/.exec(from)?.[1]
  const sender = present({ name: form.ProfileName, phone })
  return {
    id: externalId(sid),
    from: address(from),
    at: new Date(0),
    ...(Object.keys(sender).length > 0 && { sender }),
  }
}

const heard: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
}
/** On the way to be sent: says nothing that the answer to our call has not said. */
const silent = ['accepted', 'scheduled', 'queued', 'sending']

function receipt(form: Form, { sid, status, key }: { sid: string; status: string; key: string | undefined }) {
  if (silent.includes(status)) return []
  const known = Object.hasOwn(heard, status) ? heard[status] : undefined
  if (!known) return [unsupported(form, `status ${status}`)]
  const id = externalId([sid, status, form.ErrorCode].filter(Boolean).join(':'))
  const failure = known === 'failed' && { failure: failureOf(form, status) }
  const event: InboundEvent = {
    type: 'receipt',
    id,
    of: externalId(sid),
    status: known,
    at: new Date(0),
    ...present({ key }),
    ...failure,
  }
  return [event]
}

function failureOf(form: Form, status: string): { why: FailReason; detail: string } {
  const said = form.ErrorMessage || form.ChannelStatusMessage || `Twilio says: ${status}`
  const code = number(form.ErrorCode)
  return { why: why(code), detail: code === undefined ? said : detailOf(said, code) }
}

/** A call, a conversation, something new: it has a SID of its own kind. */
function unsupported(form: Form, told?: string): InboundEvent {
  const what = told ?? form.EventType ?? (form.CallSid ? 'call' : 'event')
  const sid = form.MessageSid || form.SmsSid || form.CallSid || form.ConversationSid || digest(JSON.stringify(form))
  const about = [form.CallStatus, form.MessageStatus, form.SmsStatus, form.EventType].filter(Boolean)
  return { type: 'unsupported', what, id: externalId([sid, ...about].join(':')) }
}

/** Event Streams: CloudEvents in a list. Nothing but their kind is known here. */
function streamed(said: string): InboundEvent[] {
  const body = parseJson(said)
  return (Array.isArray(body) ? list(body) : [body]).map((event, index) => {
    const { id, type } = maybe(event)
    return { type: 'unsupported', what: text(type) || 'event', id: externalId(text(id) || `${digest(said)}:${index}`) }
  })
}

const digest = (said: string): string => createHash('sha256').update(said).digest('hex')
