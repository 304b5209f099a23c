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
  /** How many came together lately: the size of a commit, smoothed over the last ten. */
  crowd(): number
}

/** Milliseconds after which a crowd is gone. */
const lately = 200

interface Arriving {
  channel: Connected
  request: RawRequest
}

/** @param stored is told of every delivery after its commit, in order. */
export function createDoorway(db: Database, stored: (delivery: StoredDelivery) => void): Doorway {
  let crowd = 0
  let lastAt = 0
  const writer = coalesce<Arriving, StoredDelivery>(
    async batch => {
      crowd += (batch.length - crowd) / 10
      lastAt = performance.now()
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
  return {
    store: (channel, request) => writer.add({ channel, request }),
    open: writer.open,
    crowd: () => (performance.now() - lastAt < lately ? crowd : 0),
  }
}

/**
 * All bodies go as one binary value and are cut apart there: in an array each would be escaped, and twice as long. Rows
 * are numbered in the order of the arrays.
 */
async function insert(db: Database, batch: Arriving[]): Promise<StoredDelivery[]> {
  const receivedAt = new Date()
  const bodies = batch.map(a => a.request.body)
  const { rows } = await db.query<{ id: string }>(
    `with d as (
       insert into deliveries (workspace_id, channel_id, received_at, method, query, headers, body)
       select w, c, $8, m, q::jsonb, h::jsonb, substring($9::bytea from f for l)
       from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[]) x(w, c, m, q, h, f, l)
       returning workspace_id, channel_id, id)
     insert into open_deliveries (workspace_id, channel_id, delivery_id) select * from d returning delivery_id as id`,
    [
      batch.map(a => a.channel.workspaceId),
      batch.map(a => a.channel.id),
      batch.map(a => a.request.method),
      batch.map(a => jsonOrNull(a.request.query)),
      batch.map(a => keptHeaders(a.request.headers)),
      startsOf(bodies),
      bodies.map(b => b.length),
      receivedAt,
      Buffer.concat(bodies),
    ],
    'store deliveries',
  )
  return batch.map(({ channel, request }, i) => ({
    id: rows[i]!.id,
    workspaceId: channel.workspaceId,
    channelId: channel.id,
    receivedAt,
    request,
  }))
}

/** Counted from 1, as SQL does. */
function startsOf(bodies: readonly Uint8Array[]): number[] {
  let next = 1
  return bodies.map(body => {
    const start = next
    next += body.length
    return start
  })
}

/** Nothing is kept of what nearly all requests say; `usualHeaders` stands for it. */
const keptHeaders = (headers: Record<string, string>): string | null =>
  areUsual(headers) ? null : (jsonOrNull(headers) ?? '{}')

export const usualHeaders = { 'content-type': 'application/json' }
export const areUsual = (headers: Record<string, string>): boolean =>
  Object.keys(headers).length === 1 && headers['content-type'] === usualHeaders['content-type']

/** Rubbish in a query or header must not make the request unstorable: PostgreSQL knows no NUL and no lone surrogate. */
function jsonOrNull(fields: Record<string, string>): string | null {
  const entries = Object.entries(fields)
  if (!entries.length) return null
  return JSON.stringify(Object.fromEntries(entries.map(([k, v]) => [clean(k), clean(v)])))
}

/** Text that PostgreSQL can hold. */
export const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed()
