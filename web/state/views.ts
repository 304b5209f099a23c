import type { Conversation } from '../../src/api/shapes.ts'

export const views = ['open', 'mine', 'unassigned', 'closed', 'all'] as const
export type View = (typeof views)[number]

/** How far a list has been read: everything newer than `until` is here; null means to the end. */
export interface Reach {
  until: string | null
  next: string | null
}

const member: Record<View, (c: Conversation, me: string) => boolean> = {
  open: c => c.status === 'open',
  mine: (c, me) => c.status === 'open' && c.assignee?.id === me,
  unassigned: c => c.status === 'open' && !c.assignee,
  closed: c => c.status === 'closed',
  all: () => true,
}

const moment = (c: Conversation) => c.lastMessageAt ?? ''

export interface Asked {
  view: View
  /** The agent whose `mine` it is. */
  me: string
  reach: Reach
}

/**
 * The rows of a view, newest words first. A conversation met elsewhere (search, a link) shows only once the list has
 * been read down to it, so no row stands where unread pages would have to open above it.
 */
export function rowsOf(all: Iterable<Conversation>, { view, me, reach }: Asked): Conversation[] {
  const rows = [...all].filter(c => member[view](c, me) && (!reach.until || moment(c) >= reach.until))
  return rows.sort((a, b) => (moment(a) === moment(b) ? Number(b.id) - Number(a.id) : moment(a) < moment(b) ? 1 : -1))
}

export interface Wait {
  minutes: number
  /** How full the ring is, 0 to 1. */
  share: number
  state: 'fine' | 'soon' | 'late'
}

/** Minutes in which a waiting person should have an answer. */
export const answerTarget = 15

/** How long somebody waits for an answer; undefined when nobody does. */
export function waitOf(conversation: Conversation, now: number): Wait | undefined {
  if (!conversation.waitingSince || conversation.status === 'closed') return undefined
  const minutes = Math.max(0, Math.floor((now - Date.parse(conversation.waitingSince)) / 60_000))
  const share = Math.min(1, minutes / answerTarget)
  return { minutes, share, state: share >= 1 ? 'late' : share >= 0.7 ? 'soon' : 'fine' }
}
