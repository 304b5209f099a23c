import type { RawRequest } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import { type Database, DatabaseUnavailable } from '../db/connect.ts'
import { coalesce } from './coalesce.ts'

/** One raw incoming request as it lies in the database. */
export interface StoredDelivery {
  id: string
  workspaceId: string
  channelId: string
  receivedAt: Date
  request: RawRequest
}

/** Where deliveries become durable: one writer for the process, which commits what arrives together in one go. */
export interface Doorway {
  /** Resolves after the commit. */
  store(channel: Connected, request: RawRequest): Promise<StoredDelivery>
  /** How many requests wait for their commit. */
  open(): number
}

interface Arriving {
  channel: Connected
  request: RawRequest
}

/** @param stored is told of every delivery after its commit, in order. */
export function createDoorway(db: Database, stored: (delivery: StoredDelivery) => void): Doorway {
  const writer = coalesce<Arriving, StoredDelivery>(
    async batch => {
      const deliveries = await insert(db, batch)
      for (const delivery of deliveries) stored(delivery)
      return deliveries
    },
    {
      count: 500,
      weigh: a => a.request.body.length,
      weight: 8_000_000,
      blameless: e => e instanceof DatabaseUnavailable,
    },
  )
  return { store: (channel, request) => writer.add({ channel, request }), open: writer.open }
}

async function insert(db: Database, batch: Arriving[]): Promise<StoredDelivery[]> {
  const { rows } = await db.query<{ id: string; received_at: Date }>(
    `insert into deliveries (workspace_id, channel_id, method, query, headers, body)
     select w, c, m, q::jsonb, h::jsonb, b
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bytea[]) with ordinality x(w, c, m, q, h, b, n)
     order by n returning id, received_at`,
    [
      batch.map(a => a.channel.workspaceId),
      batch.map(a => a.channel.id),
      batch.map(a => a.request.method),
      batch.map(a => jsonOrNull(a.request.query)),
      batch.map(a => jsonOrNull(a.request.headers)),
      batch.map(a => (Buffer.isBuffer(a.request.body) ? a.request.body : Buffer.from(a.request.body))),
    ],
    'store deliveries',
  )
  return batch.map(({ channel, request }, i) => ({
    id: rows[i]!.id,
    workspaceId: channel.workspaceId,
    channelId: channel.id,
    receivedAt: rows[i]!.received_at,
    request,
  }))
}

/** Rubbish in a query or header must not make the request unstorable: PostgreSQL knows no NUL and no lone surrogate. */
function jsonOrNull(fields: Record<string, string>): string | null {
  const entries = Object.entries(fields)
  if (!entries.length) return null
  return JSON.stringify(Object.fromEntries(entries.map(([k, v]) => [clean(k), clean(v)])))
}

/** Text that PostgreSQL can hold. */
export const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed()
