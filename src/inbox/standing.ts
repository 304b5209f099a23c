import type { Queryable } from '../db/connect.ts'
import type { Heard } from './arrivals.ts'
import { keyOf, type Person } from './find-people.ts'

type People = ReadonlyMap<string, Person>

/** Consent given or withdrawn, as rows; whether a person may be written to follows from the last of them. Answers the conversations concerned. */
export async function noteConsents(
  tx: Queryable,
  workspaceId: string,
  heard: readonly Heard[],
  people: People,
): Promise<string[]> {
  const rows = heard.flatMap(({ channel, event }) => {
    const person = event.type === 'consent' && people.get(keyOf(channel.id, event.from))
    return person && event.type === 'consent'
      ? [
          {
            p: person.contactId,
            c: channel.id,
            v: person.conversationId,
            given: event.given,
            purpose: event.purpose,
            e: event.id,
            at: event.at,
          },
        ]
      : []
  })
  if (!rows.length) return []
  await tx.query(
    `insert into consents (workspace_id, contact_id, channel_id, given, purpose, event_id, at)
     select $1, p, c, given, purpose, e, least(at, now())
     from jsonb_to_recordset($2::jsonb) r(p bigint, c bigint, given boolean, purpose text, e text, at timestamptz) on conflict do nothing`,
    [workspaceId, JSON.stringify(rows)],
  )
  const conversations = [...new Set(rows.map(r => r.v))]
  await tx.query(
    `update conversations v set opted_out = not coalesce((select k.given from consents k
       where k.workspace_id = $1 and k.contact_id = v.contact_id and k.channel_id = v.channel_id and k.purpose = 'all' order by k.at desc, k.id desc limit 1), true)
     where v.workspace_id = $1 and v.id = any($2::bigint[])`,
    [workspaceId, conversations],
  )
  return conversations
}

/**
 * The same person at a new address: both lead to the one conversation, answers go to the new one. Answers the
 * conversations concerned.
 */
export async function noteMoves(
  tx: Queryable,
  workspaceId: string,
  heard: readonly Heard[],
  people: People,
): Promise<string[]> {
  const moved: string[] = []
  for (const { channel, event } of heard) {
    const person = event.type === 'moved' && people.get(keyOf(channel.id, event.from))
    if (!person || event.type !== 'moved') continue
    moved.push(person.conversationId)
    await tx.query(
      `with added as (
         insert into identities (workspace_id, channel_id, address, contact_id, conversation_id) values ($1, $2, $3, $4, $5)
         on conflict (workspace_id, channel_id, address) do nothing)
       update conversations set address = $3 where workspace_id = $1 and id = $5`,
      [workspaceId, channel.id, event.to, person.contactId, person.conversationId],
    )
  }
  return moved
}
