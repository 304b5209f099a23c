import type { Conversation, Happening, LastMessage, Message, Note } from '../api/shapes.ts'
import type { Part } from '../domain/message.ts'

/** Rows of the database -> shapes of the API. */

export interface MessageRow {
  id: string
  conversation_id: string
  direction: 'in' | 'out'
  author_type: Message['author']['type']
  author_id: string | null
  author_name: string | null
  parts: Part[]
  status: Message['status']
  failure: { why: string; detail: string } | null
  external_id: string | null
  reply_to: string | null
  at: Date
  client_id: string | null
  edited_at: Date | null
  deleted_at: Date | null
  reactions: Message['reactions'] | null
  meta: MessageMeta | null
}

export interface MessageMeta {
  entry?: { ref: string; source: string }
  forwarded?: true
  member?: string
  changes?: string[]
  /** For the adapter when we answer; shown to nobody. */
  kept?: Record<string, string>
}

export const messageColumns =
  'id, conversation_id, direction, author_type, author_id, author_name, parts, status, failure, external_id, reply_to, at, client_id, edited_at, deleted_at, reactions, meta'

export function asMessage(row: MessageRow): Message {
  const { kept: _, ...meta } = row.meta ?? {}
  return {
    id: row.id,
    conversationId: row.conversation_id,
    direction: row.direction,
    author: { type: row.author_type, id: row.author_id, name: row.author_name ?? '' },
    parts: row.parts.map(withoutRef) as Message['parts'],
    status: row.status,
    ...(row.failure && { failure: row.failure }),
    externalId: row.external_id,
    ...(row.reply_to && { replyTo: row.reply_to }),
    ...(row.reactions?.length && { reactions: row.reactions }),
    ...(row.client_id && { clientId: row.client_id }),
    ...meta,
    ...(row.edited_at && { editedAt: row.edited_at.toISOString() }),
    ...(row.deleted_at && { deletedAt: row.deleted_at.toISOString() }),
    at: row.at.toISOString(),
  }
}

/** The provider's name of a file may hold a token or an inside address: it stays here. */
function withoutRef(part: Part): Part {
  if (!('ref' in part)) return part
  const { ref: _, ...shown } = part
  return shown
}

/** A conversation without its contact. */
export interface BareConversationRow {
  id: string
  channel_id: string
  contact_id: string
  address: string
  status: Conversation['status']
  assignee_id: string | null
  assignee_name: string | null
  unread: number
  opted_out: boolean
  last_in_at: Date | null
  waiting_since: Date | null
  last_message: LastMessage | null
}

/** What a conversation shows of its contact. */
export interface ShownRow {
  contact_id: string
  contact_name: string
  avatar_url: string | null
  identities: { channel_id: string; address: string; username: string | null }[]
}

export type ConversationRow = BareConversationRow & ShownRow

const bareColumns = `c.id, c.channel_id, c.contact_id, c.address, c.status, c.assignee_id, a.name as assignee_name, c.unread,
    c.opted_out, c.last_in_at, c.waiting_since, c.last_message`
const assignee = 'left join agents a on a.workspace_id = c.workspace_id and a.id = c.assignee_id'
const shownColumns = `p.name as contact_name, p.avatar_url,
    (select coalesce(json_agg(json_build_object('channel_id', i.channel_id::text, 'address', i.address, 'username', i.username)
       order by i.channel_id, i.address), '[]') from identities i
     where i.workspace_id = p.workspace_id and i.contact_id = p.id) as identities`
/** By their key: a planner without statistics would read a whole young table. */
const contactOf = (c: string): string =>
  `cross join lateral (select * from contacts p where p.workspace_id = ${c}.workspace_id and p.id = ${c}.contact_id limit 1) p`

/** From a source called `c`. */
export const conversationSelect = (c: string, also = ''): string => `
  select ${bareColumns}, ${shownColumns}${also && `, ${also}`} from ${c} ${contactOf('c')} ${assignee}`

/** The same without the contact. */
export const bareConversationSelect = (c: string, also: string): string =>
  `select ${bareColumns}, ${also} from ${c} ${assignee}`

/** From a source called `w` with workspace_id and contact_id. */
export const shownSelect = (w: string): string => `select w.contact_id, ${shownColumns} from ${w} ${contactOf('w')}`

export const asShown = (row: ShownRow): Conversation['contact'] => ({
  id: row.contact_id,
  name: row.contact_name,
  ...(row.avatar_url && { avatarUrl: row.avatar_url }),
  identities: row.identities.map(i => ({
    channelId: i.channel_id,
    address: i.address,
    ...(i.username && { username: i.username }),
  })),
})

export const asConversation = (row: ConversationRow): Conversation => asConversationOf(row, asShown(row))

export function asConversationOf(row: BareConversationRow, contact: Conversation['contact']): Conversation {
  return {
    id: row.id,
    channelId: row.channel_id,
    contact,
    address: row.address,
    status: row.status,
    assignee: row.assignee_id ? { id: row.assignee_id, name: row.assignee_name ?? '' } : null,
    team: null,
    unread: row.unread,
    optedOut: row.opted_out,
    lastInAt: row.last_in_at?.toISOString() ?? null,
    waitingSince: row.waiting_since?.toISOString() ?? null,
    lastMessageAt: row.last_message?.at ?? null,
    lastMessage: row.last_message,
  }
}

export interface NoteRow {
  id: string
  conversation_id: string
  agent_id: string | null
  author_name: string
  text: string
  client_id: string | null
  at: Date
}

export function asNote(row: NoteRow): Note {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    author: { id: row.agent_id, name: row.author_name },
    text: row.text,
    ...(row.client_id && { clientId: row.client_id }),
    at: row.at.toISOString(),
  }
}

export interface HappeningRow {
  id: string
  conversation_id: string
  kind: 'assignment' | 'closure'
  agent_name: string | null
  closed: boolean | null
  by_name: string
  cause: string
  at: Date
}

export function asHappening(row: HappeningRow): Happening {
  const what =
    row.kind === 'assignment' ? (row.agent_name ? 'assigned' : 'unassigned') : row.closed ? 'closed' : 'reopened'
  return {
    id: `${row.kind}-${row.id}`,
    conversationId: row.conversation_id,
    what,
    by: row.by_name,
    ...(row.agent_name && { agent: row.agent_name }),
    cause: row.cause,
    at: row.at.toISOString(),
  }
}
