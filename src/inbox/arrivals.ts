import type { Address, InboundEvent } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import type { Part } from '../domain/message.ts'
import type { MessageMeta } from './present.ts'

/** An event together with the channel it came by. */
export interface Heard<E extends InboundEvent = InboundEvent> {
  channel: Connected
  event: E
}

/** A message as an event makes it, before it has a number. */
export interface Arrival {
  channel: Connected
  address: Address
  external: string
  direction: 'in' | 'out'
  author: 'contact' | 'agent' | 'system'
  parts: Part[]
  at: Date
  tie: number
  replyTo?: string
  meta?: MessageMeta
  /** Something the customer wants an answer to. */
  asks: boolean
}

/** Events that are lines of the thread. Receipts, edits, reactions and news of the account are not. */
export function arrivalOf({ channel, event }: Heard): Arrival | undefined {
  if (event.type === 'receipt' || event.type === 'watermark' || event.type === 'account') return undefined
  if (!event.from) return undefined
  const { id, from } = event
  const line = {
    channel,
    address: from,
    external: id as string,
    at: event.at ?? new Date(Number.NaN),
    tie: event.order ?? 0,
  }
  switch (event.type) {
    case 'message':
      return { ...line, ...said(event.parts), ...(event.replyTo && { replyTo: event.replyTo }), meta: metaOf(event) }
    case 'echo':
      return {
        ...line,
        direction: 'out',
        author: 'agent',
        parts: event.parts,
        asks: false,
        ...(event.replyTo && { replyTo: event.replyTo }),
      }
    case 'chosen': {
      const part: Part = { type: 'chosen', choice: event.choice, label: event.label }
      return { ...line, ...said([part]), ...(event.of && { replyTo: event.of }), meta: metaOf(event) }
    }
    case 'unsupported':
      return { ...line, ...said([{ type: 'unsupported', what: event.what }]), meta: metaOf(event) }
    default:
      return happened(line, event)
  }
}

/** What a line keeps beside its parts. */
function metaOf(event: InboundEvent): MessageMeta {
  return {
    ...('group' in event && event.group && { member: event.group.member }),
    ...('forwarded' in event && event.forwarded && { forwarded: event.forwarded }),
    ...('entry' in event && event.entry && { entry: event.entry }),
    ...('kept' in event && event.kept && { kept: event.kept }),
  }
}

type Line = Pick<Arrival, 'channel' | 'address' | 'external' | 'at' | 'tie'>
const said = (parts: Part[]) => ({ direction: 'in' as const, author: 'contact' as const, parts, asks: true })

/** Not said but done: a grey line. */
function happened(line: Line, event: InboundEvent): Arrival | undefined {
  const entry = (what: string, values?: Record<string, string>, meta?: MessageMeta): Arrival => ({
    ...line,
    direction: 'in',
    author: 'system',
    parts: [{ type: 'system', what, ...(values && { values }) }],
    asks: false,
    ...(meta && { meta }),
  })
  switch (event.type) {
    case 'happened':
      return entry(event.what, event.values)
    case 'started':
      return entry('started', event.entry && { ref: event.entry.ref }, event.entry && { entry: event.entry })
    case 'consent':
      return entry(event.given ? `consent-given-${event.purpose}` : `consent-withdrawn-${event.purpose}`)
    case 'moved':
      return entry('address-changed', { from: event.from, to: event.to })
    default:
      return undefined
  }
}
