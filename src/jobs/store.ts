import type { Chain, Lane, Parked, ReadJob } from './held.ts'
import { KEY_ROOM } from './held.ts'
import type { Queries } from './job.ts'

/** The statements of a worker. Each write holds the lanes' rows and does nothing for a lane whose epoch has moved on. */

/** What became of a run. `waits`: its key is blocked until `runAt`. */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'dead'; error: string }
  | { kind: 'waits'; runAt: Date; attempts: number; runs: number; error: string | null }

export type Ended = { chain: Chain; id: string; workspaceId: string; key: string; outcome: Outcome }

const owned = `owned as (
  select l.lane from job_lanes l join unnest($1::smallint[], $2::bigint[]) o (lane, epoch)
    on l.lane = o.lane and l.epoch = o.epoch for share of l)`

const columns = `j.workspace_id::text as "workspaceId", j.id::text, j.lane, j.key, j.task, j.payload, j.attempts, j.runs,
  j.run_at as "runAt", j.place`

/** Up to `room` ready jobs of each lane by id, without those in `held`. Never named: a plan kept from an empty table would scan a full one. */
export async function readReady(q: Queries, lanes: Lane[], room: number): Promise<ReadJob[]> {
  const held = lanes.flatMap(lane => [...lane.chains.values()].flatMap(chain => chain.jobs.map(job => job.id)))
  const { rows } = await q.query(
    `select ${columns}, exists (select from jobs h
       where h.place = 1 and h.lane = j.lane and h.workspace_id = j.workspace_id and h.key = j.key) as blocked
     from unnest($1::smallint[]) l (lane) cross join lateral (
       select * from jobs where place = 0 and lane = l.lane and id <> all ($2::bigint[]) order by id limit $3) j
     order by j.id`,
    [lanes.map(lane => lane.number), held, room],
  )
  return rows as ReadJob[]
}

/** Heads whose time has come, up to `room` of each lane, each with the first jobs behind it; by id. */
export async function readDue(q: Queries, lanes: Lane[], due: { now: Date; room: number }): Promise<ReadJob[]> {
  const held = lanes.flatMap(lane => [...lane.chains.values()].flatMap(chain => chain.jobs.map(job => job.id)))
  const { rows } = await q.query(
    `with heads as materialized (
       select h.* from unnest($1::smallint[]) l (lane) cross join lateral (
         select * from jobs where place = 1 and lane = l.lane and run_at <= $2 and id <> all ($3::bigint[])
         order by run_at limit $4) h),
     found as (
       select * from heads union all
       select b.* from heads h cross join lateral (
         select * from jobs where place = 2 and lane = h.lane and workspace_id = h.workspace_id and key = h.key
         order by id limit ${KEY_ROOM - 1}) b)
     select ${columns}, false as blocked from found j order by j.id`,
    [lanes.map(lane => lane.number), due.now, held, due.room],
  )
  return rows as ReadJob[]
}

/** Marks jobs as head or behind. Repeating it changes nothing. */
export async function writeParked(q: Queries, parked: Parked[]): Promise<void> {
  await q.query(
    `with ${owned}
     update jobs j set place = p.place, run_at = case p.place when 1 then coalesce(j.run_at, 'epoch') else j.run_at end
     from owned, unnest($3::bigint[], $4::bigint[], $5::smallint[]) p (workspace_id, id, place)
     where j.workspace_id = p.workspace_id and j.id = p.id and j.lane = owned.lane`,
    [
      ...fence(new Map(parked.map(({ job, epoch }) => [job.lane, epoch]))),
      parked.map(({ job }) => job.workspaceId),
      parked.map(({ job }) => job.id),
      parked.map(({ place }) => place),
    ],
  )
}

/** Marks many more jobs of keys that have a head, where such keys crowd the front of a lane's queue. */
export async function parkCrowd(q: Queries, lanes: Lane[]): Promise<void> {
  await q.query(
    `with ${owned}
     update jobs j set place = 2
     from owned cross join lateral (
       select * from jobs where place = 0 and lane = owned.lane order by id limit ${CROWD}) r
     where j.workspace_id = r.workspace_id and j.id = r.id and exists (select from jobs h
       where h.place = 1 and h.lane = r.lane and h.workspace_id = r.workspace_id and h.key = r.key)`,
    fence(new Map(lanes.map(lane => [lane.number, lane.epoch]))),
  )
}

const CROWD = 5000

/** Writes how runs ended. Repeating it changes nothing. All results of one lane must come from one epoch. */
export async function writeEnded(q: Queries, ended: Ended[]): Promise<void> {
  const lanes = fence(new Map(ended.map(({ chain }) => [chain.lane.number, chain.lane.epoch])))
  const simple = ended.every(one => one.outcome.kind === 'done' && !one.chain.parked)
  if (!simple) return writeAllKinds(q, lanes, ended)
  await q.query(`with ${owned} ${deleteDone}`, [...lanes, ...ids(ended)])
}

const deleteDone = `delete from jobs j using owned, unnest($3::bigint[], $4::bigint[]) d (workspace_id, id)
  where j.workspace_id = d.workspace_id and j.id = d.id and j.lane = owned.lane`

async function writeAllKinds(q: Queries, lanes: [number[], string[]], ended: Ended[]): Promise<void> {
  const dead = ended.flatMap(one => (one.outcome.kind === 'dead' ? [{ ...one, ...one.outcome }] : []))
  const waits = ended.flatMap(one => (one.outcome.kind === 'waits' ? [{ ...one, ...one.outcome }] : []))
  const blocked = new Set(waits.map(one => one.chain))
  const moved = [...new Set(ended.map(one => one.chain))].filter(chain => chain.parked && !blocked.has(chain))
  await q.query(allKinds, [
    ...lanes,
    ...ids(ended.filter(one => one.outcome.kind === 'done')),
    ...ids(dead),
    dead.map(one => one.error),
    ...ids(waits),
    waits.map(one => one.runAt),
    waits.map(one => one.attempts),
    waits.map(one => one.runs),
    waits.map(one => one.error),
    moved.map(chain => chain.lane.number),
    moved.map(chain => chain.jobs[0]!.workspaceId),
    moved.map(chain => chain.jobs[0]!.key),
    ended.map(one => one.id),
  ])
}

// "next" looks away from the rows that this statement takes out, as its snapshot still shows them, and it makes no second
// head: when an answer was lost on the way, all this is written again.
const allKinds = `with ${owned},
  done as (${deleteDone}),
  died as (
    delete from jobs j using owned, unnest($5::bigint[], $6::bigint[], $7::text[]) d (workspace_id, id, error)
    where j.workspace_id = d.workspace_id and j.id = d.id and j.lane = owned.lane returning j.*, d.error),
  buried as (
    insert into dead_jobs (workspace_id, id, lane_of, key, task, payload, attempts, runs, last_error, created_at)
    select workspace_id, id, lane_of, key, task, payload, attempts + 1, runs + 1, error, created_at from died),
  waits as (
    update jobs j set place = 1, run_at = w.run_at, attempts = w.attempts, runs = w.runs, last_error = coalesce(w.error, last_error)
    from owned, unnest($8::bigint[], $9::bigint[], $10::timestamptz[], $11::smallint[], $12::int[], $13::text[])
      w (workspace_id, id, run_at, attempts, runs, error)
    where j.workspace_id = w.workspace_id and j.id = w.id and j.lane = owned.lane),
  next as (
    select n.workspace_id, n.id
    from owned join unnest($14::smallint[], $15::bigint[], $16::text[]) k (lane, workspace_id, key) using (lane)
    cross join lateral (
      select b.workspace_id, b.id from jobs b
      where b.place = 2 and b.lane = k.lane and b.workspace_id = k.workspace_id and b.key = k.key and b.id <> all ($17::bigint[])
      order by b.id limit 1) n
    where not exists (select from jobs h where h.place = 1 and h.lane = k.lane and h.workspace_id = k.workspace_id
      and h.key = k.key and h.id <> all ($17::bigint[])))
  update jobs j set place = 1, run_at = coalesce(j.run_at, 'epoch') from next
  where j.workspace_id = next.workspace_id and j.id = next.id`

const ids = (ended: Ended[]): [string[], string[]] => [ended.map(one => one.workspaceId), ended.map(one => one.id)]
const fence = (lanes: Map<number, string>): [number[], string[]] => [[...lanes.keys()], [...lanes.values()]]
