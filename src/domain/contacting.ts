import type { Capabilities } from './capabilities.ts'

export type MayContact =
  | { yes: true /** When the free window closes, if the network has one. */; until?: Date }
  | { yes: false; because: 'opted-out' | 'never-wrote' | 'window-closed'; but?: 'template' }

export interface Contacted {
  optedOut: boolean
  /** The customer's last message. */
  lastWroteAt?: Date
}

const hour = 3_600_000

/** Who may be written to, and how. Consent first, then the network's own rules. */
export function mayContact(contact: Contacted, can: Capabilities, now: Date): MayContact {
  if (contact.optedOut) return { yes: false, because: 'opted-out' }
  if (!contact.lastWroteAt) {
    if (can.firstMessage === 'free') return { yes: true }
    return { yes: false, because: 'never-wrote', ...(can.firstMessage === 'template' && { but: 'template' as const }) }
  }
  if (!can.window) return { yes: true }
  const until = new Date(contact.lastWroteAt.getTime() + can.window.hours * hour)
  if (now < until) return { yes: true, until }
  return { yes: false, because: 'window-closed', ...(can.window.after === 'template' && { but: 'template' as const }) }
}
