import type { Queries } from './job.ts'
import { LANES } from './job.ts'

/** The statements about who owns which lane. Time here is the database's, so no worker's clock can hold a lane too long. */

export type Lease = { owner: string; leaseMs: number }
export type Claimed = { lane: number; epoch: string }

/** Says that this worker lives and prolongs the leases it still has. */
export async function renew(
  q: Queries,
  { owner, leaseMs }: Lease,
  lanes: Claimed[],
): Promise<{ kept: Set<number>; share: number }> {
  const { rows } = await q.query(
    `with alive as (
       insert into job_workers values ($1, now() + $2 * interval '1 ms')
       on conflict (owner) do update set alive_until = excluded.alive_until),
     kept as (
       update job_lanes l set lease_until = now() + $2 * interval '1 ms'
       from unnest($3::smallint[], $4::bigint[]) o (lane, epoch) where l.lane = o.lane and l.epoch = o.epoch
       returning l.lane)
     select coalesce((select array_agg(lane) from kept), '{}') as kept,
       (select count(*) from job_workers where alive_until > now() and owner <> $1)::int as others`,
    [owner, leaseMs, lanes.map(one => one.lane), lanes.map(one => one.epoch)],
  )
  const { kept, others } = rows[0] as { kept: number[]; others: number }
  return { kept: new Set(kept), share: Math.ceil(LANES / (others + 1)) }
}

/** Takes up to `count` lanes that nobody owns, or whose lease has run out; never one of `except`. */
export async function claim(
  q: Queries,
  { owner, leaseMs }: Lease,
  want: { count: number; except: number[] },
): Promise<Claimed[]> {
  const { rows } = await q.query(
    `update job_lanes set owner = $1, lease_until = now() + $2 * interval '1 ms', epoch = epoch + 1
     where lane in (select lane from job_lanes where (lease_until is null or lease_until < now()) and lane <> all ($4::smallint[])
                    order by lane limit $3 for update skip locked)
     returning lane, epoch::text`,
    [owner, leaseMs, want.count, want.except],
  )
  return rows as Claimed[]
}

/** Gives lanes back for anybody to take. */
export async function release(q: Queries, lanes: Claimed[]): Promise<void> {
  await q.query(
    `update job_lanes l set owner = null, lease_until = null
     from unnest($1::smallint[], $2::bigint[]) o (lane, epoch) where l.lane = o.lane and l.epoch = o.epoch`,
    [lanes.map(one => one.lane), lanes.map(one => one.epoch)],
  )
}

/** Says that this worker is gone, so that the others take its share. Rows of workers long dead go with it. */
export async function leave(q: Queries, owner: string): Promise<void> {
  await q.query(`delete from job_workers where owner = $1 or alive_until < now() - interval '1 hour'`, [owner])
}

/** Does the lane still have this epoch? Inside a transaction it stays so until the end. */
export async function holds(q: Queries, { lane, epoch }: Claimed): Promise<boolean> {
  const { rows } = await q.query('select hold_job_lane($1::smallint, $2::bigint) as held', [lane, epoch])
  return (rows[0] as { held: boolean }).held
}
