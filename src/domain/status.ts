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

/** The status of a message from those of its pieces: the worst news first, else as far as the slowest piece got. */
export function together(pieces: readonly Status[]): Status {
  if (pieces.includes('failed')) return 'failed'
  if (pieces.includes('unknown')) return 'unknown'
  const [first = 'queued', ...rest] = pieces
  const slowest = rest.reduce((a, b) => (progress[b] < progress[a] ? b : a), first)
  return slowest === 'queued' && pieces.some(s => progress[s] > 0) ? 'sending' : slowest
}

/**
 * The status of a piece with several ids (the parts of a long SMS) from theirs: delivered and read when all are, failed
 * when one is. Forward only: what was told while not all ids were known stays.
 */
export function withIds(now: Status, ids: readonly Status[]): Status {
  const whole = together(ids)
  return progress[whole] > progress[now] ? whole : now
}
