import type { Change, Conversation } from '../api/shapes.ts'
import { type Database, inWorkspace, type Transaction, transaction } from '../db/connect.ts'
import type { Hub } from './hub.ts'
import { type Refs, refsOf } from './refs.ts'

/** Collects what a transaction changed; it is told to the screens after the commit, and only then. */
export interface Telling extends Transaction {
  tell(...changes: Change[]): void
  /** Told unless others told of them meanwhile: those are read again, when everybody else waits for our number. */
  tellAsOf(seen: Seen): void
}

/** Conversations as they were when `since` was the last number. */
export interface Seen {
  since: number
  conversations: readonly Conversation[]
  read(ids: readonly string[]): Promise<Conversation[]>
  /** After the commit: its number, and which of them were told as they are here. */
  told(seq: number, conversations: readonly Conversation[]): void
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
  const { result, seq, changes, after } = await again(() => once(work))
  for (const then of after) then()
  if (seq) hub.announce(work.workspaceId, seq, changes)
  return result
}

function once<T>({ workspaceId, fn, run }: Work<T>) {
  const changes: Change[] = []
  const seen: Seen[] = []
  return run(async tx => {
    const tell = (...more: Change[]) => void changes.push(...more)
    const tellAsOf = (what: Seen) => {
      if (!what.conversations.length) return
      seen.push(what)
      tell(...what.conversations.map(asChange))
    }
    const result = await fn({ ...tx, tell, tellAsOf })
    const seq = changes.length ? await publish(tx, workspaceId, refsOf(changes)) : 0
    const after: (() => void)[] = []
    for (const what of seen) {
      const read = await newer(tx, { workspaceId, seq, ...what })
      tell(...read.map(asChange))
      const stale = new Set(read.map(c => c.id))
      after.push(() =>
        what.told(seq, stale.size ? what.conversations.filter(c => !stale.has(c.id)) : what.conversations),
      )
    }
    return { result, changes, seq, after }
  })
}

const asChange = (conversation: Conversation): Change => ({ type: 'conversation', conversation })

/** Usually nothing: nobody told anything since, or not of these. */
async function newer(
  tx: Transaction,
  { workspaceId, seq, since, conversations, read }: Seen & { workspaceId: string; seq: number },
): Promise<Conversation[]> {
  if (seq === since + 1) return []
  const { rows } = await tx.query<{ ids: string[] | null }>(
    `select refs -> 'conversation' as ids from changes where workspace_id = $1 and seq > $2 and seq < $3`,
    [workspaceId, since, seq],
    'told meanwhile',
  )
  const told = new Set(rows.flatMap(r => r.ids ?? []))
  const again = conversations.filter(c => told.has(c.id)).map(c => c.id)
  return again.length ? read(again) : []
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
 * Takes the next number and keeps what changed under it. The last to write in its transaction: the number's row stays
 * locked until the commit, so numbers become visible in order and without holes. Only `newer` may still read.
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
