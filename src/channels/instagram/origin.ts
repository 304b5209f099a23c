import { createHash } from 'node:crypto'
import type { Address, ExternalId, InboundEvent } from '../contract.ts'
import { address, externalId, type Json, maybe, milliseconds, number, seconds, text } from '../kit.ts'

/** Whom an event is about, when, and on which page. */
export type About = { from: Address; at: Date; account?: string; ours: 'ours' | 'theirs' }
type Known = Omit<About, 'ours'>

/** The customer is whichever of the two is not the page: in echoes and handovers that is the recipient. */
export function about(raw: Json, entry: Json): About {
  const page = text(entry.id)
  const [sender, recipient] = [text(maybe(raw.sender).id), text(maybe(raw.recipient).id)]
  const ours = maybe(raw.message).is_echo === true || (sender !== undefined && sender === page)
  const from = ours ? recipient : (sender ?? recipient)
  if (!from || from === page) throw new TypeError('nobody it is about')
  return { from: address(from), at: timeOf(raw.timestamp), ...onPage(entry), ours: ours ? 'ours' : 'theirs' }
}

export const known = ({ ours: _, ...rest }: About): Known => rest

export function onPage(entry: Json): { account?: string } {
  const page = text(entry.id)
  return page ? { account: externalId(page) } : {}
}

export function requiredId(value: unknown): ExternalId {
  const id = text(value)
  if (!id) throw new TypeError('no id')
  return externalId(id)
}

/** Messenger writes milliseconds, the page's feed seconds: told apart by their size. */
export const timeOf = (value: unknown): Date => ((number(value) ?? 0) > 1e11 ? milliseconds(value) : seconds(value))

/** The same for every repetition of one event that has no id of its own. */
export const hashed = (what: string, ...of: unknown[]): ExternalId =>
  externalId(`${what}:${createHash('sha256').update(written(of)).digest('hex').slice(0, 32)}`)

function written(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'nested too deep to be written'
  }
}

export const lost = (what: string, raw: unknown, entry: Json): InboundEvent => ({
  type: 'unsupported',
  id: hashed('lost', what, entry.id, raw),
  what: what.slice(0, 80),
  ...onPage(entry),
})
