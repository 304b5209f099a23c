import type { Happening, Message, Note, ThreadItem } from '../../src/api/shapes.ts'
import { contents } from './apply.ts'

export type Row =
  | { kind: 'day'; key: string; day: string }
  | { kind: 'new'; key: string; count: number }
  /** `first` and `tail`: begins or ends a group of one sender within a few minutes. */
  | { kind: 'message'; key: string; message: Message; first: boolean; tail: boolean }
  | { kind: 'note'; key: string; note: Note }
  | { kind: 'happening'; key: string; happening: Happening }

export interface RowOptions {
  /** The local calendar day of a moment, any string that is the same all day. */
  dayOf(iso: string): string
  /** The first message that was unread when the conversation was opened, and how many were. */
  unreadFrom?: { id: string; count: number }
}

const together = 5 * 60_000

/** A key that stays while the bubble turns from ours into the server's, so that nothing is drawn anew. */
function keyOf(item: ThreadItem): string {
  if (item.type === 'happening') return `h${item.happening.id}`
  const { clientId, id } = item.type === 'message' ? item.message : item.note
  return `${item.type[0]}${clientId ?? id}`
}

/** What the thread shows, top to bottom. */
export function threadRows(items: readonly ThreadItem[], options: RowOptions): Row[] {
  const rows: Row[] = []
  let day = ''
  items.forEach((item, i) => {
    const today = options.dayOf(contents(item).at)
    if (today !== day) rows.push({ kind: 'day', key: `d${today}`, day: contents(item).at })
    day = today
    const { unreadFrom } = options
    const opens = unreadFrom && item.type === 'message' && item.message.id === unreadFrom.id
    if (opens) rows.push({ kind: 'new', key: 'new', count: unreadFrom.count })
    const before = rows.at(-1)?.kind === 'message' ? items[i - 1] : undefined
    rows.push(row(item, { before, after: sameDay(item, items[i + 1], options) }))
  })
  return rows
}

function sameDay(item: ThreadItem, after: ThreadItem | undefined, options: RowOptions): ThreadItem | undefined {
  if (!after || options.dayOf(contents(after).at) !== options.dayOf(contents(item).at)) return undefined
  return contents(after).id === options.unreadFrom?.id ? undefined : after
}

function row(item: ThreadItem, around: { before?: ThreadItem; after?: ThreadItem }): Row {
  const key = keyOf(item)
  if (item.type === 'note') return { kind: 'note', key, note: item.note }
  if (item.type === 'happening') return { kind: 'happening', key, happening: item.happening }
  const first = !grouped(around.before, item)
  return { kind: 'message', key, message: item.message, first, tail: !grouped(item, around.after) }
}

function grouped(a: ThreadItem | undefined, b: ThreadItem | undefined): boolean {
  if (a?.type !== 'message' || b?.type !== 'message') return false
  const [x, y] = [a.message, b.message]
  if (isEvent(x) || isEvent(y)) return false
  const sameSpeaker = x.direction === y.direction && x.author.type === y.author.type && x.author.name === y.author.name
  return sameSpeaker && x.member === y.member && Date.parse(y.at) - Date.parse(x.at) < together
}

/** A message that only tells what happened stands as a grey line, not as a bubble. */
export const isEvent = (message: Message): boolean =>
  message.parts.length > 0 && message.parts.every(part => part.type === 'system')

/** Where the unread messages began when a conversation was opened with `unread` of them. */
export function firstUnread(items: readonly ThreadItem[], unread: number): { id: string; count: number } | undefined {
  const heard = items.filter(item => item.type === 'message' && item.message.direction === 'in')
  const first = unread > 0 ? heard.at(-unread) : undefined
  return first && { id: contents(first).id, count: unread }
}
