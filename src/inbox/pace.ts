import type { Connected } from '../connections/book.ts'

/** Keeps within what each network allows: so many a second per channel, so many per contact where it counts those. */
export interface Pace {
  /** Takes a place; answers how many ms to wait before using it. */
  take(channel: Connected, address: string): number
  /** The provider said to slow down: nothing for so many seconds on this channel. */
  slow(channel: Connected, seconds: number): void
}

interface Bucket {
  /** When the next place is free, on the clock handed in. */
  free: number
}

const forgetAfterMs = 3_600_000

/** @param clock milliseconds that never jump. */
export function createPace(clock: () => number): Pace {
  const buckets = new Map<string, Bucket>()
  let swept = clock()

  const bucket = (name: string): Bucket => {
    const known = buckets.get(name) ?? { free: 0 }
    buckets.set(name, known)
    return known
  }

  /** A leaky bucket: a burst of `burst` goes at once, then one per `gap` ms. */
  function place(name: string, gap: number, burst: number): number {
    const b = bucket(name)
    const now = clock()
    b.free = Math.max(b.free, now - gap * (burst - 1))
    const wait = Math.max(0, b.free - now)
    b.free += gap
    return wait
  }

  return {
    take(channel, address) {
      if (clock() - swept > forgetAfterMs) {
        swept = clock()
        for (const [name, b] of buckets) if (b.free < swept) buckets.delete(name)
      }
      const { perSecond, perContact } = channel.adapter.can.rate
      const all = place(channel.id, 1000 / perSecond, Math.max(1, Math.floor(perSecond)))
      if (!perContact) return all
      return Math.max(
        all,
        place(`${channel.id} ${address}`, (perContact.seconds * 1000) / perContact.count, perContact.count),
      )
    },
    slow(channel, seconds) {
      const b = bucket(channel.id)
      b.free = Math.max(b.free, clock() + seconds * 1000)
    },
  }
}
