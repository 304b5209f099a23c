import type { Part } from '../../domain/message.ts'
import type { Address, ExternalId, InboundEvent, RawRequest, Sender } from '../contract.ts'
import { address, bodyJson, externalId, type Json, maybe, present, record, records, text } from '../kit.ts'
import { needed, partOf } from './parts.ts'

interface From {
  from: Address
  sender: Sender
  at: Date
}

/** One request carries one visitor's events in the order of doing. The widget's own event id is the external id. */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const visitor = record(body.visitor)
  const who = text(visitor.address)
  const at = new Date(text(body.at) ?? Number.NaN)
  if (!who || Number.isNaN(at.getTime())) throw new TypeError('no visitor or no time in the request')
  const from = { from: address(who), sender: senderOf(visitor), at }
  return records(body.events).map((event, index) => safely(event, from, index))
}

function safely(event: Json, from: From, index: number): InboundEvent {
  const id = externalId(text(event.id) ?? `${from.from}:${from.at.getTime()}:${index}`)
  try {
    return read(event, { ...from, id, order: index })
  } catch {
    return { type: 'unsupported', ...from, id, order: index, what: `unreadable ${text(event.type) ?? 'event'}` }
  }
}

function read(event: Json, origin: From & { id: ExternalId; order: number }): InboundEvent {
  switch (event.type) {
    case 'message':
      return present({
        type: 'message' as const,
        ...origin,
        parts: partsIn(event),
        replyTo: optionalId(event.replyTo),
        entry: entryOf(event.entry),
      }) as InboundEvent
    case 'chosen':
      return present({
        type: 'chosen' as const,
        ...origin,
        choice: needed(event.choice),
        label: needed(event.label),
        of: optionalId(event.of),
      }) as InboundEvent
    case 'edited':
      return { type: 'edited', ...origin, of: externalId(needed(event.of)), parts: partsIn(event) }
    case 'deleted':
      return { type: 'deleted', ...origin, of: externalId(needed(event.of)) }
    case 'reaction':
      return { type: 'reaction', ...origin, of: externalId(needed(event.of)), emoji: text(event.emoji) ?? '' }
    case 'delivered':
    case 'read':
      return { type: 'receipt', id: origin.id, of: externalId(needed(event.of)), status: event.type, at: origin.at }
    case 'started':
      return present({ type: 'started' as const, ...origin, entry: entryOf(event.entry) }) as InboundEvent
    case 'typing':
      return { type: 'typing', ...origin }
    case 'moved':
      return { type: 'moved', ...origin, to: address(needed(event.to)) }
    default:
      return { type: 'unsupported', ...origin, what: text(event.type) ?? 'an event without a type' }
  }
}

/** A message that says nothing is none. */
function partsIn(event: Json): Part[] {
  const parts = records(event.parts).map(partOf)
  if (!parts.length) throw new TypeError('no parts')
  return parts
}

const senderOf = (visitor: Json): Sender =>
  present({
    name: text(visitor.name),
    username: text(visitor.email),
    phone: text(visitor.phone),
    language: text(visitor.language),
  })

function entryOf(value: unknown): { ref: string; source: string } | undefined {
  const { ref, source } = maybe(value)
  return text(ref) ? { ref: needed(ref), source: text(source) ?? 'site' } : undefined
}

const optionalId = (value: unknown): ExternalId | undefined => {
  const id = text(value)
  return id ? externalId(id) : undefined
}
