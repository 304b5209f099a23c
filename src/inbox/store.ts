import type { Conversation, Happening, Message, Note } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import {
  asConversation,
  asHappening,
  asMessage,
  asNote,
  asShown,
  type ConversationRow,
  conversationSelect,
  type HappeningRow,
  type MessageRow,
  messageColumns,
  type NoteRow,
  type ShownRow,
  shownSelect,
} from './present.ts'

/** One by one by their key: a planner without statistics of a young table would read all of it. */
const keyed = `unnest($2::bigint[]) w(id)
  cross join lateral (select * from conversations c where c.workspace_id = $1 and c.id = w.id limit 1) c`

export async function conversationsById(
  tx: Queryable,
  workspaceId: string,
  ids: readonly string[],
): Promise<Conversation[]> {
  if (!ids.length) return []
  const { rows } = await tx.query<ConversationRow>(conversationSelect(keyed), [workspaceId, ids], 'conversations by id')
  const byId = new Map(rows.map(row => [row.id, asConversation(row)]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

/** What conversations show of these contacts, by contact. */
export async function shownById(
  tx: Queryable,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, Conversation['contact']>> {
  if (!ids.length) return new Map()
  const source = '(select $1::bigint as workspace_id, id as contact_id from unnest($2::bigint[]) w(id)) w'
  const { rows } = await tx.query<ShownRow>(shownSelect(source), [workspaceId, ids], 'shown by id')
  return new Map(rows.map(row => [row.contact_id, asShown(row)]))
}

/**
 * Whoever changes what a conversation shows of its contact holds the conversation, too: else a message that arrives
 * meanwhile would be told with the old name, after the new one. Answers them all.
 */
export async function holdConversationsOf(tx: Queryable, workspaceId: string, contactId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select c.id from conversations c where c.workspace_id = $1
       and c.id in (select i.conversation_id from identities i where i.workspace_id = $1 and i.contact_id = $2)
     order by c.id for update`,
    [workspaceId, contactId],
  )
  return rows.map(r => r.id)
}

export async function messagesById(tx: Queryable, workspaceId: string, ids: readonly string[]): Promise<Message[]> {
  if (!ids.length) return []
  const { rows } = await tx.query<MessageRow>(
    `select ${messageColumns} from messages where workspace_id = $1 and id = any($2::bigint[]) order by at, tie, id`,
    [workspaceId, ids],
    'messages by id',
  )
  return rows.map(asMessage)
}

export async function notesById(tx: Queryable, workspaceId: string, ids: readonly string[]): Promise<Note[]> {
  if (!ids.length) return []
  const { rows } = await tx.query<NoteRow>(
    'select id, conversation_id, agent_id, author_name, text, client_id, at from notes where workspace_id = $1 and id = any($2::bigint[])',
    [workspaceId, ids],
  )
  return rows.map(asNote)
}

const assignmentColumns = `s.id, s.conversation_id, 'assignment' as kind, a.name as agent_name, null::boolean as closed, s.by_name, s.cause, s.at`
const closureColumns = `s.id, s.conversation_id, 'closure' as kind, null::text as agent_name, s.closed, s.by_name, s.cause, s.at`
const assignmentSource = 'assignments s left join agents a on a.workspace_id = s.workspace_id and a.id = s.agent_id'

export async function happeningsById(tx: Queryable, workspaceId: string, ids: readonly string[]): Promise<Happening[]> {
  if (!ids.length) return []
  const of = (kind: string) => ids.filter(id => id.startsWith(`${kind}-`)).map(id => id.slice(kind.length + 1))
  const { rows } = await tx.query<HappeningRow>(
    `select ${assignmentColumns} from ${assignmentSource} where s.workspace_id = $1 and s.id = any($2::bigint[])
     union all select ${closureColumns} from closures s where s.workspace_id = $1 and s.id = any($3::bigint[])`,
    [workspaceId, of('assignment'), of('closure')],
  )
  return rows.map(asHappening)
}

/** Assignments and closures of one conversation before a time, newest first. */
export async function happeningsBefore(
  tx: Queryable,
  workspaceId: string,
  page: { conversationId: string; before: Date; limit: number },
): Promise<Happening[]> {
  const { rows } = await tx.query<HappeningRow>(
    `(select ${assignmentColumns} from ${assignmentSource} where s.workspace_id = $1 and s.conversation_id = $2 and s.at < $3 order by s.at desc limit $4)
     union all (select ${closureColumns} from closures s where s.workspace_id = $1 and s.conversation_id = $2 and s.at < $3 order by s.at desc limit $4)
     order by at desc limit $4`,
    [workspaceId, page.conversationId, page.before, page.limit],
  )
  return rows.map(asHappening)
}
