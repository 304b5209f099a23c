import type { Chain, Lane, ReadJob } from './held.ts'
import { admitParked, admitReady, forgetChain, forgetSettled } from './held.ts'
import { release } from './lease.ts'
import { startJobs } from './start.ts'
import type { State } from './state.ts'
import { parkCrowd, readDue, readReady, writeEnded, writeParked } from './store.ts'

const LANE_ROOM = 100
const TOTAL_ROOM = 2000
const DUE_EVERY_MS = 100

/**
 * One turn: write what ended, then read. Never both at once: what is read must show every failure that
 * happened before, or jobs behind a failed one would look ready. Resolves to whether there was anything to do.
 */
export async function takeTurn(state: State): Promise<boolean> {
  const turn = ++state.turns
  const wrote = await write(state)
  await giveBack(state)
  const lanes = [...state.lanes.values()].filter(lane => lane.state === 'ours' && lane.held <= LANE_ROOM / 2)
  const found = lanes.length > 0 && (await read(state, lanes))
  startJobs(state)
  if (!wrote && !found) settleIdlers(state, turn)
  return wrote || found
}

/** Order matters: rows are marked as behind before the jobs ahead of them are taken out, also when a write is repeated. */
async function write(state: State): Promise<boolean> {
  const { db } = state.options
  const parked = state.parked.filter(one => state.lanes.get(one.job.lane)?.epoch === one.epoch)
  if (parked.length > 0) await writeParked(db, parked)
  state.parked = []
  const crowded = state.crowded.filter(lane => lane.state === 'ours')
  if (crowded.length > 0) await parkCrowd(db, crowded)
  state.crowded = []
  if (state.writing.length === 0) state.writing = state.ended.splice(0)
  // Another worker runs the jobs of a lost lane again; nothing is known about them here.
  state.writing = state.writing.filter(one => one.chain.lane.state !== 'lost')
  if (state.writing.length === 0) return parked.length > 0
  await writeEnded(db, state.writing)
  forgetWritten(state)
  return true
}

function forgetWritten(state: State): void {
  const counts = new Map<Chain, number>()
  for (const { chain } of state.writing) counts.set(chain, (counts.get(chain) ?? 0) + 1)
  const stopped = new Set(state.writing.filter(one => one.outcome.kind === 'waits').map(one => one.chain))
  for (const [chain, count] of counts) {
    if (stopped.has(chain)) forgetChain(chain)
    else forgetSettled(chain, count)
    if (chain.parked || stopped.has(chain)) state.dueAt = 0
  }
  state.writing = []
}

async function giveBack(state: State): Promise<void> {
  const unwritten = new Set(state.ended.map(one => one.chain.lane))
  const free = (lane: Lane) => lane.state === 'leaving' && lane.running === 0 && !unwritten.has(lane)
  const leaving = [...state.lanes.values()].filter(free)
  if (leaving.length === 0) return
  for (const lane of leaving) state.lanes.delete(lane.number)
  await release(
    state.options.db,
    leaving.map(lane => ({ lane: lane.number, epoch: lane.epoch })),
  )
}

async function read(state: State, lanes: Lane[]): Promise<boolean> {
  const { db, now, clock } = state.options
  const limit = Math.max(8, Math.min(LANE_ROOM, Math.ceil(TOTAL_ROOM / lanes.length)))
  const ready = await readReady(db, lanes, limit)
  for (const [lane, rows] of byLane(state, lanes, ready)) {
    const parked = admitReady(lane, rows, limit)
    state.parked.push(...parked)
    if (rows.length === limit && parked.length > limit / 2) state.crowded.push(lane)
  }
  startJobs(state)
  if (ready.length > 0 && clock() < state.dueAt) return true
  const due = await readDue(db, lanes, { now: now(), room: Math.ceil(limit / 4) })
  for (const [lane, rows] of byLane(state, lanes, due)) admitParked(lane, rows)
  state.dueAt = clock() + DUE_EVERY_MS
  return ready.length + due.length > 0
}

/** Rows of a lane that was lost meanwhile, even if claimed again, may be out of date, and are left out. */
function byLane(state: State, lanes: Lane[], rows: ReadJob[]): Map<Lane, ReadJob[]> {
  const current = new Map(lanes.map(lane => [lane.number, lane]))
  const found = new Map<Lane, ReadJob[]>()
  for (const row of rows) {
    const lane = current.get(row.lane)!
    if (state.lanes.get(row.lane) !== lane || lane.state !== 'ours') continue
    const list = found.get(lane)
    if (list) list.push(row)
    else found.set(lane, [row])
  }
  return found
}

function settleIdlers(state: State, turn: number): void {
  const held = [...state.lanes.values()].some(lane => lane.held > 0)
  if (held || !state.claimed || state.ended.length > 0) return
  for (const idler of state.idlers) if (idler.since < turn) idler.resolve()
  state.idlers = state.idlers.filter(idler => idler.since >= turn)
}
