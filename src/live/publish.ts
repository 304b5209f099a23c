import type { Change } from '../api/shapes.ts'
import { type Database, inWorkspace, type Transaction, transaction } from '../db/connect.ts'
import type { Hub } from './hub.ts'
import { type Refs, refsOf } from './refs.ts'

/** Collects what a transaction changed; it is told to the screens after the commit, and only then. */
export interface Telling extends Transaction {
  tell(...changes: Change[]): void
}

/**
 * Runs `fn` as the API (sealed into the workspace) and tells the screens what it changed, after the commit. `fn` may
 * run more than once: what it does outside the transaction must bear that.
 */
export const changing = <T>(
  on: { db: Database; hub: Hub },
  workspaceId: string,
  fn: (tx: Telling) => Promise<T>,
): Promise<T> => told(on.hub, { workspaceId, fn, run: work => inWorkspace(on.db, workspaceId, work) })

/** The same for the workers, which are not sealed into a workspace. */
export const changingAsWorker = <T>(
  on: { db: Database; hub: Hub },
  workspaceId: string,
  fn: (tx: Telling) => Promise<T>,
): Promise<T> => told(on.hub, { workspaceId, fn, run: work => transaction(on.db, work) })

type Run = <R>(work: (tx: Transaction) => Promise<R>) => Promise<R>

interface Work<T> {
  workspaceId: string
  fn: (tx: Telling) => Promise<T>
  run: Run
}

async function told<T>(hub: Hub, work: Work<T>): Promise<T> {
  const { result, seq, changes } = await again(() => once(work))
  if (seq) hub.announce(work.workspaceId, seq, changes)
  return result
}

function once<T>({ workspaceId, fn, run }: Work<T>) {
  const changes: Change[] = []
  return run(async tx => {
    const result = await fn({ ...tx, tell: (...more) => void changes.push(...more) })
    return { result, changes, seq: changes.length ? await publish(tx, workspaceId, refsOf(changes)) : 0 }
  })
}

const deadlock = '40P01'
const attempts = 5

/** Of two transactions that wait for each other PostgreSQL ends one, which did nothing and is simply done again. */
async function again<R>(attempt: () => Promise<R>): Promise<R> {
  for (let n = 1; ; n++) {
    try {
      return await attempt()
    } catch (error) {
      if ((error as { code?: string }).code !== deadlock || n === attempts) throw error
    }
  }
}

/**
 * Takes the next number and keeps what changed under it. The last statement of its transaction: the number's row
 * stays locked until the commit, so numbers become visible in order and without holes.
 */
async function publish(tx: Transaction, workspaceId: string, refs: Refs): Promise<number> {
  const { rows } = await tx.query<{ seq: string }>(
    `with head as (
       insert into live_heads as h (workspace_id, seq) values ($1, 1)
       on conflict (workspace_id) do update set seq = h.seq + 1 returning seq)
     insert into changes (workspace_id, seq, refs) select $1, seq, $2::jsonb from head returning seq`,
    [workspaceId, JSON.stringify(refs)],
    'publish',
  )
  return Number(rows[0]!.seq)
}
