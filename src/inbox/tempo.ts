import type { Keep } from './backlog.ts'
import { standBack } from './stand-back.ts'

/** Where ingestion works. */
export interface Place {
  /** The most of one transaction. Each row of a larger one costs less, but it holds up whoever shares the thread for longer. */
  most: number
  /** How much waits in memory; the rest is read from the database again, which costs more than keeping it. */
  keep: Keep
}
export const besideTheDoor: Place = { most: 200, keep: { rows: 8000, bytes: 16_000_000 } }

/** After a large one so many milliseconds are waited for the next to become full: to a person that is at once. */
export const patienceMs = 100
/** Fewer than that wait for the transaction in work: a commit of their own would cost more. One with as many is large. */
export const worthIt = 100
/** While the database works for one transaction, the next is prepared and begun; not while ingestion stands back. */
const sideBySide = 2

/** When ingestion begins a transaction. */
export function createTempo(crowded: () => boolean, { most }: Place) {
  const manners = standBack(crowded)
  let beganAt = Number.NEGATIVE_INFINITY
  let wasLarge = false
  return {
    standBack: manners.standBack,
    begun(size: number): void {
      beganAt = performance.now()
      wasLarge = size >= worthIt
    },
    /** How many must be there for another one. @param inWork transactions under way. */
    wanted(inWork: number): number {
      if (inWork >= (manners.standsBack() ? 1 : sideBySide)) return Number.POSITIVE_INFINITY
      if (wasLarge && performance.now() - beganAt < patienceMs) return most
      return inWork ? worthIt : 1
    },
  }
}
