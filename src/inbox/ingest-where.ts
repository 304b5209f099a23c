import { setTimeout as delay } from 'node:timers/promises'
import type { Parley } from '../parley.ts'
import { channelsToDo } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'
import type { Ingester } from './ingest.ts'

/** A crowd that lasts for so long gets a thread: a shorter one is over before the thread is ready. */
const lastsMs = 2000
/** A pause of the crowd that is shorter belongs to it. */
const pauseMs = 1000
/** Without a crowd for so long it is given back. */
const calmMs = 600_000
const lookMs = 30_000

interface Where {
  /** In the door's own thread. */
  here(): Ingester
  /** In a thread of its own (`ingestApart`). */
  apart(): Ingester
  crowded(): boolean
  now?(): number
}

/**
 * Messages are received in the door's own thread as long as that is enough, and in a thread of its own while there is a
 * crowd: that costs as much memory as a small server. What is stored during the move is looked for after it.
 */
export function ingestWhereItPays(on: Pick<Parley, 'db' | 'log'>, where: Where) {
  const now = where.now ?? (() => performance.now())
  let isApart = false
  let place: Ingester | undefined = where.here()
  let moving: Promise<void> | undefined
  let stopped = false
  const stopping = Promise.withResolvers<void>()
  let crowdSince: number | undefined
  let crowdAt = Number.NEGATIVE_INFINITY

  function watch(): void {
    const time = now()
    const calm = time - crowdAt
    if (where.crowded()) {
      if (calm > pauseMs) crowdSince = time
      crowdAt = time
      if (!isApart && time - crowdSince! >= lastsMs) move('apart')
    } else if (isApart && calm > calmMs) move('here')
  }

  function move(to: 'here' | 'apart'): void {
    moving ??= change(to).finally(() => {
      moving = undefined
    })
  }

  async function change(to: 'here' | 'apart'): Promise<void> {
    const next = where[to]()
    await Promise.race([next.ready?.(), stopping.promise])
    const before = place
    place = undefined
    await before?.stop()
    isApart = to === 'apart'
    place = next
    while (!stopped) {
      try {
        return place.look(await channelsToDo(on.db))
      } catch {
        await delay(200) // the database is away
      }
    }
  }

  const timer = setInterval(watch, lookMs).unref()

  return {
    arrived(delivery: StoredDelivery): void {
      watch()
      place?.arrived(delivery)
    },
    look: (channelIds: readonly string[]): void => place?.look(channelIds),
    forget: (channelId: string): void => place?.forget?.(channelId),
    async idle(): Promise<void> {
      await moving
      await place?.idle()
    },
    backlog: async (): Promise<number> => (await place?.backlog()) ?? 0,
    isApart: (): boolean => isApart,
    async stop(): Promise<void> {
      stopped = true
      stopping.resolve()
      clearInterval(timer)
      await moving
      await place?.stop()
    },
  } satisfies Ingester
}
