import type { Delivery } from '../api/shapes.ts'
import type { Database, Queryable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { clean, type StoredDelivery, usualHeaders } from './doorway.ts'

const states = ['new', 'done', 'quarantined'] as const
export type DeliveryState = (typeof states)[number]
const stateNumber = (state: DeliveryState): number => states.indexOf(state)

interface Row {
  id: string
  workspace_id: string
  channel_id: string
  method: string
  query: Record<string, string> | null
  headers: Record<string, string> | null
  body: Buffer
  received_at: Date
}

/** The oldest deliveries of a channel that were never ingested, at least one, and whether there are more. */
export async function deliveriesToDo(
  db: Database,
  channelId: string,
  page: { after: string; rows: number; bytes: number },
): Promise<{ rows: StoredDelivery[]; more: boolean }> {
  const { rows } = await db.query<Row & { more: boolean }>(
    `select * from (
       select d.*, sum(octet_length(body)) over w as bytes, row_number() over w as n, lead(id) over w is not null as more
       from (select id, workspace_id, channel_id, received_at, method, query, headers, body from deliveries
         where channel_id = $1 and state = 0 and id > $2 order by id limit $3 + 1) d window w as (order by id)) d
     where (bytes <= $4 or n = 1) and n <= $3 order by id`,
    [channelId, page.after, page.rows, page.bytes],
    'deliveries to do',
  )
  return {
    rows: rows.map(row => ({
      id: row.id,
      workspaceId: row.workspace_id,
      channelId: row.channel_id,
      receivedAt: row.received_at,
      request: { method: row.method, query: row.query ?? {}, headers: row.headers ?? usualHeaders, body: row.body },
    })),
    more: rows.at(-1)?.more ?? false,
  }
}

/** Channels that have something to do. @param olderThan seconds: younger ones are in work. */
export async function channelsToDo(db: Database, olderThan = 0): Promise<string[]> {
  const { rows } = await db.query<{ channel_id: string }>(
    'select distinct channel_id from deliveries where state = 0 and received_at <= now() - make_interval(secs => $1)',
    [olderThan],
  )
  return rows.map(row => row.channel_id)
}

/** Inside the transaction that received them. */
export async function markDone(tx: Queryable, workspaceId: string, ids: readonly string[]): Promise<void> {
  await tx.query(
    'update deliveries set state = 1, error = null where workspace_id = $1 and id = any($2::bigint[])',
    [workspaceId, ids],
    'deliveries done',
  )
}

/** Sets aside what could not be read. It stays visible and can be replayed once the adapter has learnt it. */
export async function quarantine(on: Parley, delivery: StoredDelivery, why: string): Promise<void> {
  await on.db.query('update deliveries set state = 2, error = $3 where workspace_id = $1 and id = $2', [
    delivery.workspaceId,
    delivery.id,
    clean(why).slice(0, 500),
  ])
}

export interface DeliveryFilter {
  channel?: string | undefined
  state?: DeliveryState | undefined
  after?: string | undefined
  limit: number
}

/** Newest first. */
export async function listDeliveries(
  tx: Queryable,
  workspaceId: string,
  filter: DeliveryFilter,
): Promise<{ items: Delivery[]; next: string | null }> {
  const { rows } = await tx.query<Row & { state: number; error: string | null; bytes: number }>(
    `select id, channel_id, received_at, state, error, octet_length(body) as bytes, substring(body from 1 for 8000) as body
     from deliveries where workspace_id = $1 and ($2::bigint is null or channel_id = $2) and ($3::smallint is null or state = $3)
       and ($4::bigint is null or id < $4) order by id desc limit $5`,
    [
      workspaceId,
      filter.channel ?? null,
      filter.state ? stateNumber(filter.state) : null,
      filter.after ?? null,
      filter.limit,
    ],
  )
  const items = rows.map(row => ({
    id: row.id,
    channelId: row.channel_id,
    receivedAt: row.received_at.toISOString(),
    state: states[row.state]!,
    error: row.error,
    bytes: row.bytes,
    body: row.body.toString('utf8').slice(0, 2000),
  }))
  return { items, next: items.length === filter.limit ? items.at(-1)!.id : null }
}

export interface ReplayRange {
  id?: string | undefined
  channel?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  state?: DeliveryState | undefined
}

/**
 * Puts deliveries back to `new`; the ingester is then told to look. Doing it twice changes nothing, because every
 * event has its id. Answers the channels concerned and how many deliveries.
 */
export async function markForReplay(
  tx: Queryable,
  workspaceId: string,
  range: ReplayRange,
): Promise<{ replayed: number; channels: string[] }> {
  const { rows } = await tx.query<{ channel_id: string }>(
    `update deliveries set state = 0 where workspace_id = $1 and ($2::bigint is null or id = $2) and ($3::bigint is null or channel_id = $3)
       and ($4::timestamptz is null or received_at >= $4) and ($5::timestamptz is null or received_at < $5)
       and ($6::smallint is null or state = $6) returning channel_id`,
    [
      workspaceId,
      range.id ?? null,
      range.channel ?? null,
      range.from ?? null,
      range.to ?? null,
      range.state ? stateNumber(range.state) : null,
    ],
  )
  return { replayed: rows.length, channels: [...new Set(rows.map(r => r.channel_id))] }
}
