import type { InboundEvent } from '../channels/contract.ts'
import type { Queryable } from '../db/connect.ts'
import type { Failure, Status } from '../domain/message.ts'
import { together } from '../domain/status.ts'
import type { Heard } from './arrivals.ts'
import { hearing, moveIds, type Step, type Told } from './piece-ids.ts'
import { storable } from './storable.ts'

export interface Moved {
  messages: string[]
  conversations: string[]
}
const nothing: Moved = { messages: [], conversations: [] }

/** Keeps every receipt and applies those whose message is known; the others wait in their rows. */
export async function hearReceipts(tx: Queryable, workspaceId: string, heard: readonly Heard[]): Promise<Moved> {
  const receipts = heard.flatMap(({ channel, event }) =>
    event.type === 'receipt' ? [{ channelId: channel.id, ...event }] : [],
  )
  const marks = heard.flatMap(({ channel, event }) =>
    event.type === 'watermark' ? [{ channelId: channel.id, ...event }] : [],
  )
  const seen = await markSeen(tx, workspaceId, marks)
  if (!receipts.length && !seen.length) return nothing
  await settleByKey(tx, workspaceId, receipts)
  const rows = [
    ...receipts.map(r => ({ c: r.channelId, e: r.of as string, s: r.status, at: r.at, f: r.failure })),
    ...seen,
  ]
  await tx.query(
    `insert into receipts (workspace_id, channel_id, external_id, status, at, failure)
     select distinct on (c, e, s) $1::bigint, c, e, s, at, f from jsonb_to_recordset($2::jsonb) r(c bigint, e text, s text, at timestamptz, f jsonb)
     order by c, e, s on conflict do nothing`,
    [workspaceId, storable(rows)],
    'keep receipts',
  )
  return applyReceipts(
    tx,
    workspaceId,
    rows.map(r => ({ channelId: r.c, externalId: r.e })),
  )
}

/** A lost answer is settled when the provider speaks of our own key: now we know its message id. */
async function settleByKey(
  tx: Queryable,
  workspaceId: string,
  receipts: readonly (InboundEvent & { type: 'receipt'; channelId: string })[],
): Promise<void> {
  const keyed = receipts.filter(r => r.key)
  if (!keyed.length) return
  const { rows } = await tx.query<{ message_id: string; n: number; external_id: string }>(
    `update pieces p set external_id = r.e, status = 'sent', failure = null, sent_at = coalesce(p.sent_at, now())
     from (select distinct on (k) k, e from unnest($2::text[], $3::text[]) r(k, e)) r
     where p.workspace_id = $1 and p.key = r.k and p.external_id is null and p.status in ('unknown', 'sending') returning p.message_id, p.n, p.external_id`,
    [workspaceId, keyed.map(r => r.key), keyed.map(r => r.of)],
  )
  const first = rows.filter(r => r.n === 0)
  await tx.query(
    `update messages m set external_id = k.e from unnest($2::bigint[], $3::text[]) k(m, e)
     where m.workspace_id = $1 and m.id = k.m and m.external_id is null`,
    [workspaceId, first.map(r => r.message_id), first.map(r => r.external_id)],
  )
}

type Mark = InboundEvent & { type: 'watermark'; channelId: string }

/** "All until then": one receipt for each message of ours it covers. */
async function markSeen(tx: Queryable, workspaceId: string, marks: readonly Mark[]) {
  const rows: { c: string; e: string; s: string; at: Date; f?: Failure }[] = []
  for (const mark of marks) {
    const found = await tx.query<{ external_id: string }>(
      `select coalesce(x.external_id, p.external_id) as external_id
       from identities i join messages m on m.workspace_id = i.workspace_id and m.conversation_id = i.conversation_id
       join pieces p on p.workspace_id = m.workspace_id and p.message_id = m.id
       left join lateral (select x.external_id from piece_ids x
         where x.workspace_id = $1 and x.message_id = p.message_id and x.n = p.n and x.key = p.key limit 1000) x on true
       where i.workspace_id = $1 and i.channel_id = $2 and i.address = $3 and p.external_id is not null and p.sent_at <= $4
         and p.status in ('sent', 'delivered') order by m.id desc limit 500`,
      [workspaceId, mark.channelId, mark.from, mark.until],
    )
    rows.push(...found.rows.map(r => ({ c: mark.channelId, e: r.external_id, s: mark.status, at: mark.at })))
  }
  return rows
}

export interface Target {
  channelId: string
  externalId: string
}

type Heared = Told & {
  now: Status
  channel_id: string
  /** The piece has further ids. */
  several: boolean
}

/** Applies the waiting receipts of these messages, forward only. */
export async function applyReceipts(tx: Queryable, workspaceId: string, targets: readonly Target[]): Promise<Moved> {
  const { rows } = await tx.query<Heared>(
    `with t as (select distinct c, e from unnest($2::bigint[], $3::text[]) t(c, e)),
     r as (select r.* from t join receipts r on r.workspace_id = $1 and r.channel_id = t.c and r.external_id = t.e and not r.applied)
     select coalesce(x.message_id, p.message_id) as message_id, coalesce(x.n, p.n) as n, p.status as now, x.n is not null as several,
       r.channel_id, r.external_id, r.status, r.failure
     from r
       left join lateral (select x.message_id, x.n from piece_ids x
         where x.workspace_id = $1 and x.channel_id = r.channel_id and x.external_id = r.external_id limit 1) x on true
       left join lateral (select p.message_id, p.n, p.status from pieces p
         where x.n is null and p.workspace_id = $1 and p.channel_id = r.channel_id and p.external_id = r.external_id limit 1) p on true
     where x.n is not null or p.n is not null
     union all
     select m.id, null, m.status, false, r.channel_id, r.external_id, r.status, r.failure
     from r join messages m on m.workspace_id = $1 and m.channel_id = r.channel_id and m.external_id = r.external_id and m.direction = 'out'
       and not exists (select from pieces p where p.workspace_id = $1 and p.message_id = m.id)
     order by 1, 2`,
    [workspaceId, targets.map(t => t.channelId), targets.map(t => t.externalId)],
    'receipts to apply',
  )
  if (!rows.length) return nothing
  await tx.query(
    `update receipts r set applied = true from unnest($2::bigint[], $3::text[], $4::text[]) t(c, e, s)
     where r.workspace_id = $1 and r.channel_id = t.c and r.external_id = t.e and r.status = t.s`,
    [workspaceId, rows.map(r => r.channel_id), rows.map(r => r.external_id), rows.map(r => r.status)],
  )
  return movePieces(tx, workspaceId, rows)
}

async function movePieces(tx: Queryable, workspaceId: string, heard: readonly Heared[]): Promise<Moved> {
  const alone = Map.groupBy(
    heard.filter(h => !h.several),
    h => `${h.message_id} ${h.n}`,
  )
  const all: Step[] = [...alone.values()].map(told => ({
    m: told[0]!.message_id,
    n: told[0]!.n,
    ...hearing(told[0]!.now, told),
  }))
  const several = heard.filter(h => h.several)
  all.push(...(await moveIds(tx, workspaceId, several)))
  if (!all.length) return nothing
  await tx.query(
    `update pieces p set status = r.s, failure = coalesce(r.f, p.failure) from jsonb_to_recordset($2::jsonb) r(m bigint, n smallint, s text, f jsonb)
     where p.workspace_id = $1 and p.message_id = r.m and p.n = r.n`,
    [workspaceId, storable(all.filter(p => p.n !== null))],
  )
  for (const echo of all.filter(p => p.n === null))
    await tx.query('update messages set status = $3 where workspace_id = $1 and id = $2', [workspaceId, echo.m, echo.s])
  return rollUp(
    tx,
    workspaceId,
    [...new Set(all.filter(p => p.n !== null).map(p => p.m))],
    [...new Set(all.filter(p => p.n === null).map(p => p.m))],
  )
}

/** Brings messages, and list lines that show them, to the status their pieces make together. */
export async function rollUp(
  tx: Queryable,
  workspaceId: string,
  messages: readonly string[],
  also: readonly string[] = [],
): Promise<Moved> {
  const { rows } = await tx.query<{ message_id: string; statuses: Status[]; failure: Failure | null }>(
    `select message_id, array_agg(status order by n) as statuses, (array_agg(failure order by n) filter (where failure is not null))[1] as failure
     from pieces where workspace_id = $1 and message_id = any($2::bigint[]) group by message_id`,
    [workspaceId, messages],
    'pieces of messages',
  )
  const updates = rows.map(r => {
    const s = together(r.statuses)
    return { m: r.message_id, s, f: s === 'failed' || s === 'unknown' ? r.failure : null }
  })
  await tx.query(
    `update messages x set status = r.s, failure = r.f from jsonb_to_recordset($2::jsonb) r(m bigint, s text, f jsonb)
     where x.workspace_id = $1 and x.id = r.m`,
    [workspaceId, storable(updates)],
    'roll up messages',
  )
  const all = [...updates.map(u => u.m), ...also]
  // A statement of its own: when somebody else has just changed the conversation, PostgreSQL evaluates the joined rows
  // again, which it cannot do with an update among them ("ModifyTable should not be called during EvalPlanQual").
  const touched = await tx.query<{ id: string }>(
    `update conversations c set last_message = jsonb_set(c.last_message, '{status}', to_jsonb(m.status)) from messages m
     where m.workspace_id = $1 and m.id = any($2::bigint[]) and c.workspace_id = $1 and c.id = m.conversation_id
       and c.last_message ->> 'id' = m.id::text returning c.id`,
    [workspaceId, all],
    'roll up conversations',
  )
  return { messages: all, conversations: touched.rows.map(r => r.id) }
}
