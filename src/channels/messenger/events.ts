import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, list, maybe, milliseconds, number, text } from '../kit.ts'
import { edited, entryOf } from '../meta/chat/events.ts'
import { type About, about, hashed, known, lost } from '../meta/chat/origin.ts'
import { requiredId } from '../meta/facts.ts'
import { account } from './account.ts'
import { reactionNames } from './capabilities.ts'
import { pressed, said } from './message.ts'
import { leaves } from './parts.ts'

type Read = (body: Json, by: About, raw: Json) => InboundEvent[]

/** One item of `messaging` or `standby`. */
export function messaging(raw: Json, entry: Json): InboundEvent[] {
  for (const key of ['policy_enforcement', 'app_roles'])
    if (raw[key]) {
      const id = hashed(key, entry.id, raw)
      return [
        account({ what: key.replace('_', '-'), said: maybe(raw[key]), id, at: milliseconds(raw.timestamp) }, entry),
      ]
    }
  const [key, read] = Object.entries(readers).find(([name]) => typeof raw[name] === 'object' && raw[name]) ?? []
  if (key && read) return read(maybe(raw[key]), about(raw, entry), raw)
  const what = `event ${Object.keys(raw).filter(name => !/^(sender|recipient|timestamp)$/.test(name))}`
  return [{ type: 'unsupported', ...known(about(raw, entry)), id: hashed('event', raw), what: what.slice(0, 80) }]
}

const happened =
  (whatOf: (body: Json) => string, valuesOf: (body: Json) => Record<string, string> = () => ({})): Read =>
  (body, by, raw) => {
    const values = valuesOf(body)
    const what = whatOf(body)
    const more = Object.keys(values).length ? { values } : {}
    return [{ type: 'happened', ...known(by), id: hashed(what, raw), what, ...more }]
  }

const owners = (body: Json): Record<string, string> =>
  Object.fromEntries(
    ['previous_owner_app_id', 'new_owner_app_id', 'requested_owner_app_id'].flatMap(key => {
      const app = text(body[key])
      return app ? [[key.replace('_owner_app_id', ''), app]] : []
    }),
  )

/** Answers to what was asked by a template: one form, whatever the screens are called. */
const form =
  (name: string): Read =>
  (body, by, raw) => [
    { type: 'message', ...known(by), id: hashed(name, raw), parts: [{ type: 'form', name, fields: leaves(body) }] },
  ]

const readers: Record<string, Read> = {
  message: said,
  postback: pressed,
  reaction,
  message_edit: edited,
  delivery,
  read,
  referral: (body, by, raw) => {
    const entry = entryOf(body)
    return [{ type: 'started', ...known(by), id: hashed('referral', raw), ...(entry && { entry }) }]
  },
  optin,
  optout: (_body, by, raw) => [
    { type: 'consent', ...known(by), id: hashed('optout', raw), given: false, purpose: 'marketing' },
  ],
  account_linking: happened(body => (body.status === 'unlinked' ? 'account-unlinked' : 'account-linked')),
  pass_thread_control: happened(() => 'thread-control-passed', owners),
  take_thread_control: happened(() => 'thread-control-taken', owners),
  request_thread_control: happened(() => 'thread-control-requested', owners),
  response_feedback: happened(
    () => 'answer-rated',
    body => leaves({ feedback: body.feedback }),
  ),
  messaging_feedback: form('feedback'),
  messaging_customer_information: form('customer information'),
  messaging_in_thread_lead_form_submit: form('lead form'),
  order: form('cart'),
}

const names = Object.fromEntries(Object.entries(reactionNames).map(([emoji, name]) => [name, emoji]))

function reaction(body: Json, by: About, raw: Json): InboundEvent[] {
  const id = hashed('reaction', raw)
  // Our own reactions would be shown as the customer's.
  if (by.ours === 'ours') return [lost('reaction of the page', raw, { id: by.account })]
  const shown = text(body.emoji) || names[text(body.reaction) ?? ''] || '❓'
  return [
    { type: 'reaction', ...known(by), id, of: requiredId(body.mid), emoji: body.action === 'unreact' ? '' : shown },
  ]
}

function delivery(body: Json, by: About): InboundEvent[] {
  const { at, account: page } = by
  const receipts = list(body.mids).flatMap((mid): InboundEvent[] => {
    const of = text(mid)
    if (!of) return []
    const id = externalId(`delivered:${of}`)
    return [{ type: 'receipt', id, of: externalId(of), status: 'delivered', at, ...(page && { account: page }) }]
  })
  return [...receipts, ...watermark(body, by, 'delivered')]
}

function read(body: Json, by: About): InboundEvent[] {
  return watermark(body, by, 'read')
}

const slack = 3000

/**
 * "All until then", by Meta's clock. A message of ours is dated when Meta's answer reached us, which is a moment later: so
 * the mark counts a little longer, but never beyond the moment when it was set.
 */
function watermark(body: Json, by: About, status: 'delivered' | 'read'): InboundEvent[] {
  const mark = number(body.watermark)
  if (mark === undefined) return []
  const until = Math.max(mark, Math.min(mark + slack, by.at.getTime()))
  return [
    {
      type: 'watermark',
      ...known(by),
      id: externalId(`${status}:${by.from}:${mark}`),
      until: milliseconds(until),
      status,
    },
  ]
}

function optin(body: Json, by: About, raw: Json): InboundEvent[] {
  const id = hashed('optin', raw)
  if (body.type === 'notification_messages' || body.type === 'one_time_notif_req') {
    const given = body.notification_messages_status !== 'STOP_NOTIFICATIONS'
    return [{ type: 'consent', ...known(by), id, given, purpose: 'marketing' }]
  }
  const entry = entryOf({ ref: body.ref, source: 'plugin' })
  return [{ type: 'started', ...known(by), id, ...(entry && { entry }) }]
}
