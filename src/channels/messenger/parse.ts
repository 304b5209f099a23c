import type { InboundEvent, RawRequest } from '../contract.ts'
import { bodyJson, type Json, list, maybe, record, text } from '../kit.ts'
import { account } from './account.ts'
import { feed } from './comments.ts'
import { messaging } from './events.ts'
import { hashed, lost } from './origin.ts'

type Read = (raw: Json, entry: Json) => InboundEvent[]

/** Every entry and event of one webhook, in Meta's order. While another app has the thread its events are in `standby`. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  if (body.object !== 'page' || !Array.isArray(body.entry)) throw new TypeError('not a webhook of a page')
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
  if (field === 'feed' || field === 'mention') return feed(value, entry)
  if (field === 'message_template_status_update')
    return [account({ what: 'template-status', said: value, id: hashed('template', entry, raw) }, entry)]
  return [lost(field, raw, entry)]
}

/** One broken event must not lose its siblings. */
function guarded(raw: unknown, entry: Json, read: Read): InboundEvent[] {
  try {
    return read(record(raw), entry)
  } catch {
    return [lost('unreadable event', raw, entry)]
  }
}
