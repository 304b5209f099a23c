import type { Lane, Parked } from './held.ts'
import type { Log, Queries, Task, TaskLimits } from './job.ts'
import type { Chance } from './run.ts'
import { limitsOf } from './run.ts'
import type { Ended } from './store.ts'

export type WorkerOptions = Chance & {
  /** A pool or the Database; never a transaction. */
  db: Queries
  tasks: Record<string, Task | TaskLimits>
  /** Unlike that of any other worker, also of an earlier run of this process that may still hold leases. */
  owner: string
  log: Log
  /** Jobs running at once in all. Default 256. */
  concurrency?: number
  /** Jobs running at once in one lane, so that one slow channel cannot take all. Default 16. */
  laneConcurrency?: number
  /** How long a silent worker keeps its lanes, in ms. Default 15,000; prolonged every third of it. */
  leaseMs?: number
  /** How long `stop` lets tasks run on before it aborts them, in ms. Default 10,000. */
  graceMs?: number
  /** Milliseconds that never jump. */
  clock?: () => number
}

/** Counted since the start, except `running` and `lanes`. */
export type WorkerStats = {
  done: number
  waited: number
  dead: number
  lanesLost: number
  running: number
  lanes: number
}

/** Ends a nap, or the next one. */
export type Bell = { rung: boolean; rouse: () => void }

/** All that a worker remembers. */
export type State = {
  options: Required<WorkerOptions>
  limits: Map<string, Required<TaskLimits>>
  lanes: Map<number, Lane>
  /** Lost while tasks were running; not claimed again before these end. */
  lost: Lane[]
  /** Where the next look for something to start begins, so that every lane has its turn. */
  cursor: number
  /** To be written first, before anything else: rows marked as head and behind. */
  parked: Parked[]
  /** Lanes whose last reading brought mostly jobs to be marked. */
  crowded: Lane[]
  /** Being written, kept until that is known to have worked. */
  writing: Ended[]
  ended: Ended[]
  phase: 'running' | 'stopping' | 'over'
  /** The database does not answer: nothing new is started. */
  trouble: boolean
  claimed: boolean
  dueAt: number
  turns: number
  idlers: { since: number; resolve: () => void }[]
  /** Rung when there may be something to do. */
  bell: Bell
  /** Rung when the leases need no more keeping. */
  leaseBell: Bell
  stats: WorkerStats
}

export function newState(given: WorkerOptions): State {
  const defaults = {
    concurrency: 256,
    laneConcurrency: 16,
    leaseMs: 15_000,
    graceMs: 10_000,
    clock: () => performance.now(),
  }
  return {
    options: { ...defaults, ...given },
    limits: new Map(Object.entries(given.tasks).map(([name, task]) => [name, limitsOf(task)])),
    lanes: new Map(),
    lost: [],
    cursor: 0,
    parked: [],
    crowded: [],
    writing: [],
    ended: [],
    phase: 'running',
    trouble: false,
    claimed: false,
    dueAt: 0,
    turns: 0,
    idlers: [],
    bell: { rung: false, rouse: () => {} },
    leaseBell: { rung: false, rouse: () => {} },
    stats: { done: 0, waited: 0, dead: 0, lanesLost: 0, running: 0, lanes: 0 },
  }
}

export function ring(bell: Bell): void {
  bell.rung = true
  bell.rouse()
}

/** Sleeps until the bell rings, at most `ms`. */
export async function nap(bell: Bell, ms: number): Promise<void> {
  if (!bell.rung) {
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      bell.rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
  bell.rung = false
  bell.rouse = () => {}
}
