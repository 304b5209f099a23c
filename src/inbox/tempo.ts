import { standBack } from './stand-back.ts'

/** Reached only by what has piled up. */
export const perTransaction = 800
/** Fewer than that wait for the transaction in work: a commit of their own would cost more. */
export const worthIt = 100
/** Each row of a larger transaction costs less, and what it spares is the door's: worth a moment's waiting in a crowd. */
const worthWaitingFor = 400
/** Milliseconds of that moment. */
export const patienceMs = 100
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
      if (crowded() && performance.now() - beganAt < patienceMs) return worthWaitingFor
      return inWork ? worthIt : 1
    },
  }
}
