/** What may be ordered to go wrong. Counters count down, switches stay. */
export interface Faults {
  /** Every event is delivered again (this many extra times). */
  duplicate: number
  /** The next so many events arrive in reverse order. */
  reorder: number
  /** Events wait so many ms at the provider. */
  lateMs: number
  /** Chance 0-1 that an event is held back behind later ones (for soak tests). */
  shuffle: number
  /** So many next webhooks are signed with another key. */
  forge: number
  /** So many next calls are executed, but the connection is cut before the answer. */
  loseAnswer: number
  /** So many next calls get 429 with `retryAfter` seconds. */
  rate: number
  retryAfter: number
  /** So many next calls get 5xx; -1 until switched off. */
  down: number
  /** Calls get the provider's "token expired" until switched off. */
  token: boolean
  /** Calls wait so many ms. */
  slowMs: number
  /** The webhook's answer is thrown away once (the provider will repeat). */
  ignoreAnswer: number
}

export const noFaults = (): Faults => ({
  duplicate: 0,
  reorder: 0,
  lateMs: 0,
  shuffle: 0,
  forge: 0,
  loseAnswer: 0,
  rate: 0,
  retryAfter: 1,
  down: 0,
  token: false,
  slowMs: 0,
  ignoreAnswer: 0,
})

/** Takes one from a counter; -1 never runs out. */
export function spend(faults: Faults, name: 'forge' | 'loseAnswer' | 'rate' | 'down' | 'ignoreAnswer'): boolean {
  if (faults[name] === 0) return false
  if (faults[name] > 0) faults[name] -= 1
  return true
}
