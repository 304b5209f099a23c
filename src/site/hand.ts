import { randomUUID } from 'node:crypto'
import { sign, signatureHeader } from '../channels/site/verify.ts'
import { openUpload } from './files.ts'
import type { Channel, House } from './house.ts'
import { Refused } from './problem.ts'
import type { VisitorEvent } from './shapes.ts'
import type { Visitor } from './visitors.ts'

/** An event as the adapter (src/channels/site) parses it. */
type WireEvent = { id: string; type: string } & Record<string, unknown>

/**
 * Hands a visitor's events to the door of every messenger. When this returns, they are stored.
 * @throws Refused 503 when they are not: the widget keeps them and comes again with the same ids.
 */
export async function hand(
  house: House,
  from: { channel: Channel; visitor: Visitor },
  events: WireEvent[],
): Promise<void> {
  const { address, name, email, phone, language } = from.visitor
  const visitor = { address, name: name ?? shortName(address), email, phone, language }
  const body = Buffer.from(JSON.stringify({ visitor, at: house.now().toISOString(), events }))
  const { status } = await house.accept(from.channel.id, {
    method: 'POST',
    query: {},
    headers: {
      'content-type': 'application/json',
      'x-visitor': address,
      [signatureHeader]: sign(body, from.channel.settings.secret),
    },
    body,
  })
  if (status !== 200) throw new Refused(503, 'The message was not stored. It will be sent again.', 2)
}

/** Until we know better: a word and the end of the address, so that two strangers can be told apart. */
const shortName = (address: string): string =>
  address.startsWith('user:') ? address.slice(5) : `Visitor ${address.slice(-4).toUpperCase()}`

/** @throws Refused 422 when a file in it was not uploaded by this visitor. */
export function wired(event: VisitorEvent, { channel, visitor }: { channel: Channel; visitor: Visitor }): WireEvent {
  if (!('id' in event)) return { ...event, id: `${event.of}:${event.type}` }
  if (event.type === 'edited')
    return { type: 'edited', id: event.id, of: event.of, parts: [{ type: 'text', text: event.text }] }
  if (event.type !== 'message') return event
  const parts = event.parts.map(part => {
    if (!('ticket' in part)) return part
    const { ticket, type, ...said } = part
    return {
      ...openUpload(ticket, visitor.address, channel.settings.secret),
      type: fitting(type, ticket, { channel, visitor }),
      ...said,
    }
  })
  return { ...event, parts }
}

/** The browser may say that a sound is a voice message, or a picture a file; nothing else. */
function fitting(asked: string, ticket: string, { channel, visitor }: { channel: Channel; visitor: Visitor }): string {
  const { type } = openUpload(ticket, visitor.address, channel.settings.secret)
  return asked === 'file' || (asked === 'voice' && type === 'audio') ? asked : type
}

export const typing = (): WireEvent => ({ id: randomUUID(), type: 'typing' })

/** The same person writes from `to` from now on; told once, however often it is repeated. */
export const moved = (from: string, to: string): WireEvent => ({ id: `moved:${from}:${to}`, type: 'moved', to })
