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
  /** Every call until this moment (ms) gets 429, and `retryAfter` counts down to it; 0 is never. */
  rateUntil: number
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
  rateUntil: 0,
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

/** True while calls are too many: by count, or until a moment, towards which `retryAfter` is set. */
export function tooMany(faults: Faults, now: number): boolean {
  if (faults.rateUntil <= now) return spend(faults, 'rate')
  faults.retryAfter = Math.ceil((faults.rateUntil - now) / 1000)
  return true
}

/** How many faults a phone's owner has ordered and that are not used up. */
export function ordered(faults: Faults, now: number): number {
  const { duplicate, reorder, lateMs, shuffle, forge, loseAnswer, rate, rateUntil, down, token, slowMs, ignoreAnswer } =
    faults
  const counted = [duplicate, reorder, lateMs, shuffle, forge, loseAnswer, down, slowMs, ignoreAnswer]
  return counted.filter(n => n !== 0).length + Number(rate !== 0 || rateUntil > now) + Number(token)
}
