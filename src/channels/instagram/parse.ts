import type { InboundEvent, RawRequest } from '../contract.ts'
import { bodyJson, type Json, list, maybe, record, text } from '../kit.ts'
import { comment, mention } from './comments.ts'
import { messaging } from './events.ts'
import { lost } from './origin.ts'

type Read = (raw: Json, entry: Json) => InboundEvent[]

/** Every entry and event of one webhook, in Meta's order. While another app has the thread its events are in `standby`. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  if (body.object !== 'instagram' || !Array.isArray(body.entry)) throw new TypeError('not a webhook of Instagram')
  return list(body.entry).flatMap(raw => {
    const entry = maybe(raw)
    const said = [...list(entry.messaging), ...list(entry.standby)]
    const events = [
      ...said.flatMap(item => guarded(item, entry, messaging)),
      ...list(entry.changes).flatMap(item => guarded(item, entry, change)),
    ]
    return events.length ? events : [lost('entry without events', raw, entry)]
  })
}

function change(raw: Json, entry: Json): InboundEvent[] {
  const field = text(raw.field) || 'change'
  const value = record(raw.value)
  if (field === 'comments' || field === 'live_comments') return [comment(value, entry)]
  return [field === 'mentions' ? mention(value, entry) : lost(field, raw, entry)]
}

/** One broken event must not lose its siblings. */
function guarded(raw: unknown, entry: Json, read: Read): InboundEvent[] {
  try {
    return read(record(raw), entry)
  } catch {
    return [lost('unreadable event', raw, entry)]
  }
}
