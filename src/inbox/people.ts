import type { Queryable } from '../db/connect.ts'
import { clean } from './doorway.ts'
import { findPeople, type Known, type Spoken } from './find-people.ts'
import type { PeopleBook } from './people-book.ts'

export interface Met {
  people: Map<string, Known>
  /** The last number when what the book knew was true, if it knew anybody. */
  since: number | undefined
  /** Conversations whose contact has another name or address now. */
  renewed: string[]
}

/**
 * Finds the people of a batch and makes those who are new: contact, conversation, identities. An address leads to one
 * conversation for ever; a further address of the same person leads to the same one.
 */
export async function meet(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
  book: PeopleBook,
): Promise<Met> {
  const { known, since } = await book.find(tx, workspaceId, spoken)
  await findPeople(tx, { workspaceId, spoken, known })
  const strangers: Spoken[] = []
  for (const one of spoken) {
    const key = one.keys.find(k => known.has(k))
    if (key) learn(known, one, known.get(key)!)
    else {
      strangers.push(one)
      learn(known, one, { contactId: '', conversationId: '', name: nameOf(one), named: false, addresses: new Map() })
    }
  }
  if (strangers.length) await make(tx, workspaceId, strangers, known)
  const changed = [
    ...(await addAddresses(tx, workspaceId, spoken, known)),
    ...(await rename(tx, workspaceId, spoken, known)),
  ]
  for (const person of changed) person.told = undefined
  return { people: known, since, renewed: changed.map(p => p.conversationId) }
}

function learn(known: Map<string, Known>, one: Spoken, person: Known): void {
  for (const key of one.keys) if (!known.has(key)) known.set(key, person)
}

function nameOf(one: Spoken): string {
  const { sender = {} } = one
  return clean(
    one.title ||
      sender.name ||
      sender.username ||
      (sender.phone && `+${sender.phone.replace(/^\+/, '')}`) ||
      one.addresses[0],
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
    [
      workspaceId,
      strangers.map(one => one.channelId),
      contacts.rows.map(r => r.id),
      strangers.map(one => one.addresses[0]),
    ],
  )
  strangers.forEach((one, i) => {
    const person = known.get(one.keys[0]!)!
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
): Promise<Known[]> {
  const changed: Known[] = []
  const rows = new Map<string, { c: string; a: string; p: string; v: string; u: string | null }>()
  for (const one of spoken)
    for (const [i, key] of one.keys.entries()) {
      const person = known.get(key)!
      const { contactId: p, conversationId: v, addresses } = person
      const u = tidy(one.sender?.username)
      if (addresses.has(key) && (!u || addresses.get(key) === u)) continue
      rows.set(key, { c: one.channelId, a: one.addresses[i]!, p, v, u })
      changed.push(person)
    }
  if (!rows.size) return changed
  await tx.query(
    `insert into identities (workspace_id, channel_id, address, contact_id, conversation_id, username)
     select $1, c, a, p, v, u from jsonb_to_recordset($2::jsonb) r(c bigint, a text, p bigint, v bigint, u text)
     on conflict (workspace_id, channel_id, address) do update set username = excluded.username
       where excluded.username is not null and identities.username is distinct from excluded.username`,
    [workspaceId, JSON.stringify([...rows.values()])],
    'add addresses',
  )
  return changed
}

/** A person's own new name is taken over, unless somebody of the team wrote another. */
async function rename(
  tx: Queryable,
  workspaceId: string,
  spoken: readonly Spoken[],
  known: Map<string, Known>,
): Promise<Known[]> {
  const changed: Known[] = []
  const renamed = new Map<string, string>()
  for (const one of spoken) {
    const person = known.get(one.keys[0]!)!
    const name = one.title || one.sender?.name ? nameOf(one) : ''
    if (!name || person.named || person.name === name) continue
    person.name = name
    changed.push(person)
    renamed.set(person.contactId, name)
  }
  if (!renamed.size) return changed
  await tx.query(
    'update contacts p set name = r.name from unnest($2::bigint[], $3::text[]) r(id, name) where p.workspace_id = $1 and p.id = r.id and not p.named',
    [workspaceId, [...renamed.keys()], [...renamed.values()]],
  )
  return changed
}
