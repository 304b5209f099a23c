import type { Delivery } from '../api/shapes.ts'
import type { Database, Queryable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { clean, type StoredDelivery, usualHeaders } from './doorway.ts'

/** New and quarantined ones have a row in `open_deliveries`; what has none is done. */
export type DeliveryState = 'new' | 'done' | 'quarantined'

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

interface ToDo extends Pick<Row, 'id' | 'workspace_id' | 'received_at' | 'body'> {
  /** Of those that are not like nearly all the others. */
  unusual: Pick<Row, 'method' | 'query' | 'headers'> | null
  more: boolean
}

/** The oldest deliveries of a channel that were never ingested, at least one, and whether there are more. */
export async function deliveriesToDo(
  db: Database,
  channelId: string,
  page: { after: string; rows: number; bytes: number },
): Promise<{ rows: StoredDelivery[]; more: boolean }> {
  const { rows } = await db.query<ToDo>(
    `select id, workspace_id, received_at, unusual, body, more from (
       select *, sum(octet_length(body)) over w as bytes, row_number() over w as n, lead(id) over w is not null as more
       from (select o.delivery_id as id, d.workspace_id, d.received_at, d.body,
           case when d.method <> 'POST' or d.query is not null or d.headers is not null
             then jsonb_build_object('method', d.method, 'query', d.query, 'headers', d.headers) end as unusual
         from open_deliveries o
         cross join lateral (select * from deliveries d where d.workspace_id = o.workspace_id and d.id = o.delivery_id limit 1) d
         where o.workspace_id = (select workspace_id from channels where id = $1) and o.channel_id = $1 and not o.quarantined and o.delivery_id > $2
         order by o.delivery_id limit $3 + 1) d window w as (order by id)) d
     where (bytes <= $4 or n = 1) and n <= $3 order by id`,
    [channelId, page.after, page.rows, page.bytes],
    'deliveries to do',
  )
  return {
    rows: rows.map(({ id, workspace_id, received_at, unusual, body }) => ({
      id,
      workspaceId: workspace_id,
      channelId,
      receivedAt: received_at,
      request: {
        method: unusual?.method ?? 'POST',
        query: unusual?.query ?? {},
        headers: unusual?.headers ?? usualHeaders,
        body,
      },
    })),
    more: rows.at(-1)?.more ?? false,
  }
}

/** Channels that have something to do. @param olderThan seconds: younger ones are in work. */
export async function channelsToDo(db: Database, olderThan = 0): Promise<string[]> {
  const { rows } = await db.query<{ channel_id: string }>(
    `select o.channel_id from (
       select workspace_id, channel_id, min(delivery_id) as oldest from open_deliveries where not quarantined group by 1, 2) o
     join deliveries d on d.workspace_id = o.workspace_id and d.id = o.oldest
     where d.received_at <= now() - make_interval(secs => $1)`,
    [olderThan],
  )
  return rows.map(row => row.channel_id)
}

/** Inside the transaction that received them. */
export async function markDone(
  tx: Queryable,
  workspaceId: string,
  deliveries: readonly StoredDelivery[],
): Promise<void> {
  await tx.query(
    'delete from open_deliveries where workspace_id = $1 and channel_id = any($2::bigint[]) and delivery_id = any($3::bigint[])',
    [workspaceId, [...new Set(deliveries.map(d => d.channelId))], deliveries.map(d => d.id)],
    'deliveries done',
  )
}

/** Sets aside what could not be read. It stays visible and can be replayed once the adapter has learnt it. */
export async function quarantine(on: Parley, delivery: StoredDelivery, why: string): Promise<void> {
  await on.db.query(
    'update open_deliveries set quarantined = true, error = $4 where workspace_id = $1 and channel_id = $2 and delivery_id = $3',
    [delivery.workspaceId, delivery.channelId, delivery.id, clean(why).slice(0, 500)],
  )
}

export interface DeliveryFilter {
  channel?: string | undefined
  state?: DeliveryState | undefined
  after?: string | undefined
  limit: number
}

const withTheirs = 'o.workspace_id = d.workspace_id and o.channel_id = d.channel_id and o.delivery_id = d.id'

/** Few are open: those are found from their own rows, and never by walking over all that are done. */
const among = (state: DeliveryState | undefined): string =>
  state === 'new' || state === 'quarantined'
    ? `open_deliveries o join deliveries d on ${withTheirs} and o.quarantined = ${state === 'quarantined'}`
    : `deliveries d left join open_deliveries o on ${withTheirs}`

/** Newest first. */
export async function listDeliveries(
  tx: Queryable,
  workspaceId: string,
  filter: DeliveryFilter,
): Promise<{ items: Delivery[]; next: string | null }> {
  const { rows } = await tx.query<Row & { state: DeliveryState; error: string | null; bytes: number }>(
    `select d.id, d.channel_id, d.received_at, case when o.quarantined then 'quarantined' when o.delivery_id is null then 'done' else 'new' end as state,
       o.error, octet_length(d.body) as bytes, substring(d.body from 1 for 8000) as body
     from ${among(filter.state)} where d.workspace_id = $1 and ($2::bigint is null or d.channel_id = $2)
       and ($3::text is distinct from 'done' or o.delivery_id is null) and ($4::bigint is null or d.id < $4) order by d.id desc limit $5`,
    [workspaceId, filter.channel ?? null, filter.state ?? null, filter.after ?? null, filter.limit],
  )
  const items = rows.map(row => ({
    id: row.id,
    channelId: row.channel_id,
    receivedAt: row.received_at.toISOString(),
    state: row.state,
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
 * Opens deliveries again; the ingester is then told to look. Doing it twice changes nothing, because every event has its
 * id. Answers the channels concerned and how many deliveries.
 */
export async function markForReplay(
  tx: Queryable,
  workspaceId: string,
  range: ReplayRange,
): Promise<{ replayed: number; channels: string[] }> {
  const { rows } = await tx.query<{ channel_id: string }>(
    `insert into open_deliveries (workspace_id, channel_id, delivery_id)
     select d.workspace_id, d.channel_id, d.id from ${among(range.state)}
     where d.workspace_id = $1 and ($2::bigint is null or d.id = $2) and ($3::bigint is null or d.channel_id = $3)
       and ($4::timestamptz is null or d.received_at >= $4) and ($5::timestamptz is null or d.received_at < $5)
       and ($6::text is distinct from 'done' or o.delivery_id is null)
     on conflict (workspace_id, channel_id, delivery_id) do update set quarantined = false returning channel_id`,
    [workspaceId, range.id ?? null, range.channel ?? null, range.from ?? null, range.to ?? null, range.state ?? null],
  )
  return { replayed: rows.length, channels: [...new Set(rows.map(r => r.channel_id))] }
}
