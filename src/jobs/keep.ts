import type { Lane } from './held.ts'
import { dropWaiting, newLane } from './held.ts'
import type { Claimed } from './lease.ts'
import { claim, renew } from './lease.ts'
import { startJobs } from './start.ts'
import type { State } from './state.ts'
import { ring } from './state.ts'

/** Prolongs the leases, and takes or gives back lanes until every worker has its share. Resolves to the ms until the next time. */
export async function keepLanes(state: State): Promise<number> {
  const { db, leaseMs, clock } = state.options
  const sent = clock()
  const mine = [...state.lanes.values()]
  const { kept, share } = await renew(db, state.options, mine.map(nameOf))
  for (const lane of mine) {
    if (kept.has(lane.number)) lane.goodUntil = sent + leaseMs
    else lose(state, lane)
  }
  const ours = [...state.lanes.values()].filter(lane => lane.state === 'ours')
  for (const lane of ours.slice(share)) leaveLane(lane)
  if (state.phase === 'running' && ours.length < share) await take(state, share - ours.length)
  state.claimed = true
  state.stats.lanes = state.lanes.size
  startJobs(state)
  ring(state.bell)
  return state.lanes.size < share ? Math.min(1000, leaseMs / 3) : leaseMs / 3
}

/** What runs may end; nothing more is started, and then the lane is given back. */
export function leaveLane(lane: Lane): void {
  lane.state = 'leaving'
  dropWaiting(lane)
}

async function take(state: State, count: number): Promise<void> {
  const { db, clock, leaseMs } = state.options
  const sent = clock()
  state.lost = state.lost.filter(lane => lane.running > 0)
  const except = [...state.lost.map(lane => lane.number), ...state.lanes.keys()]
  for (const { lane, epoch } of await claim(db, state.options, { count, except })) {
    state.lanes.set(lane, newLane(lane, epoch, sent + leaseMs))
  }
  if (state.phase !== 'running') for (const lane of state.lanes.values()) leaveLane(lane)
}

function lose(state: State, lane: Lane): void {
  if (state.lanes.get(lane.number) !== lane) return // given back meanwhile
  state.lanes.delete(lane.number)
  dropWaiting(lane)
  lane.state = 'lost'
  state.lost.push(lane)
  state.stats.lanesLost++
  for (const abort of lane.aborts) abort()
}

const nameOf = (lane: Lane): Claimed => ({ lane: lane.number, epoch: lane.epoch })
