import type { Status } from './message.ts'

/** How far along each status is. A receipt may only move a message to a higher number. */
export const progress: Record<Status, number> = {
  received: 0,
  queued: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  delivered: 4,
  read: 5,
  failed: 6,
}

/**
 * The status after hearing `next`: forward only, whatever order receipts arrive in.
 * A late `failed` counts only while nobody has seen the message delivered; `failed` itself is final unless resent.
 */
export function advance(now: Status, next: Status): Status {
  if (now === 'failed') return now
  if (next === 'failed') return now === 'delivered' || now === 'read' ? now : next
  return progress[next] > progress[now] ? next : now
}
