import type { Connected } from '../connections/book.ts'

/** Keeps within what each network allows: so many a second per channel, so many per contact where it counts those. */
export interface Pace {
  /**
   * Takes a place; answers how many ms to wait before using it. With a wait beyond `patienceMs` no place is taken:
   * whoever comes back later would find that his own earlier tries stand before him.
   */
  take(channel: Connected, address: string): number
  /** The provider said to slow down: nothing for so many seconds on this channel. */
  slow(channel: Connected, seconds: number): void
}

/** The longest wait with a place in hand. */
export const patienceMs = 2000

interface Place {
  wait: number
  take(): void
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
    const known = buckets.get(name) ?? { free: Number.NEGATIVE_INFINITY }
    buckets.set(name, known)
    return known
  }

  /** A leaky bucket: a burst of `burst` goes at once, then one per `gap` ms. */
  function place(name: string, gap: number, burst: number): Place {
    const b = bucket(name)
    const now = clock()
    const start = Math.max(b.free, now - gap * (burst - 1))
    return {
      wait: Math.max(0, start - now),
      take: () => {
        b.free = start + gap
      },
    }
  }

  return {
    take(channel, address) {
      if (clock() - swept > forgetAfterMs) {
        swept = clock()
        for (const [name, b] of buckets) if (b.free < swept) buckets.delete(name)
      }
      const { perSecond, perContact } = channel.adapter.can.rate
      const places = [place(channel.id, 1000 / perSecond, Math.max(1, Math.floor(perSecond)))]
      if (perContact)
        places.push(place(`${channel.id} ${address}`, (perContact.seconds * 1000) / perContact.count, perContact.count))
      const wait = Math.max(...places.map(p => p.wait))
      if (wait <= patienceMs) for (const { take } of places) take()
      return wait
    },
    slow(channel, seconds) {
      const b = bucket(channel.id)
      b.free = Math.max(b.free, clock() + seconds * 1000)
    },
  }
}
