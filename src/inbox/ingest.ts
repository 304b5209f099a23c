import { DatabaseUnavailable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { createBacklog } from './backlog.ts'
import { quarantine } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'
import { type Parsed, receive } from './receive.ts'
import { tidyEvents } from './tidy.ts'

/** Turns stored deliveries into messages. May be run again for any delivery at any time: that is replay. */
export interface Ingester {
  /** A delivery was committed. */
  arrived(delivery: StoredDelivery): void
  /** Look again for deliveries in the database (start, replay, after an outage). */
  look(channelIds: readonly string[]): void
  /** Nothing is waiting and nothing in work. */
  idle(): Promise<void>
  backlog(): number
  stop(): Promise<void>
}

/**
 * While the door is crowded ingestion stands back: what a provider pours out in one go is stored first and shown a moment
 * later. A crowd that stays for longer is the normal state of things, and both share the machine.
 */
const standBack = { stepMs: 20, mostMs: 5000 }

export function createIngester(on: Parley, crowded: () => boolean): Ingester {
  const backlog = createBacklog(on.db)
  let working = false
  let stopped = false
  let crowdedSince: number | undefined
  let whenIdle: (() => void)[] = []

  async function work(): Promise<void> {
    for (let batch = await next(); batch?.length && !stopped; batch = await next()) await ingestOrLookAgain(batch)
    working = false
    if (!stopped && backlog.size()) return start()
    for (const done of whenIdle.splice(0)) done()
  }

  /** What was taken but not ingested lies in the database still. */
  async function ingestOrLookAgain(batch: StoredDelivery[]): Promise<void> {
    try {
      await ingestAll(on, batch)
    } catch (error) {
      for (const delivery of batch) backlog.look(delivery.channelId)
      throw error
    }
  }

  async function next(): Promise<StoredDelivery[] | undefined> {
    while (crowded() && !stopped) {
      crowdedSince ??= performance.now()
      if (performance.now() - crowdedSince > standBack.mostMs) break
      await new Promise(r => setTimeout(r, standBack.stepMs))
    }
    if (!crowded()) crowdedSince = undefined
    for (;;) {
      try {
        return await backlog.take()
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || stopped) throw error
        await new Promise(r => setTimeout(r, 200))
      }
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
      start()
    },
    look(channelIds) {
      for (const id of channelIds) backlog.look(id)
      start()
    },
    idle: () => (working || backlog.size() ? new Promise(done => whenIdle.push(done)) : Promise.resolve()),
    backlog: () => backlog.size(),
    async stop() {
      stopped = true
      whenIdle = []
      while (working) await new Promise(r => setTimeout(r, 5))
    },
  }
}

/** Parses each delivery and receives all of a workspace in one transaction. What cannot be read is set aside, never dropped. */
export async function ingestAll(on: Parley, batch: StoredDelivery[]): Promise<void> {
  const byWorkspace = new Map<string, Parsed[]>()
  for (const delivery of batch) {
    const parsed = await parse(on, delivery)
    if (!parsed) continue
    const list = byWorkspace.get(delivery.workspaceId) ?? []
    byWorkspace.set(delivery.workspaceId, list)
    list.push(parsed)
  }
  for (const [workspaceId, list] of byWorkspace) await receiveOrSetAside(on, workspaceId, list)
}

async function parse(on: Parley, delivery: StoredDelivery): Promise<Parsed | undefined> {
  const channel = await on.channels.byId(delivery.channelId)
  if (!channel) return void (await quarantine(on, delivery, 'The channel was removed.'))
  try {
    return { delivery, channel, events: tidyEvents(channel.adapter.parse(delivery.request), delivery.receivedAt) }
  } catch (error) {
    return void (await quarantine(on, delivery, `It could not be read: ${(error as Error).message}`))
  }
}

/** A batch that fails is halved until the one delivery that cannot be received stands alone. */
async function receiveOrSetAside(on: Parley, workspaceId: string, list: Parsed[]): Promise<void> {
  for (;;) {
    try {
      return await receive(on, workspaceId, list)
    } catch (error) {
      if (error instanceof DatabaseUnavailable) {
        await new Promise(r => setTimeout(r, 200))
        continue
      }
      if (list.length === 1) {
        on.log.error({ delivery: list[0]!.delivery.id, error: (error as Error).message }, 'A delivery was set aside.')
        return quarantine(on, list[0]!.delivery, `It could not be received: ${(error as Error).message}`)
      }
      const half = list.length >> 1
      await receiveOrSetAside(on, workspaceId, list.slice(0, half))
      return receiveOrSetAside(on, workspaceId, list.slice(half))
    }
  }
}
