import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises'
import { DatabaseUnavailable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { type Backlog, createBacklog } from './backlog.ts'
import { type Lot, lotBeside } from './beside.ts'
import type { StoredDelivery } from './doorway.ts'
import { createPeopleBook } from './people-book.ts'
import type { Parsed } from './receive.ts'
import { parse, receiveAll } from './take-in.ts'
import { besideTheDoor, createTempo, patienceMs, worthIt } from './tempo.ts'

/** Turns stored deliveries into messages. May be run again for any delivery at any time: that is replay. */
export interface Ingester {
  /** A delivery was committed. */
  arrived(delivery: StoredDelivery): void
  /** Look again for deliveries in the database (start, replay, after an outage). */
  look(channelIds: readonly string[]): void
  /** Nothing is waiting and nothing in work. */
  idle(): Promise<void>
  backlog(): number | Promise<number>
  /** Resolves when it could begin at once. */
  ready?(): Promise<void>
  /** Whether it works in a thread of its own. */
  isApart?(): boolean
  /** A channel was changed: what a thread of its own knows of it is old. */
  forget?(channelId: string): void
  stop(): Promise<void>
}

interface IngesterHere extends Ingester {
  /** Look for deliveries newer than all that it was told of. */
  lookAfter(channelIds: readonly string[]): void
}

/** So many are parsed before whoever knocks at the door gets their turn. */
const atOnce = 25

export function createIngester(parley: Parley, crowded: () => boolean, place = besideTheDoor): IngesterHere {
  const on = { ...parley, people: createPeopleBook() }
  const backlog = createBacklog(on.db, place.keep)
  let waiting: Parsed[] = [] // read, but not yet in work
  const inWork = new Map<Lot, Promise<unknown>>()
  let working = false
  let stopped = false
  const bell = arrivals(worthIt)
  const tempo = createTempo(crowded, place)
  let whenIdle: (() => void)[] = []

  async function work(): Promise<void> {
    while (!stopped) {
      const before = waiting.length
      if (before < place.most) await read()
      if (!waiting.length && !inWork.size) break
      // More is here: a larger transaction costs less.
      if (waiting.length > before && waiting.length < place.most && backlog.size()) continue
      if (!beginIfWorthIt()) await Promise.race([...inWork.values(), bell.enough(), delay(patienceMs)])
    }
    await Promise.all(inWork.values())
    working = false
    if (!stopped && backlog.size()) return start()
    for (const done of whenIdle.splice(0)) done()
  }

  function beginIfWorthIt(): boolean {
    const wanted = tempo.wanted(inWork.size)
    if (waiting.length < wanted) return false
    const { lot, rest } = lotBeside(waiting, [...inWork.keys()], place.most)
    if (lot.list.length < wanted) return false
    waiting = rest
    tempo.begun(lot.list.length)
    inWork.set(lot, receiveLot(lot))
    return true
  }

  /** What was read but could not be received lies in the database still. */
  async function receiveLot(lot: Lot): Promise<void> {
    try {
      await receiveAll(on, lot.list)
    } catch (error) {
      for (const { delivery } of lot.list) backlog.look(delivery.channelId)
      on.log.error({ error }, 'Ingestion failed on an unexpected error and tries again in a second.')
      if (!stopped) await delay(1000)
    } finally {
      inWork.delete(lot)
    }
  }

  /** From the database's beginning only when nothing of it is in work: it would be read twice. */
  async function read(): Promise<void> {
    const quiet = !waiting.length && !inWork.size
    if (backlog.looks() && !quiet) return
    const batch = await tempo.standBack(() => stopped).then(() => takeFrom(backlog, () => stopped))
    try {
      for (const [i, delivery] of batch.entries()) {
        const parsed = await parse(on, delivery)
        if (parsed) waiting.push(parsed)
        if (i % atOnce === atOnce - 1) await immediate()
      }
    } catch (error) {
      for (const { channelId } of [...batch, ...waiting.map(w => w.delivery)]) backlog.look(channelId)
      waiting = []
      throw error
    }
  }

  function start(): void {
    if (working || stopped) return
    working = true
    setImmediate(() => {
      work().catch(error => {
        on.log.error({ error }, 'Ingestion stopped on an unexpected error and goes on in a second.')
        working = false
        setTimeout(start, 1000).unref()
      })
    })
  }

  return {
    arrived(delivery) {
      backlog.add(delivery)
      bell.ring()
      start()
    },
    look: forEach(backlog.look, start),
    lookAfter: forEach(backlog.lookAfter, start),
    idle: () =>
      working || waiting.length || backlog.size() ? new Promise(done => whenIdle.push(done)) : Promise.resolve(),
    backlog: () => backlog.size() + waiting.length,
    async stop() {
      stopped = true
      whenIdle = []
      while (working || inWork.size) await delay(5)
    },
  }
}

function forEach(mark: (channelId: string) => void, then: () => void) {
  return (channelIds: readonly string[]): void => {
    for (const id of channelIds) mark(id)
    then()
  }
}

/** Waits for the database when it is away. */
async function takeFrom(backlog: Backlog, stopped: () => boolean): Promise<StoredDelivery[]> {
  for (;;) {
    try {
      return await backlog.take()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || stopped()) throw error
      await delay(200)
    }
  }
}

/** Rings when enough has come for a transaction of its own, counted from the last time somebody began to wait for it. */
function arrivals(enough: number) {
  let count = 0
  let tell = () => {}
  return {
    ring(): void {
      if (++count === enough) tell()
    },
    enough(): Promise<void> {
      count = 0
      return new Promise(resolve => {
        tell = resolve
      })
    },
  }
}
