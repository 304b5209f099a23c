import type { InboundEvent } from '../channels/contract.ts'
import { clean } from './doorway.ts'

/** Nobody wrote by messenger before; a time from then is a field that was missing. */
const earliest = Date.UTC(2000, 0, 1)
/** PostgreSQL reads no year of five digits as JavaScript writes it. */
const latest = Date.UTC(9999, 0, 1)

/**
 * Events as they can be stored: ids and addresses too, as they are looked up by what is stored. Some events carry no
 * time (Telegram's button presses), some clocks are broken: then the time of arrival counts.
 */
export function tidyEvents(events: InboundEvent[], receivedAt: Date): InboundEvent[] {
  return events.map(event => (inOrder(event) ? event : (tidy(event, receivedAt) as InboundEvent)))
}

/** Nearly everything is, and then nothing is copied. */
function inOrder(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (value instanceof Date) return value.getTime() >= earliest && value.getTime() < latest
  if (Array.isArray(value)) return value.every(inOrder)
  if (typeof value !== 'object' || value === null) return true
  for (const name in value) if (!inOrder(name) || !inOrder((value as Record<string, unknown>)[name])) return false
  return true
}

function tidy(value: unknown, receivedAt: Date): unknown {
  if (typeof value === 'string') return clean(value)
  if (value instanceof Date) return inOrder(value) ? value : receivedAt
  if (Array.isArray(value)) return value.map(one => tidy(one, receivedAt))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [clean(name), tidy(one, receivedAt)]))
}
