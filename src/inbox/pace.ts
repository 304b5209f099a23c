import type { Connected } from '../connections/book.ts'
import { canAt, placeAt } from '../domain/capabilities.ts'

/** Keeps within what each network allows: so many a second per channel and place, so many per contact where it counts those. */
export interface Pace {
  /**
   * Takes a place; answers how many ms to wait before using it. The place stays reserved for this piece: whoever must
   * come back later finds his own, and nobody overtakes him.
   */
  take(channel: Connected, piece: { address: string; key: string }): number
  /** The provider said to slow down: nothing for so many seconds on this channel. */
  slow(channel: Connected, seconds: number): void
}

/** The longest wait that is worth staying for; beyond it the job comes back. */
export const patienceMs = 2000

const forgetAfterMs = 3_600_000

/** @param clock milliseconds that never jump. */
export function createPace(clock: () => number): Pace {
  /** When the next place of a channel or a contact is free. */
  const free = new Map<string, number>()
  /** Places taken for later, by the piece's key. */
  const reserved = new Map<string, number>()
  /** Until when a provider wants quiet. */
  const quiet = new Map<string, number>()
  let swept = clock()

  /** A leaky bucket: a burst of `burst` goes at once, then one per `gap` ms. */
  const next = (name: string, { gap, burst }: Rhythm) =>
    Math.max(free.get(name) ?? Number.NEGATIVE_INFINITY, clock() - gap * (burst - 1))

  function reserve(channel: Connected, address: string): number {
    const rhythms = rhythmsOf(channel, address)
    const at = Math.max(clock(), ...rhythms.map(([name, rhythm]) => next(name, rhythm)))
    for (const [name, rhythm] of rhythms) free.set(name, next(name, rhythm) + rhythm.gap)
    return at
  }

  function sweep(): void {
    if (clock() - swept < forgetAfterMs) return
    swept = clock()
    for (const map of [free, quiet, reserved])
      for (const [name, at] of map) if (at < swept - forgetAfterMs) map.delete(name)
  }

  return {
    take(channel, { address, key }) {
      sweep()
      const at = Math.max(reserved.get(key) ?? reserve(channel, address), quiet.get(channel.id) ?? 0)
      const wait = at - clock()
      if (wait > patienceMs) reserved.set(key, at)
      else reserved.delete(key)
      return Math.max(0, wait)
    },
    slow: (channel, seconds) =>
      void quiet.set(channel.id, Math.max(quiet.get(channel.id) ?? 0, clock() + seconds * 1000)),
  }
}

interface Rhythm {
  gap: number
  burst: number
}

function rhythmsOf(channel: Connected, address: string): [string, Rhythm][] {
  const { id, adapter } = channel
  const place = placeAt(address, adapter.places)
  const { perContact } = canAt(address, adapter).rate
  const rhythms: [string, Rhythm][] = [[id, everySecond(adapter.can.rate.perSecond)]]
  if (place) rhythms.push([`${id}/${place.name}`, everySecond(place.can.rate.perSecond)])
  if (perContact) {
    const { count, seconds } = perContact
    rhythms.push([`${id} ${address}`, { gap: (seconds * 1000) / count, burst: count }])
  }
  return rhythms
}

const everySecond = (count: number): Rhythm => ({ gap: 1000 / count, burst: Math.max(1, Math.floor(count)) })
