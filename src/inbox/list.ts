import type { Conversation, Message, ThreadItem } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import {
  asConversation,
  asMessage,
  asNote,
  type ConversationRow,
  conversationSelect,
  type MessageRow,
  messageColumns,
  type NoteRow,
} from './present.ts'
import { happeningsBefore } from './store.ts'

export const views = ['open', 'mine', 'unassigned', 'closed', 'all'] as const
export type View = (typeof views)[number]

export interface Page<T> {
  items: T[]
  /** Hand it in as `after` (or `before`) for what follows; null at the end. */
  next: string | null
}

/** Of each status the first ones, merged: an index can order only within a status. */
const sources: Record<View, string[]> = {
  all: ['open', 'snoozed', 'closed'].map(status => `c.status = '${status}'`),
  open: [`c.status = 'open'`],
  mine: [`c.status = 'open' and c.assignee_id = $2::bigint`],
  unassigned: [`c.status = 'open' and c.assignee_id is null`],
  closed: [`c.status = 'closed'`],
}

/**
 * When something was said, as the list counts: in steps of ten seconds. People write three short messages in a row, and bots
 * answer at once: only the first of them moves the conversation in the indexes.
 */
export const listedNow = `date_bin('10 seconds', clock_timestamp(), 'epoch')`

/** Newest activity first; of the same ten seconds as far as they are on one page. */
export async function listConversations(
  tx: Queryable,
  workspaceId: string,
  page: { view: View; agentId: string | null; after?: string | undefined; limit: number },
): Promise<Page<Conversation>> {
  const cursor = readCursor(page.after)
  const { rows } = await tx.query<Listed>(
    `with c as materialized (
       select * from (${sources[page.view].map(firstOf).join(' union all ')}) c order by c.active_at desc, c.id desc limit $5)
     ${conversationSelect('c', `to_char(c.active_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || c.id as cursor`)}
     order by c.active_at desc, c.id desc`,
    [workspaceId, page.agentId, cursor.at, cursor.id, page.limit],
    `list conversations ${page.view}`,
  )
  const next = rows.length === page.limit ? rows.at(-1)!.cursor : null
  return { items: rows.sort(byActivity).map(asConversation), next }
}

type Listed = ConversationRow & { cursor: string }

function byActivity(a: Listed, b: Listed): number {
  const [one, other] = [a, b].map(({ cursor }) => cursor.slice(0, cursor.indexOf('_')))
  if (one !== other) return one! < other! ? 1 : -1
  const [said, saidOther] = [a, b].map(row => row.last_message?.at ?? '')
  return said === saidOther ? 0 : said! < saidOther! ? 1 : -1
}

const firstOf = (which: string): string =>
  `(select * from conversations c where c.workspace_id = $1 and ${which} and ($2::bigint is null or true)
    and (c.active_at, c.id) < ($3::timestamptz, $4::bigint) order by c.active_at desc, c.id desc limit $5)`

const theEnd = { at: 'infinity', tie: '9223372036854775807', id: '9223372036854775807' }

/** `<time>_<id>`, or `<time>_<tie>_<id>`; anything else is refused by the route. */
export const cursorShape = /^\d{4}-\d\d-\d\dT[\d:.]+Z_(-?\d{1,18}_)?\d{1,18}$/

function readCursor(after: string | undefined): { at: string; tie: string; id: string } {
  if (!after) return theEnd
  const [at, ...ids] = after.split('_')
  return { at: at!, tie: ids.length > 1 ? ids[0]! : theEnd.tie, id: ids.at(-1)! }
}

export async function countViews(tx: Queryable, workspaceId: string, agentId: string | null) {
  const { rows } = await tx.query<{ open: number; mine: number; unassigned: number; unread: number }>(
    `select count(*)::int as open, (count(*) filter (where assignee_id = $2))::int as mine, (count(*) filter (where assignee_id is null))::int as unassigned,
       (count(*) filter (where unread > 0))::int as unread
     from (select assignee_id, unread from conversations where workspace_id = $1 and status = 'open' limit 10000) c`,
    [workspaceId, agentId],
    'count views',
  )
  return rows[0]!
}

export interface ThreadPage {
  conversationId: string
  before?: string | undefined
  limit: number
}

/** Newest first, by the provider's time. */
export async function listMessages(tx: Queryable, workspaceId: string, page: ThreadPage): Promise<Page<Message>> {
  const { rows, next } = await messageRows(tx, workspaceId, page)
  return { items: rows.map(asMessage), next }
}

async function messageRows(tx: Queryable, workspaceId: string, page: ThreadPage) {
  const cursor = readCursor(page.before)
  const { rows } = await tx.query<MessageRow & { cursor: string }>(
    `select ${messageColumns}, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || tie || '_' || id as cursor from messages
     where workspace_id = $1 and conversation_id = $2 and (at, tie, id) < ($3::timestamptz, $4::bigint, $5::bigint)
     order by at desc, tie desc, id desc limit $6`,
    [workspaceId, page.conversationId, cursor.at, cursor.tie, cursor.id, page.limit],
    'list messages',
  )
  return { rows, next: rows.length === page.limit ? rows.at(-1)!.cursor : null }
}

/** The thread as it is read: messages, notes and happenings in one order, newest first. */
export async function listThread(tx: Queryable, workspaceId: string, page: ThreadPage): Promise<Page<ThreadItem>> {
  const { rows, next } = await messageRows(tx, workspaceId, page)
  const to = new Date(page.before ? readCursor(page.before).at : 8.64e15)
  const from = next ? rows.at(-1)!.at : new Date(0)
  const notes = await tx.query<NoteRow>(
    `select id, conversation_id, agent_id, author_name, text, client_id, at from notes
     where workspace_id = $1 and conversation_id = $2 and at >= $3 and at < $4 order by at desc, id desc limit 500`,
    [workspaceId, page.conversationId, from, page.before ? to : new Date('9999-01-01')],
    'list notes',
  )
  const before = page.before ? to : new Date('9999-01-01')
  const happenings = (
    await happeningsBefore(tx, workspaceId, { conversationId: page.conversationId, before, limit: 500 })
  ).filter(h => h.at >= from.toISOString())
  const rest: ThreadItem[] = [
    ...notes.rows.map(row => ({ type: 'note' as const, note: asNote(row) })),
    ...happenings.map(h => ({ type: 'happening' as const, happening: h })),
  ]
  const items = merge(
    rows.map(row => ({ type: 'message' as const, message: asMessage(row) })),
    rest.sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1)),
  )
  return { items, next }
}

function timeOf(item: ThreadItem): string {
  return item.type === 'message' ? item.message.at : item.type === 'note' ? item.note.at : item.happening.at
}

/** Both newest first already; messages keep their own order, which is finer than the time shown. */
function merge(messages: ThreadItem[], rest: ThreadItem[]): ThreadItem[] {
  const out: ThreadItem[] = []
  let r = 0
  for (const message of messages) {
    while (r < rest.length && timeOf(rest[r]!) > timeOf(message)) out.push(rest[r++]!)
    out.push(message)
  }
  return [...out, ...rest.slice(r)]
}
