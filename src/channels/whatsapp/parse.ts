import type { InboundEvent, RawRequest } from '../contract.ts'
import { bodyJson, externalId, type Json, list, maybe, record, records, text } from '../kit.ts'
import { digestOf } from '../meta/facts.ts'
import { account, accountFields, valueErrors } from './account.ts'
import { call, callStatus } from './calls.ts'
import { consent } from './consent.ts'
import { group } from './groups.ts'
import { echo, message } from './message.ts'
import { receipt } from './receipt.ts'

type Read = (raw: Json, value: Json) => InboundEvent

/** Every entry, change and event of one webhook, in Meta's order. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  if (!Array.isArray(body.entry)) throw new TypeError('not a WhatsApp webhook: no entry')
  return list(body.entry).flatMap(entry => {
    const changes = list(maybe(entry).changes)
    if (!changes.length) return [lost('entry without changes', entry)]
    return changes.flatMap(raw => ofChange(raw, maybe(entry)))
  })
}

function ofChange(raw: unknown, entry: Json): InboundEvent[] {
  const change = maybe(raw)
  const field = text(change.field) || 'change'
  const value = maybe(change.value)
  if (accountFields.has(field)) return [guarded(field, [entry.id, entry.time, raw], () => account(field, value, entry))]
  const events = readers(field).flatMap(([key, kind, read]) =>
    list(value[key]).map(item => guarded(kind, item, () => read(record(item), value))),
  )
  const errors = records(value.errors).map(error => guarded('errors', error, () => valueErrors(error, value, entry)))
  const all = [...events, ...errors]
  return named(all.length ? all : [lost(field, [entry.id, entry.time, raw])], value)
}

/** One webhook may serve all numbers of a business account: each event says which of them it was sent to. */
function named(events: InboundEvent[], value: Json): InboundEvent[] {
  const number = text(maybe(value.metadata).phone_number_id)
  return number && /^\d{1,30}$/.test(number) ? events.map(event => ({ ...event, account: number })) : events
}

/** Which lists a change of this field may hold, and who reads them. `history` and others unknown stay one event. */
function readers(field: string): [key: string, kind: string, read: Read][] {
  if (field === 'calls')
    return [
      ['calls', 'call', call],
      ['statuses', 'call status', callStatus],
    ]
  if (field === 'smb_message_echoes' || field === 'message_echoes') return [['message_echoes', 'echo', echo]]
  if (field === 'user_preferences') return [['user_preferences', 'preference', consent]]
  if (field.startsWith('group_')) return [['groups', 'group event', group]]
  if (field !== 'messages') return []
  return [
    ['messages', 'message', message],
    ['statuses', 'status', receipt],
  ]
}

/** One broken event must not lose its siblings. */
function guarded(kind: string, raw: unknown, read: () => InboundEvent): InboundEvent {
  try {
    const event = read()
    return event.type === 'unsupported' ? { ...event, what: event.what.slice(0, 80) || kind } : event
  } catch {
    return lost(`unreadable ${kind}`, raw)
  }
}

const lost = (what: string, raw: unknown): InboundEvent => ({
  type: 'unsupported',
  id: externalId(`lost:${digestOf(raw)}`),
  what: what.slice(0, 80),
})
