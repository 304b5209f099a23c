import type { Job } from './job.ts'

/** What a worker holds in memory: its lanes, and in each the chains of jobs it has read but not yet settled. No I/O. */

export type HeldJob = Job & { lane: number; runAt: Date | null }

/** The jobs of one key in their order. Those before `next` have ended and wait for their outcome to be written. */
export type Chain = {
  name: string
  lane: Lane
  jobs: HeldJob[]
  next: number
  /** The job at `next` is running. */
  running: boolean
  /** One job failed or waits: nothing more of this chain may run before that is written. */
  stopped: boolean
  /** Its rows are marked as head and behind; when the head goes, the next one has to become head. */
  parked: boolean
}

export type Lane = {
  number: number
  epoch: string
  /** On the monotonic clock, in ms; nothing is started after it, because another worker may own the lane by then. */
  goodUntil: number
  state: 'ours' | 'leaving' | 'lost'
  chains: Map<string, Chain>
  /** Chains with something to run now, next first. */
  turn: Chain[]
  held: number
  running: number
  /** Aborts the tasks now running. */
  aborts: Set<() => void>
}

/** Place 1 (head) or 2 (behind); see the migration. */
export type Parked = { job: HeldJob; place: 1 | 2; epoch: string }

/** A row as read. `place` 1 or 2 when it was read with its waiting head. */
export type ReadJob = HeldJob & { place: number; blocked: boolean }

export function newLane(number: number, epoch: string, goodUntil: number): Lane {
  const empty = { chains: new Map(), turn: [], held: 0, running: 0, aborts: new Set<() => void>() }
  return { number, epoch, goodUntil, state: 'ours', ...empty }
}

/** At most this many jobs of one key are held, so that a flood on one key leaves room for the others of its lane. */
export const KEY_ROOM = 32

/**
 * Takes ready jobs, in the order of their ids, into their chains. Returns those that have to be parked: jobs of keys that
 * wait for a head, and of keys with more jobs than fit while others of the lane may stand behind them.
 */
export function admitReady(lane: Lane, rows: ReadJob[], limit: number): Parked[] {
  const parked: Parked[] = []
  for (const row of rows) {
    const name = nameOf(row)
    const chain = lane.chains.get(name)
    if (chain?.stopped) continue
    if (row.blocked || chain?.parked) parked.push({ job: row, place: 2, epoch: lane.epoch })
    else if (!chain || chain.jobs.length < KEY_ROOM) append(lane, chain ?? open(lane, name, 'ready'), row)
    else if (rows.length === limit) parked.push(...park(chain), { job: row, place: 2, epoch: lane.epoch })
  }
  return parked
}

/** Takes jobs read with their head, in the order of their ids. */
export function admitParked(lane: Lane, rows: ReadJob[]): void {
  const busy = new Set(lane.chains.keys())
  for (const row of rows) {
    const name = nameOf(row)
    if (!busy.has(name)) append(lane, lane.chains.get(name) ?? open(lane, name, 'parked'), row)
  }
}

/** Forgets the first `count` jobs of a chain: what became of them is written. */
export function forgetSettled(chain: Chain, count: number): void {
  chain.lane.held -= chain.jobs.splice(0, count).length
  chain.next -= count
  if (chain.jobs.length === 0) chain.lane.chains.delete(chain.name)
}

/** Forgets a chain whose next job was written down as waiting. The jobs behind it will be read again, and parked. */
export function forgetChain(chain: Chain): void {
  chain.lane.held -= chain.jobs.splice(0).length
  chain.lane.chains.delete(chain.name)
}

/** Forgets all that has not been started; what runs, and what has ended but is not written, stays. */
export function dropWaiting(lane: Lane): void {
  lane.turn = []
  for (const chain of lane.chains.values()) {
    lane.held -= chain.jobs.splice(chain.next + (chain.running ? 1 : 0)).length
    if (chain.jobs.length === 0) lane.chains.delete(chain.name)
  }
}

/** The chain's next job, now marked as running. */
export function begin(chain: Chain): HeldJob {
  chain.running = true
  chain.lane.running++
  return chain.jobs[chain.next]!
}

/** The running job ended; a stopped chain goes no further, others queue up for their next job. */
export function end(chain: Chain): void {
  chain.running = false
  chain.lane.running--
  chain.next++
  if (!chain.stopped && chain.next < chain.jobs.length) chain.lane.turn.push(chain)
}

function open(lane: Lane, name: string, from: 'ready' | 'parked'): Chain {
  const chain = { name, lane, jobs: [], next: 0, running: false, stopped: false, parked: from === 'parked' }
  lane.chains.set(name, chain)
  return chain
}

function append(lane: Lane, chain: Chain, job: HeldJob): void {
  chain.jobs.push(job)
  lane.held++
  // Otherwise it runs, or stands in the turn already.
  if (chain.next === chain.jobs.length - 1 && !chain.running) lane.turn.push(chain)
}

function park(chain: Chain): Parked[] {
  chain.parked = true
  return chain.jobs.map((job, i) => ({ job, place: i === 0 ? 1 : 2, epoch: chain.lane.epoch }))
}

/** A space cannot be in a number, so no two pairs give one name. */
const nameOf = (job: Job): string => `${job.workspaceId} ${job.key}`
