import { standBack } from './stand-back.ts'

/** The most of one transaction. Each row of a larger one costs less, and what it spares is the door's. */
export const perTransaction = 800
/** In a crowd so many milliseconds are waited for it to become full. */
export const patienceMs = 100
/** Fewer than that wait for the transaction in work: a commit of their own would cost more. */
export const worthIt = 100
/** While the database works for one transaction, the next is prepared and begun; not while ingestion stands back. */
const sideBySide = 2

/** When ingestion begins a transaction. */
export function createTempo(crowded: () => boolean) {
  const manners = standBack(crowded)
  let beganAt = Number.NEGATIVE_INFINITY
  return {
    standBack: manners.standBack,
    begun(): void {
      beganAt = performance.now()
    },
    /** How many must be there for another one. @param inWork transactions under way. */
    wanted(inWork: number): number {
      if (inWork >= (manners.standsBack() ? 1 : sideBySide)) return Number.POSITIVE_INFINITY
      if (crowded() && performance.now() - beganAt < patienceMs) return perTransaction
      return inWork ? worthIt : 1
    },
  }
}
