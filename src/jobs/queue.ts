import type { Queries } from './job.ts'
import { LANES } from './job.ts'

export type NewJob = {
  workspaceId: string | number | bigint
  /** What shares a worker and its limits, usually the channel's id. The same key must always come with the same `laneOf`. */
  laneOf: string
  /** Jobs of one key run in the order they were put in, and never two at once. */
  key: string
  task: string
  /** JSON. */
  payload: unknown
  /** Not before this time. Later jobs of the same key wait for it: order by key comes first, always. */
  runAt?: Date
}

/**
 * Puts jobs in, all in one statement. Call it inside the transaction of the row that needs them, and `wake` after the
 * commit. Two transactions that put in jobs of one key at the same time have no order between them, unless
 * both first lock the same row (the conversation).
 */
export async function enqueue(q: Queries, jobs: NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  await q.query(
    `insert into jobs (workspace_id, lane, lane_of, key, task, payload, run_at)
     select workspace_id, lane, lane_of, key, task, payload::jsonb, run_at
     from unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
       with ordinality as new (workspace_id, lane, lane_of, key, task, payload, run_at, n)
     order by n`,
    [
      jobs.map(job => String(job.workspaceId)),
      jobs.map(laneFor),
      jobs.map(job => job.laneOf),
      jobs.map(job => job.key),
      jobs.map(job => job.task),
      jobs.map(job => JSON.stringify(job.payload ?? null)),
      jobs.map(job => job.runAt ?? null),
    ],
  )
}

/** Which waiting jobs to run now: all of a workspace that match everything given. */
export type RetryChoice = { workspaceId: string | number | bigint; laneOf?: string; key?: string; task?: string }

/**
 * Runs jobs now that failed or asked for a later time ("send again", a channel is connected again). A job that was
 * put in for a later time and has not been tried keeps its time. Resolves to how many; call `wake` after the commit.
 */
export async function retryNow(q: Queries, choice: RetryChoice): Promise<number> {
  const { rows } = await q.query(
    `update jobs set run_at = 'epoch'
     where place = 1 and runs > 0 and workspace_id = $1 and ($2::text is null or lane_of = $2)
       and ($3::text is null or key = $3) and ($4::text is null or task = $4)
     returning id`,
    [String(choice.workspaceId), choice.laneOf ?? null, choice.key ?? null, choice.task ?? null],
  )
  return rows.length
}

const sleepers = new Set<() => void>()

/** A hint, after a commit, that workers of this process have something to do. Losing it costs at most a second. */
export function wake(): void {
  for (const rouse of sleepers) rouse()
}

/** Calls `rouse` at every `wake`, until the returned function is called. */
export function onWake(rouse: () => void): () => void {
  sleepers.add(rouse)
  return () => sleepers.delete(rouse)
}

/** FNV-1a; the lane of a job never changes, so neither may this. */
function laneFor(job: NewJob): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(`${job.workspaceId}/${job.laneOf}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return ((hash ^ (hash >>> 16)) >>> 0) % LANES
}
