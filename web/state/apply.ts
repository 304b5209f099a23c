import type { Change, Conversation, Frame, Happening, Message, Note, ThreadItem } from '../../src/api/shapes.ts'
import { advance } from '../../src/domain/status.ts'

/** A loaded stretch of a conversation, oldest first, its end always loaded. */
export interface Thread {
  items: ThreadItem[]
  /** Cursor of older items; null when the beginning is loaded. */
  next: string | null
}

export interface State {
  /** The sequence of the last frame applied; -1 before the first. */
  seq: number
  conversations: Readonly<Record<string, Conversation>>
  threads: Readonly<Record<string, Thread>>
  /** Who types where, with the moment it was heard (ms). */
  typing: Readonly<Record<string, { who: string; at: number }>>
}

export const empty: State = { seq: -1, conversations: {}, threads: {}, typing: {} }

/** Ids of bubbles that the server does not know yet begin with this. */
export const local = 'local:'

/**
 * One frame, in the order the server sent it. Frames seen before change nothing; only `typing`, which has no
 * sequence of its own, is heard always.
 */
export function applyFrame(state: State, frame: Frame, now: number): State {
  const fresh = frame.seq > state.seq
  const changes = fresh ? frame.changes : frame.changes.filter(change => change.type === 'typing')
  const next = changes.reduce(
    (s, change) => (change.type === 'typing' ? hear(s, change, now) : applyInOrder(s, change)),
    state,
  )
  return fresh ? { ...next, seq: frame.seq } : next
}

/** Something learnt outside the stream (an answer to our own request): it may be older than what is shown. */
export function learn(state: State, change: Change): State {
  switch (change.type) {
    case 'message':
      return withItem(state, { type: 'message', message: change.message })
    case 'note':
      return withItem(state, { type: 'note', note: change.note })
    case 'happening':
      return withItem(state, { type: 'happening', happening: change.happening })
    case 'conversation':
      return { ...state, conversations: { ...state.conversations, [change.conversation.id]: change.conversation } }
    default:
      return state
  }
}

/** In the stream's order `queued` after `failed` or `unknown` can only mean: sent again. */
function applyInOrder(state: State, change: Change): State {
  if (change.type !== 'message') return learn(state, change)
  const again = change.message.status === 'queued' || change.message.status === 'sending'
  return again ? resent(state, change.message) : withoutTyping(learn(state, change), change.message)
}

/** The message begins anew if it had failed or its fate was unknown; else it goes on as it was. */
export function resent(state: State, message: Message): State {
  const old = findMessage(state, message)
  const over = old?.status === 'failed' || old?.status === 'unknown'
  return learn(over ? replaceMessage(state, old, { ...old, status: 'queued' }) : state, { type: 'message', message })
}

function withoutTyping(state: State, message: Message): State {
  if (message.direction !== 'in' || !state.typing[message.conversationId]) return state
  const { [message.conversationId]: _, ...typing } = state.typing
  return { ...state, typing }
}

const hear = (state: State, change: Change & { type: 'typing' }, now: number): State => ({
  ...state,
  typing: { ...state.typing, [change.conversationId]: { who: change.who, at: now } },
})

/** Puts a page of older items (newest first, as the server sends it) before what is loaded. */
export function older(state: State, conversationId: string, page: { items: ThreadItem[]; next: string | null }): State {
  const thread = state.threads[conversationId] ?? { items: [], next: null }
  const items = page.items.reduce(insert, thread.items)
  return { ...state, threads: { ...state.threads, [conversationId]: { items, next: page.next } } }
}

export function withConversations(state: State, list: readonly Conversation[]): State {
  const conversations = { ...state.conversations }
  for (const conversation of list) conversations[conversation.id] = conversation
  return { ...state, conversations }
}

/** After `reset` nothing that was loaded can be trusted to be whole. */
export const afterReset = (seq: number): State => ({ ...empty, seq })

export const isLocal = (item: ThreadItem): boolean => item.type !== 'happening' && contents(item).id.startsWith(local)

function withItem(state: State, item: ThreadItem): State {
  const { conversationId } = contents(item)
  const thread = state.threads[conversationId]
  if (!thread) return state
  const items = insert(thread.items, item)
  return items === thread.items
    ? state
    : { ...state, threads: { ...state.threads, [conversationId]: { ...thread, items } } }
}

export function contents(item: ThreadItem): Message | Note | Happening {
  if (item.type === 'message') return item.message
  return item.type === 'note' ? item.note : item.happening
}

const clientIdOf = (item: ThreadItem): string | undefined =>
  item.type === 'message' ? item.message.clientId : item.type === 'note' ? item.note.clientId : undefined

/** The same thing: the same id, or our own bubble that now came back with its number. */
function same(a: ThreadItem, b: ThreadItem): boolean {
  if (a.type !== b.type) return false
  const key = clientIdOf(a)
  return contents(a).id === contents(b).id || (key !== undefined && key === clientIdOf(b))
}

function insert(items: ThreadItem[], item: ThreadItem): ThreadItem[] {
  const at = items.findLastIndex(other => same(other, item))
  if (at < 0) return place(items, item)
  const merged = merge(items[at]!, item)
  if (merged === items[at]) return items
  if (before(items[at]!, merged) || before(merged, items[at]!)) return place(items.toSpliced(at, 1), merged)
  return items.with(at, merged)
}

function merge(old: ThreadItem, item: ThreadItem): ThreadItem {
  // A bubble of ours that the server has numbered is never undone by the outbox speaking late.
  if (isLocal(item) && !isLocal(old)) return old
  if (old.type !== 'message' || item.type !== 'message' || isLocal(old)) return item
  return { type: 'message', message: { ...item.message, ...kept(old.message, item.message) } }
}

/** Status moves forward only; the failure goes with the status that is kept. */
function kept(old: Message, next: Message): Partial<Message> {
  const status = advance(old.status, next.status)
  return status === next.status ? {} : { status, ...(old.failure && { failure: old.failure }) }
}

function place(items: ThreadItem[], item: ThreadItem): ThreadItem[] {
  let at = items.length
  while (at > 0 && before(item, items[at - 1]!)) at--
  return items.toSpliced(at, 0, item)
}

/** By time, then by number; what the server has not taken yet comes last, in the order it was said. */
function before(a: ThreadItem, b: ThreadItem): boolean {
  if (isLocal(a) !== isLocal(b)) return isLocal(b)
  const [left, right] = [contents(a), contents(b)]
  if (left.at !== right.at) return Date.parse(left.at) < Date.parse(right.at)
  return left.id.length === right.id.length ? left.id < right.id : left.id.length < right.id.length
}

function findMessage(state: State, message: Message): Message | undefined {
  const found = state.threads[message.conversationId]?.items.findLast(
    item => item.type === 'message' && same(item, { type: 'message', message }),
  )
  return found?.type === 'message' ? found.message : undefined
}

function replaceMessage(state: State, old: Message, next: Message): State {
  const thread = state.threads[old.conversationId]!
  const items = thread.items.map(item =>
    item.type === 'message' && item.message === old ? { type: 'message' as const, message: next } : item,
  )
  return { ...state, threads: { ...state.threads, [old.conversationId]: { ...thread, items } } }
}
