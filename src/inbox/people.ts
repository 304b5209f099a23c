import type { Address, Sender } from '../channels/contract.ts'
import type { Queryable } from '../db/connect.ts'
import { clean } from './doorway.ts'

/** Somebody an event speaks of, as the network names them. */
export interface Spoken {
  channelId: string
  address: Address
  aliases: readonly Address[]
  sender?: Sender
  title?: string
}

/** The same person as Parley knows them. */
export interface Person {
  contactId: string
  conversationId: string
  name: string
}

interface Known extends Person {
  named: boolean
  /** Addresses that lead here already, with the username known there. */
  addresses: Map<string, string | null>
}

export const keyOf = (channelId: string, address: string): string => `${channelId} ${address}`

/**
 * Finds the people of a batch and makes those who are new: contact, conversation, identities. An address leads to one
 * conversation for ever; a further address of the same person leads to the same one.
 */
export async function meet(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
): Promise<Map<string, Person>> {
  const known = await findPeople(tx, workspaceId, spoken)
  const strangers: Spoken[] = []
  for (const one of spoken) {
    const person = addressesOf(one)
      .map(a => known.get(keyOf(one.channelId, a)))
      .find(Boolean)
    if (person) learn(known, one, person)
    else if (!known.has(keyOf(one.channelId, one.address))) {
      strangers.push(one)
      learn(known, one, { contactId: '', conversationId: '', name: nameOf(one), named: false, addresses: new Map() })
    }
  }
  if (strangers.length) await make(tx, workspaceId, strangers, known)
  await addAddresses(tx, workspaceId, spoken, known)
  await rename(tx, workspaceId, spoken, known)
  return known
}

const addressesOf = (one: Spoken): Address[] => [one.address, ...one.aliases]
function learn(known: Map<string, Known>, one: Spoken, person: Known): void {
  for (const address of addressesOf(one))
    if (!known.has(keyOf(one.channelId, address))) known.set(keyOf(one.channelId, address), person)
}

/** Those who have written before. By their keys one by one: without statistics the planner would read a whole young table. */
export async function findPeople(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
): Promise<Map<string, Known>> {
  const wanted = new Map(
    spoken.flatMap(one => addressesOf(one).map(a => [keyOf(one.channelId, a), [one.channelId, a]] as const)),
  )
  const pairs = [...wanted.values()]
  if (!pairs.length) return new Map()
  const { rows } = await tx.query<{
    channel_id: string
    address: string
    contact_id: string
    conversation_id: string
    name: string
    named: boolean
    username: string | null
  }>(
    `select i.channel_id, i.address, i.contact_id, i.conversation_id, i.username, p.name, p.named
     from unnest($2::bigint[], $3::text[]) w(channel_id, address)
     cross join lateral (select * from identities i where i.workspace_id = $1 and i.channel_id = w.channel_id and i.address = w.address limit 1) i
     cross join lateral (select * from contacts p where p.workspace_id = $1 and p.id = i.contact_id limit 1) p`,
    [workspaceId, pairs.map(p => p[0]), pairs.map(p => p[1])],
    'find people',
  )
  return new Map(
    rows.map(r => [
      keyOf(r.channel_id, r.address),
      {
        contactId: r.contact_id,
        conversationId: r.conversation_id,
        name: r.name,
        named: r.named,
        addresses: new Map([[keyOf(r.channel_id, r.address), r.username]]),
      },
    ]),
  )
}

function nameOf(one: Spoken): string {
  const { sender = {} } = one
  return clean(
    one.title ||
      sender.name ||
      sender.username ||
      (sender.phone && `+${sender.phone.replace(/^\+/, '')}`) ||
      one.address,
  )
    .slice(0, 200)
    .toWellFormed() // the cut may have gone through an emoji
}

async function make(
  tx: Queryable,
  workspaceId: string,
  strangers: readonly Spoken[],
  known: Map<string, Known>,
): Promise<void> {
  const contacts = await tx.query<{ id: string }>(
    `insert into contacts (workspace_id, name, phone, language)
     select $1, name, phone, language from jsonb_to_recordset($2::jsonb) r(n int, name text, phone text, language text)
     order by n returning id`,
    [
      workspaceId,
      JSON.stringify(
        strangers.map((one, n) => ({
          n,
          name: nameOf(one),
          phone: tidy(one.sender?.phone),
          language: tidy(one.sender?.language),
        })),
      ),
    ],
  )
  const conversations = await tx.query<{ id: string }>(
    `insert into conversations (workspace_id, channel_id, contact_id, address)
     select $1, c, p, a from unnest($2::bigint[], $3::bigint[], $4::text[]) with ordinality x(c, p, a, n) order by n returning id`,
    [workspaceId, strangers.map(one => one.channelId), contacts.rows.map(r => r.id), strangers.map(one => one.address)],
  )
  strangers.forEach((one, i) => {
    const person = known.get(keyOf(one.channelId, one.address))!
    person.contactId = contacts.rows[i]!.id
    person.conversationId = conversations.rows[i]!.id
  })
}

const tidy = (value: string | undefined): string | null => (value ? clean(value).slice(0, 1000).toWellFormed() : null)

/** Each address that was spoken leads to its person from now on. */
async function addAddresses(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
  known: Map<string, Known>,
): Promise<void> {
  const rows = new Map<string, { c: string; a: string; p: string; v: string; u: string | null }>()
  for (const one of spoken)
    for (const address of addressesOf(one)) {
      const key = keyOf(one.channelId, address)
      const { contactId: p, conversationId: v, addresses } = known.get(key)!
      const u = tidy(one.sender?.username)
      if (!addresses.has(key) || (u && addresses.get(key) !== u))
        rows.set(key, { c: one.channelId, a: address, p, v, u })
    }
  if (!rows.size) return
  await tx.query(
    `insert into identities (workspace_id, channel_id, address, contact_id, conversation_id, username)
     select $1, c, a, p, v, u from jsonb_to_recordset($2::jsonb) r(c bigint, a text, p bigint, v bigint, u text)
     on conflict (workspace_id, channel_id, address) do update set username = excluded.username
       where excluded.username is not null and identities.username is distinct from excluded.username`,
    [workspaceId, JSON.stringify([...rows.values()])],
    'add addresses',
  )
}

/** A person's own new name is taken over, unless somebody of the team wrote another. */
async function rename(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
  known: Map<string, Known>,
): Promise<void> {
  const renamed = new Map<string, string>()
  for (const one of spoken) {
    const person = known.get(keyOf(one.channelId, one.address))!
    const name = one.title || one.sender?.name ? nameOf(one) : ''
    if (!name || person.named || person.name === name) continue
    person.name = name
    renamed.set(person.contactId, name)
  }
  if (!renamed.size) return
  await tx.query(
    'update contacts p set name = r.name from unnest($2::bigint[], $3::text[]) r(id, name) where p.workspace_id = $1 and p.id = r.id and not p.named',
    [workspaceId, [...renamed.keys()], [...renamed.values()]],
  )
}
