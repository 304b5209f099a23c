import { keepLanes, leaveLane } from './keep.ts'
import type { Claimed } from './lease.ts'
import { leave, release } from './lease.ts'
import { onWake } from './queue.ts'
import type { State, WorkerOptions, WorkerStats } from './state.ts'
import { nap, newState, ring } from './state.ts'
import { takeTurn } from './turn.ts'

export type { Job, Log, Queries, Task, TaskAnswer, TaskContext, TaskLimits } from './job.ts'
export type { WorkerOptions, WorkerStats } from './state.ts'

export type Worker = {
  /** Lets running tasks end (`graceMs`, then aborts them), writes what ended and gives the lanes back. Never rejects. */
  stop(): Promise<void>
  /** Resolves when nothing in this worker's lanes can be run now. Jobs that wait for a later time do not count. */
  idle(): Promise<void>
  readonly stats: Readonly<WorkerStats>
}

/**
 * Runs jobs. Every key belongs to one of 64 lanes, and every lane to one worker at a time, which reads it in order; so
 * jobs of a key run one after another in the order they were put in, while other keys run beside them. A job
 * that failed or waits keeps its key waiting. At least once: after a crash, or when the database was away, a job whose
 * success was not yet written runs again. Memory stays bounded (about 2,000 jobs) however many wait.
 */
export function startWorker(options: WorkerOptions): Worker {
  const state = newState(options)
  const deafen = onWake(() => {
    state.dueAt = 0
    ring(state.bell)
  })
  const loops = { turns: takeTurns(state), leases: keepOn(state) }
  let stopped: Promise<void> | undefined
  return {
    stop: () => {
      deafen()
      stopped ??= stop(state, loops)
      return stopped
    },
    idle: () =>
      new Promise(resolve => {
        if (state.phase === 'over') return resolve()
        state.idlers.push({ since: state.turns, resolve })
        ring(state.bell)
      }),
    stats: state.stats,
  }
}

const SHORT_NAP_MS = 250
const LONG_NAP_MS = 1000

async function takeTurns(state: State): Promise<void> {
  let pause = SHORT_NAP_MS
  while (state.phase !== 'over') {
    const busy = await takeTurn(state).then(
      found => recovered(state, found),
      error => troubled(state, error),
    )
    if (state.phase === 'stopping' && state.stats.running === 0 && (state.trouble || state.lanes.size === 0)) return
    if (busy) pause = SHORT_NAP_MS
    else {
      await nap(state.bell, pause)
      pause = Math.min(pause * 2, LONG_NAP_MS)
    }
  }
}

function recovered(state: State, found: boolean): boolean {
  state.trouble = false
  return found
}

/** A lost connection is weather, not an error: hold still, try again soon. What was being written is written again. */
function troubled(state: State, error: unknown): boolean {
  const why = error instanceof Error ? error.message : String(error)
  if (!state.trouble) state.options.log.warn({ why }, 'The job worker cannot reach the database; jobs wait.')
  state.trouble = true
  state.bell.rung = false
  return false
}

/** Beside the turns, as a slow turn must not cost the leases. */
async function keepOn(state: State): Promise<void> {
  while (state.phase !== 'over') {
    const pause = await keepLanes(state).catch(() => SHORT_NAP_MS)
    await nap(state.leaseBell, pause)
  }
}

async function stop(state: State, loops: { turns: Promise<void>; leases: Promise<void> }): Promise<void> {
  const { graceMs, db, owner } = state.options
  state.phase = 'stopping'
  for (const lane of state.lanes.values()) leaveLane(lane)
  const patience = setTimeout(() => abortAll(state), graceMs)
  const end = setTimeout(() => finish(state), graceMs + ABORT_MS)
  ring(state.bell)
  await loops.turns
  clearTimeout(patience)
  clearTimeout(end)
  finish(state)
  await loops.leases
  // Without an answer the leases run out by themselves.
  await release(db, claimedLast(state)).catch(() => {})
  await leave(db, owner).catch(() => {})
  for (const idler of state.idlers) idler.resolve()
}

const ABORT_MS = 2000

function abortAll(state: State): void {
  for (const lane of [...state.lanes.values(), ...state.lost]) for (const abort of lane.aborts) abort()
}

function finish(state: State): void {
  state.phase = 'over'
  ring(state.bell)
  ring(state.leaseBell)
}

/** A claim may have been under way when the worker was stopped. */
function claimedLast(state: State): Claimed[] {
  const unused = [...state.lanes.values()].filter(lane => lane.held === 0)
  return unused.map(lane => ({ lane: lane.number, epoch: lane.epoch }))
}
