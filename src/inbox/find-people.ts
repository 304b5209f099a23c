import type { Conversation } from '../api/shapes.ts'
import type { Address, Sender } from '../channels/contract.ts'
import type { Queryable } from '../db/connect.ts'

/** Somebody an event speaks of, as the network names them. */
export interface Spoken {
  channelId: string
  /** The one they speak from first, then others of theirs. */
  addresses: readonly [Address, ...Address[]]
  /** The same, each with the channel (`keyOf`). */
  keys: readonly string[]
  sender?: Sender
  title?: string
}

/** The same person as Parley knows them. */
export interface Person {
  contactId: string
  conversationId: string
  name: string
  /** Their conversation as it was last told, as far as that is known and it did not change. */
  told?: Conversation | undefined
}

export interface Known extends Person {
  /** Somebody of the team wrote the name. */
  named: boolean
  /** Addresses that lead here already, with the username known there. */
  addresses: ReadonlyMap<string, string | null>
}

export const keyOf = (channelId: string, address: string): string => `${channelId} ${address}`

export const speaking = (channelId: string, addresses: readonly [Address, ...Address[]]): Spoken => ({
  channelId,
  addresses,
  keys: addresses.map(address => keyOf(channelId, address)),
})

interface Wanted {
  workspaceId: string
  spoken: readonly Spoken[]
  /** Who is known already, by channel and address. */
  known?: Map<string, Known>
}

/**
 * Those who have written before, each of them once, however many addresses lead there. By their keys one by one: without
 * statistics the planner would read a whole young table.
 */
export async function findPeople(
  tx: Queryable,
  { workspaceId, spoken, known = new Map() }: Wanted,
): Promise<Map<string, Known>> {
  const wanted = new Map<string, readonly [channelId: string, address: Address]>()
  for (const { channelId, addresses, keys } of spoken)
    for (const [i, key] of keys.entries()) if (!known.has(key)) wanted.set(key, [channelId, addresses[i]!])
  const pairs = [...wanted.values()]
  if (!pairs.length) return known
  const { rows } = await tx.query<Row>(
    `select i.channel_id, i.address, i.contact_id, i.conversation_id, i.username, p.name, p.named
     from unnest($2::bigint[], $3::text[]) w(channel_id, address)
     cross join lateral (select * from identities i where i.workspace_id = $1 and i.channel_id = w.channel_id and i.address = w.address limit 1) i
     cross join lateral (select * from contacts p where p.workspace_id = $1 and p.id = i.contact_id limit 1) p`,
    [workspaceId, pairs.map(p => p[0]), pairs.map(p => p[1])],
    'find people',
  )
  const people = new Map([...known.values()].map(person => [person.conversationId, person]))
  for (const row of rows) {
    const key = keyOf(row.channel_id, row.address)
    const { contact_id: contactId, conversation_id: conversationId, name, named } = row
    const person = people.get(conversationId) ?? { contactId, conversationId, name, named, addresses: new Map() }
    people.set(conversationId, person)
    person.addresses = new Map(person.addresses).set(key, row.username)
    known.set(key, person)
  }
  return known
}

interface Row {
  channel_id: string
  address: string
  contact_id: string
  conversation_id: string
  name: string
  named: boolean
  username: string | null
}
