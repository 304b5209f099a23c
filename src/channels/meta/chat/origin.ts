import type { Address, ExternalId, InboundEvent } from '../../contract.ts'
import { address, externalId, type Json, maybe, text } from '../../kit.ts'
import { digestOf, timeOf } from '../facts.ts'

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

/** What every event about them carries. */
export const known = ({ ours: _, ...rest }: About): Known => rest

/** The page or account that an entry of a webhook is for. */
export function onPage(entry: Json): { account?: string } {
  const page = text(entry.id)
  return page ? { account: externalId(page) } : {}
}

/** The same for every repetition of one event that has no id of its own. */
export const hashed = (what: string, ...of: unknown[]): ExternalId => externalId(`${what}:${digestOf(...of)}`)

/** An event that nobody can read. */
export const lost = (what: string, raw: unknown, entry: Json): InboundEvent => ({
  type: 'unsupported',
  id: hashed('lost', what, entry.id, raw),
  what: what.slice(0, 80),
  ...onPage(entry),
})
