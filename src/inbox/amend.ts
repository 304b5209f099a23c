import { isMedia, type MediaPart, type Part, wordsOf } from '../domain/message.ts'
import type { Telling } from '../live/publish.ts'
import type { Heard } from './arrivals.ts'
import type { Person } from './find-people.ts'
import type { Line } from './insert.ts'
import { keepMedia, numberMedia } from './keep-media.ts'
import { react, type StoredReaction } from './reactions.ts'
import { storable } from './storable.ts'

/** Edits, deletions and reactions. One that overtook its message waits in its row and is applied when the message comes. */
export async function amend(tx: Telling, batch: Batch): Promise<Amended> {
  const { workspaceId, heard, arrived } = batch
  const rows = heard.flatMap(amendmentOf)
  if (rows.length)
    await tx.query(
      `insert into amendments (workspace_id, channel_id, event_id, of, kind, payload, address, at)
       select $1, c, id, "of", kind, payload, address, least(at, now())
       from jsonb_to_recordset($2::jsonb) r(c bigint, id text, "of" text, kind text, payload jsonb, address text, at timestamptz) on conflict do nothing`,
      [workspaceId, storable(rows)],
    )
  const targets = [
    ...rows.map(r => [r.c, r.of] as const),
    ...arrived.map(l => [l.arrival.channel.id, l.arrival.external] as const),
  ]
  return targets.length ? applyAmendments(tx, workspaceId, targets) : { messages: [], conversations: [], jobs: 0 }
}

interface Batch {
  workspaceId: string
  heard: readonly Heard[]
  people: ReadonlyMap<string, Person>
  arrived: readonly Line[]
}
export interface Amended {
  messages: string[]
  conversations: string[]
  jobs: number
}

function amendmentOf({ channel, event }: Heard) {
  if (event.type !== 'edited' && event.type !== 'deleted' && event.type !== 'reaction') return []
  const payload =
    event.type === 'edited'
      ? { parts: event.parts }
      : event.type === 'reaction'
        ? { emoji: event.emoji, name: event.sender?.name }
        : {}
  return [
    {
      c: channel.id,
      id: event.id as string,
      of: event.of as string,
      kind: event.type,
      payload,
      address: event.from as string,
      at: event.at,
    },
  ]
}

interface Waiting {
  channel_id: string
  event_id: string
  kind: 'edited' | 'deleted' | 'reaction' | 'quote'
  /** `message` is the one that quotes. */
  payload: { parts?: Part[]; emoji?: string; name?: string; message?: string }
  address: string | null
  at: Date
  message_id: string
  conversation_id: string
  parts: Part[]
  reactions: StoredReaction[] | null
  edited_at: Date | null
  contact_name: string
}
/** @param targets pairs of channel and external id that may have amendments waiting. */
export async function applyAmendments(tx: Telling, workspaceId: string, targets: readonly Target[]): Promise<Amended> {
  const rows = await waiting(tx, workspaceId, await awaited(tx, workspaceId, targets))
  let jobs = 0
  const state = new Map<string, Waiting>()
  for (const row of rows) {
    const now = state.get(row.message_id) ?? row
    state.set(row.message_id, now)
    jobs += await apply(tx, workspaceId, { row, now })
    await tx.query(
      'update amendments set applied = true where workspace_id = $1 and channel_id = $2 and event_id = $3',
      [workspaceId, row.channel_id, row.event_id],
    )
  }
  const quoting = rows.flatMap(r => r.payload.message ?? [])
  return {
    messages: [...new Set([...state.keys(), ...quoting])],
    conversations: [...new Set(rows.map(r => r.conversation_id))],
    jobs,
  }
}

type Target = readonly [channelId: string, externalId: string]

/** Hardly ever one: asked for first, as planning what is to be read of them costs more than a whole batch's looking. */
async function awaited(tx: Telling, workspaceId: string, targets: readonly Target[]): Promise<Target[]> {
  const { rows } = await tx.query<{ c: string; e: string }>(
    `select c, e from unnest($2::bigint[], $3::text[]) t(c, e) cross join lateral (
       select from amendments a where a.workspace_id = $1 and a.channel_id = t.c and a.of = t.e and not a.applied limit 1) a
     where exists (select from amendments a where a.workspace_id = $1 and not a.applied)`,
    [workspaceId, targets.map(t => t[0]), targets.map(t => t[1])],
    'amendments awaited',
  )
  return rows.map(({ c, e }) => [c, e])
}

async function waiting(tx: Telling, workspaceId: string, targets: readonly Target[]): Promise<Waiting[]> {
  if (!targets.length) return []
  // Locked, as the file of a message may arrive at this very moment.
  const { rows } = await tx.query<Waiting>(
    `with t as (select distinct c, e from unnest($2::bigint[], $3::text[]) t(c, e)),
     a as (select a.* from t join amendments a on a.workspace_id = $1 and a.channel_id = t.c and a.of = t.e and not a.applied),
     hit as (
       select a.*, m.id as message_id from a join messages m on m.workspace_id = $1 and m.channel_id = a.channel_id and m.external_id = a.of
       union select a.*, p.message_id from a join pieces p on p.workspace_id = $1 and p.channel_id = a.channel_id and p.external_id = a.of
       union select a.*, x.message_id from a cross join lateral (select message_id from piece_ids x where x.workspace_id = $1 and x.channel_id = a.channel_id and x.external_id = a.of limit 1) x)
     select hit.channel_id, event_id, kind, payload, hit.address, hit.at, message_id, m.conversation_id, m.parts, m.reactions, m.edited_at, p.name as contact_name
     from hit join messages m on m.workspace_id = $1 and m.id = message_id
     join conversations c on c.workspace_id = $1 and c.id = m.conversation_id join contacts p on p.workspace_id = $1 and p.id = c.contact_id
     order by hit.at, event_id for update of m`,
    [workspaceId, targets.map(t => t[0]), targets.map(t => t[1])],
    'amendments to apply',
  )
  return rows
}

/** `now` is the message as the amendments before this one left it. Answers how many jobs were put in. */
async function apply(tx: Telling, workspaceId: string, { row, now }: { row: Waiting; now: Waiting }): Promise<number> {
  const messageId = row.message_id
  if (row.kind === 'edited') return edit(tx, workspaceId, { row, now })
  if (row.kind === 'deleted') {
    const values = [workspaceId, messageId, row.at]
    await tx.query('update messages set deleted_at = $3 where workspace_id = $1 and id = $2', values)
    return 0
  }
  if (row.kind === 'quote') {
    const values = [workspaceId, row.payload.message, messageId]
    await tx.query('update messages set reply_to = $3 where workspace_id = $1 and id = $2', values)
    return 0
  }
  const { emoji = '', name = row.contact_name } = row.payload
  const reaction = { emoji, by: 'contact' as const, name, who: row.address ?? '' }
  await react(tx, { workspaceId, messageId, before: now }, reaction)
  return 0
}

/** The old words are kept as a version; an edit that was overtaken by a newer one only becomes a version. */
async function edit(tx: Telling, workspaceId: string, { row, now }: { row: Waiting; now: Waiting }): Promise<number> {
  const parts = row.payload.parts ?? []
  const late = now.edited_at && now.edited_at > row.at
  await tx.query(
    'insert into message_versions (workspace_id, message_id, at, parts) values ($1, $2, $3, $4::jsonb) on conflict do nothing',
    [workspaceId, row.message_id, row.at, storable(late ? parts : now.parts)],
  )
  if (late) return 0
  const fresh = parts.filter(p => isMedia(p) && p.ref && !kept(p, now.parts)) as MediaPart[]
  await numberMedia(tx, fresh)
  await tx.query(
    `update messages set parts = $3::jsonb, edited_at = $4, words = to_tsvector('parley', $5) where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      row.message_id,
      storable(parts),
      row.at,
      wordsOf(parts).slice(0, 20_000).replaceAll('\0', '').toWellFormed(),
    ],
  )
  Object.assign(now, { parts, edited_at: row.at })
  return keepMedia(tx, workspaceId, [{ channelId: row.channel_id, messageId: row.message_id, parts }])
}

/** A picture whose caption was edited is the same picture: take over what we have of it. */
function kept(part: MediaPart, before: readonly Part[]): boolean {
  const same = before.find(p => isMedia(p) && p.ref === part.ref)
  if (!same) return false
  const { caption, ...rest } = same as MediaPart
  Object.assign(part, rest, { caption: part.caption ?? caption })
  return true
}
