import type { Chain, HeldJob, Lane } from './held.ts'
import { begin, end } from './held.ts'
import { holds } from './lease.ts'
import { limitsOf, runJob, waitsAsBefore } from './run.ts'
import type { State } from './state.ts'
import { ring } from './state.ts'
import type { Outcome } from './store.ts'

/** Starts as many jobs as the limits allow, one of each lane in turn. */
export function startJobs(state: State): void {
  const lanes = [...state.lanes.values()]
  while (!state.trouble && state.stats.running < state.options.concurrency) {
    const lane = nextLane(state, lanes)
    if (!lane) return
    startJob(state, lane.turn.shift()!)
  }
}

function nextLane(state: State, lanes: Lane[]): Lane | undefined {
  const now = state.options.clock()
  for (let i = 0; i < lanes.length; i++) {
    state.cursor = (state.cursor + 1) % lanes.length
    const lane = lanes[state.cursor]!
    const free = lane.state === 'ours' && lane.running < state.options.laneConcurrency
    if (free && lane.turn.length > 0 && now < lane.goodUntil) return lane
  }
  return undefined
}

function startJob(state: State, chain: Chain): void {
  const { now, random, db } = state.options
  const job = begin(chain)
  state.stats.running++
  if (job.runAt && job.runAt > now()) return endJob(state, chain, waitsAsBefore(job, job.runAt))
  const { number: lane, epoch, aborts } = chain.lane
  const limits = state.limits.get(job.task) ?? limitsOf(undefined)
  const stillOwned = (q = db) => holds(q, { lane, epoch })
  void runJob(job, { limits, now, random, aborts, stillOwned }).then(outcome => {
    report(state, job, outcome)
    endJob(state, chain, outcome)
    startJobs(state)
  })
}

function endJob(state: State, chain: Chain, outcome: Outcome): void {
  const job = chain.jobs[chain.next]!
  if (outcome.kind === 'waits') chain.stopped = true
  state.ended.push({ chain, id: job.id, workspaceId: job.workspaceId, key: job.key, outcome })
  state.stats.running--
  end(chain)
  ring(state.bell)
}

/** The error's text stays in the database: it may carry a customer's words. */
function report({ stats, options }: State, { id, workspaceId, task, attempts }: HeldJob, outcome: Outcome): void {
  if (outcome.kind === 'done') stats.done++
  if (outcome.kind === 'waits') stats.waited++
  if (outcome.kind === 'dead') {
    stats.dead++
    options.log.error({ id, workspaceId, task, attempts: attempts + 1 }, 'A job was given up; see dead_jobs.')
  }
}
