import type { Arrival } from './arrivals.ts'

export interface Routed {
  /** How much it adds to the unread count. */
  unread: 0 | 1
  /** A closed or snoozed conversation comes back to the open ones. */
  reopens: boolean
}

/**
 * Where an arrival goes. Pure. What asks for an answer goes to the conversation's agent, or to everybody when it has
 * none; what merely happened, and what we said ourselves elsewhere, is shown and disturbs nobody.
 */
export function route(arrival: Pick<Arrival, 'asks' | 'direction'>): Routed {
  const forPeople = arrival.asks && arrival.direction === 'in'
  return { unread: forPeople ? 1 : 0, reopens: forPeople }
}
