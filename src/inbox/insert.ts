import type { Message } from '../api/shapes.ts'
import { isMedia, type MediaPart, wordsOf } from '../domain/message.ts'
import type { Telling } from '../live/publish.ts'
import type { Arrival } from './arrivals.ts'
import { keyOf, type Person } from './find-people.ts'
import { keepMedia, numberMedia } from './keep-media.ts'
import { asMessage, type MessageRow } from './present.ts'
import { storable } from './storable.ts'

/** An arrival that became a new message; repeated ones are not among them. */
export interface Line {
  arrival: Arrival
  person: Person
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
  const inserted = await insert(tx, workspaceId, once, people)
  const lines = inserted.map(row => {
    const arrival = byExternal.get(keyOf(row.channel_id, row.external_id))!
    const person = personOf(arrival, people)
    return { arrival, person, message: asMessage(written(arrival, person, row)) }
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
  reply_to: string | null
}

/**
 * Only what the database decides is read back. What is there already is left out before, not by "on conflict", which
 * costs a row a fifth more; should another process write the same in this very moment, the transaction is run again.
 * Columns go as arrays: a record's JSON would be taken apart twice.
 */
async function insert(
  tx: Telling,
  workspaceId: string,
  once: readonly Arrival[],
  people: ReadonlyMap<string, Person>,
): Promise<Inserted[]> {
  const persons = once.map(a => personOf(a, people))
  const ats = once.map(a => a.at.toJSON())
  const metas = once.map(a => (a.meta && Object.keys(a.meta).length ? a.meta : null))
  const { rows } = await tx.query<Inserted>(
    `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, author_id, author_name, parts, status,
       external_id, at, tie, meta, words, reply_to)
     select $1, v, c, d, a, case when a = 'contact' then p end, n, parts, case d when 'in' then 'received' else 'sent' end,
       e, greatest(least(at, now()), ${afterOurWords}), tie, nullif(meta, 'null'), to_tsvector('parley', w), case when q is not null then ${quoted} end
     from rows from (unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::text[]), unnest($6::bigint[]), unnest($7::text[]),
       unnest($8::text[]), unnest($9::timestamptz[]), unnest($10::bigint[]), unnest($11::text[]), unnest($12::text[]),
       jsonb_array_elements($13::jsonb), jsonb_array_elements($14::jsonb), unnest($15::boolean[])) r(v, c, d, a, p, n, e, at, tie, q, w, parts, meta, look)
     where (select m.id from messages m where m.workspace_id = $1 and m.channel_id = r.c and m.external_id = r.e limit 1) is null
     returning id, channel_id, external_id, at, reply_to`,
    [
      workspaceId,
      persons.map(p => p.conversationId),
      once.map(a => a.channel.id),
      once.map(a => a.direction),
      once.map(a => a.author),
      persons.map(p => p.contactId),
      once.map((a, i) => authorName(a, persons[i]!)),
      once.map(a => a.external),
      ats,
      once.map(a => a.tie),
      once.map(a => a.replyTo ?? null),
      once.map(a => wordsOf(a.parts).slice(0, 20_000)),
      storable(once.map(a => a.parts)),
      metas.some(Boolean) ? storable(metas) : '[]',
      ats.map((at, i) => (persons[i]!.told?.lastMessageAt ?? at) >= at),
    ],
    'insert arrivals',
  )
  return rows
}

const personOf = (a: Arrival, people: ReadonlyMap<string, Person>): Person =>
  people.get(keyOf(a.channel.id, a.address))!
const authorName = (a: Arrival, person: Person): string =>
  a.author === 'contact' ? (a.meta?.member ?? person.name) : ''

function written(a: Arrival, person: Person, { id, external_id, at, reply_to }: Inserted): MessageRow {
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
    reply_to,
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
 * Not looked for when the last message of all is known to be from before it.
 */
const afterOurWords = `case when r.look and r.at = date_trunc('second', r.at) then (
  select max(o.at) from messages o where o.workspace_id = $1 and o.conversation_id = r.v and o.direction = 'out'
    and o.at > r.at and o.at < r.at + interval '1 second') end`

/** Ours or theirs, by the id its network knows. */
const quoted = `coalesce(
  (select m.id from messages m where m.workspace_id = $1 and m.channel_id = r.c and m.external_id = r.q limit 1),
  (select p.message_id from pieces p where p.workspace_id = $1 and p.channel_id = r.c and p.external_id = r.q limit 1),
  (select x.message_id from piece_ids x where x.workspace_id = $1 and x.channel_id = r.c and x.external_id = r.q limit 1))`

/** Ties answers to what they quote of this very batch; the database knew the rest when they were inserted. */
async function quote(tx: Telling, workspaceId: string, lines: readonly Line[]): Promise<void> {
  const quoting = lines.filter(l => l.arrival.replyTo && !l.message.replyTo)
  if (!quoting.length) return
  const here = new Map(lines.map(l => [keyOf(l.arrival.channel.id, l.arrival.external), l.message.id]))
  const found: Line[] = []
  for (const line of quoting) {
    const target = here.get(keyOf(line.arrival.channel.id, line.arrival.replyTo!))
    if (!target) continue
    line.message.replyTo = target
    found.push(line)
  }
  if (found.length)
    await tx.query(
      'update messages m set reply_to = q.target from unnest($2::bigint[], $3::bigint[]) q(id, target) where m.workspace_id = $1 and m.id = q.id',
      [workspaceId, found.map(l => l.message.id), found.map(l => l.message.replyTo)],
    )
  await quoteLater(
    tx,
    workspaceId,
    quoting.filter(l => !l.message.replyTo),
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
