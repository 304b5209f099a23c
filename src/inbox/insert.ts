import type { Message } from '../api/shapes.ts'
import { isMedia, type MediaPart, wordsOf } from '../domain/message.ts'
import type { Telling } from '../live/publish.ts'
import type { Arrival } from './arrivals.ts'
import { keepMedia, numberMedia } from './keep-media.ts'
import { keyOf, type Person } from './people.ts'
import { asMessage, type MessageRow } from './present.ts'
import { storable } from './storable.ts'

/** An arrival that became a new message; repeated ones are not among them. */
export interface Line {
  arrival: Arrival
  message: Message
}

interface Batch {
  workspaceId: string
  arrivals: readonly Arrival[]
  people: ReadonlyMap<string, Person>
}

/** Inserts what is new, with its media and the jobs that fetch them. The unique key on (channel, external id) decides what is new. */
export async function insertArrivals(
  tx: Telling,
  { workspaceId, arrivals, people }: Batch,
): Promise<{ lines: Line[]; jobs: number }> {
  // The same message may come twice in one batch; only the first of them gets numbers for its files.
  const byExternal = new Map(arrivals.toReversed().map(a => [keyOf(a.channel.id, a.external), a]))
  const once = arrivals.filter(a => byExternal.get(keyOf(a.channel.id, a.external)) === a)
  if (!once.length) return { lines: [], jobs: 0 }
  await numberMedia(
    tx,
    once.flatMap(a => a.parts.filter((p): p is MediaPart => isMedia(p) && Boolean(p.ref))),
  )
  // Only what the database decides is read back; the rest is as it was written.
  const { rows } = await tx.query<Inserted>(
    `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, author_id, author_name, parts, status, external_id, at, tie, meta, words)
     select $1, v, c, d, a, case when a = 'contact' then p end, n, parts, case d when 'in' then 'received' else 'sent' end, e,
       greatest(least(at, now()), ${afterOurWords}), tie, meta, to_tsvector('parley', w)
     from jsonb_to_recordset($2::jsonb) r(i int, v bigint, c bigint, d text, a text, p bigint, n text, parts jsonb, e text, at timestamptz, tie bigint, meta jsonb, w text)
     order by i
     on conflict (workspace_id, channel_id, external_id) where external_id is not null do nothing
     returning id, channel_id, external_id, at`,
    [workspaceId, storable(once.map((a, i) => rowOf(a, i, people)))],
    'insert arrivals',
  )
  const lines = rows.map(row => {
    const arrival = byExternal.get(keyOf(row.channel_id, row.external_id))!
    return { arrival, message: asMessage(written(arrival, personOf(arrival, people), row)) }
  })
  await quote(tx, workspaceId, lines)
  return {
    lines,
    jobs: await keepMedia(
      tx,
      workspaceId,
      lines.map(l => ({ channelId: l.arrival.channel.id, messageId: l.message.id, parts: l.arrival.parts })),
    ),
  }
}

interface Inserted {
  id: string
  channel_id: string
  external_id: string
  at: Date
}

const personOf = (a: Arrival, people: ReadonlyMap<string, Person>): Person =>
  people.get(keyOf(a.channel.id, a.address))!
const authorName = (a: Arrival, person: Person): string =>
  a.author === 'contact' ? (a.meta?.member ?? person.name) : ''

function written(a: Arrival, person: Person, { id, external_id, at }: Inserted): MessageRow {
  return {
    id,
    conversation_id: person.conversationId,
    direction: a.direction,
    author_type: a.author,
    author_id: a.author === 'contact' ? person.contactId : null,
    author_name: authorName(a, person),
    parts: a.parts,
    status: a.direction === 'in' ? 'received' : 'sent',
    failure: null,
    external_id,
    reply_to: null,
    at,
    client_id: null,
    edited_at: null,
    deleted_at: null,
    reactions: null,
    meta: a.meta ?? null,
  }
}

/**
 * Some networks (WhatsApp, Telegram) tell whole seconds, cut off. What arrives after our answer of the same second was
 * said after it, as far as anybody can know: it must not jump above it. Order within the second is then that of arrival.
 */
const afterOurWords = `case when r.at = date_trunc('second', r.at) then (
  select max(o.at) from messages o where o.workspace_id = $1 and o.conversation_id = r.v and o.direction = 'out'
    and o.at > r.at and o.at < r.at + interval '1 second') end`

function rowOf(a: Arrival, i: number, people: ReadonlyMap<string, Person>): object {
  const person = personOf(a, people)
  return {
    i,
    v: person.conversationId,
    c: a.channel.id,
    d: a.direction,
    a: a.author,
    p: person.contactId,
    n: authorName(a, person),
    parts: a.parts,
    e: a.external,
    at: a.at,
    tie: a.tie,
    ...(a.meta && Object.keys(a.meta).length && { meta: a.meta }),
    w: wordsOf(a.parts).slice(0, 20_000),
  }
}

/** Ties answers to what they quote, ours or theirs, also within this batch. */
async function quote(tx: Telling, workspaceId: string, lines: readonly Line[]): Promise<void> {
  const quoting = lines.filter(l => l.arrival.replyTo)
  if (!quoting.length) return
  const { rows } = await tx.query<{ id: string; reply_to: string }>(
    `with q as (select r.id, r.c, coalesce(
         (select m.id from messages m where m.workspace_id = $1 and m.channel_id = r.c and m.external_id = r.e),
         (select p.message_id from pieces p where p.workspace_id = $1 and p.channel_id = r.c and p.external_id = r.e),
         (select x.message_id from piece_ids x where x.workspace_id = $1 and x.channel_id = r.c and x.external_id = r.e)) as target
       from unnest($2::bigint[], $3::bigint[], $4::text[]) r(id, c, e))
     update messages m set reply_to = q.target from q where m.workspace_id = $1 and m.id = q.id and q.target is not null returning m.id, m.reply_to`,
    [
      workspaceId,
      quoting.map(l => l.message.id),
      quoting.map(l => l.arrival.channel.id),
      quoting.map(l => l.arrival.replyTo),
    ],
  )
  const targets = new Map(rows.map(r => [r.id, r.reply_to]))
  for (const line of quoting) {
    const target = targets.get(line.message.id)
    if (target) line.message.replyTo = target
  }
  await quoteLater(
    tx,
    workspaceId,
    quoting.filter(l => !targets.has(l.message.id)),
  )
}

/** What is quoted may just be on its way into the database: the quote waits for it like an edit or a reaction would. */
async function quoteLater(tx: Telling, workspaceId: string, lines: readonly Line[]): Promise<void> {
  if (!lines.length) return
  const rows = lines.map(({ arrival: a, message }) => ({
    c: a.channel.id,
    id: `${a.external} quotes`,
    of: a.replyTo,
    payload: { message: message.id },
    at: message.at,
  }))
  await tx.query(
    `insert into amendments (workspace_id, channel_id, event_id, of, kind, payload, at)
     select $1, c, id, "of", 'quote', payload, at from jsonb_to_recordset($2::jsonb) r(c bigint, id text, "of" text, payload jsonb, at timestamptz)
     on conflict do nothing`,
    [workspaceId, storable(rows)],
  )
}
