import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyJson, externalId, type Json, milliseconds, present, record, records, text } from '../kit.ts'

/** Every event of the batch, in the provider's order. One that cannot be read does not take the others with it. */
export function parse(request: RawRequest): InboundEvent[] {
  const { events } = bodyJson(request)
  if (!Array.isArray(events)) throw new TypeError('no request of Ok: "events" is no list')
  return records(events).map(safely)
}

function safely(event: Json, index: number): InboundEvent {
  try {
    return eventOf(event)
  } catch {
    const id = externalId(text(event.id) || `unreadable:${index}`)
    return { type: 'unsupported', id, what: `unreadable ${text(event.type) ?? 'event'}` }
  }
}

function eventOf(event: Json): InboundEvent {
  const sender = record(event.from)
  const origin = {
    id: externalId(needed(event.id)),
    from: address(needed(sender.id)),
    at: milliseconds(event.at),
    sender: present({ name: text(sender.name) }),
  }
  if (event.type === 'text') return { type: 'message', ...origin, parts: [{ type: 'text', text: needed(event.text) }] }
  return { type: 'unsupported', ...origin, what: needed(event.type) }
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('an event without what it is about')
  return found
}
