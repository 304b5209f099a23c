import type { InboundEvent, RawRequest } from '../../contract.ts'
import { bodyJson, type Json, list, maybe, record } from '../../kit.ts'
import { lost } from './origin.ts'

type Read = (raw: Json, entry: Json) => InboundEvent[]

interface Readers {
  /** What Meta names the subscribed object. */
  object: string
  /** The same for people. */
  of: string
  messaging: Read
  change: Read
}

/** Every entry and event of one webhook, in Meta's order. While another app has the thread its events are in `standby`. */
export function eventsIn(request: RawRequest, { object, of, messaging, change }: Readers): InboundEvent[] {
  const body = bodyJson(request)
  if (body.object !== object || !Array.isArray(body.entry)) throw new TypeError(`not a webhook of ${of}`)
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

/** One broken event must not lose its siblings. */
function guarded(raw: unknown, entry: Json, read: Read): InboundEvent[] {
  try {
    return read(record(raw), entry)
  } catch {
    return [lost('unreadable event', raw, entry)]
  }
}
