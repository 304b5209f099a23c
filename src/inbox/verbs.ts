import type { Conversation, Note } from '../api/shapes.ts'
import { changing, type Telling } from '../live/publish.ts'
import type { Actor, Parley } from '../parley.ts'
import { queueRead } from './courtesy.ts'
import { asNote, type NoteRow } from './present.ts'
import { storable } from './storable.ts'
import { conversationsById, happeningsById } from './store.ts'

/** A conversation and who acts on it. */
export interface On {
  workspaceId: string
  conversationId: string
  by: Actor
}

/** Hands the conversation to an agent, or to nobody (null). The row says who did it and why. */
export function assign(
  on: Parley,
  what: On & { agentId: string | null; cause: string },
): Promise<Conversation | undefined> {
  return change(on, what, async tx => {
    const { rows } = await tx.query<{ id: string }>(
      `with was as (select id from conversations where workspace_id = $1 and id = $2 and assignee_id is distinct from $3::bigint for update),
       upd as (update conversations c set assignee_id = $3 from was where c.workspace_id = $1 and c.id = was.id)
       insert into assignments (workspace_id, conversation_id, agent_id, by_type, by_id, by_name, cause)
       select $1, was.id, $3, $4, $5, $6, $7 from was returning 'assignment-' || id as id`,
      [what.workspaceId, what.conversationId, what.agentId, what.by.type, what.by.id, what.by.name, what.cause],
    )
    return rows.length > 0 && rows.map(r => r.id)
  })
}

export const closeConversation = (on: Parley, what: On) => setClosed(on, what, { to: 'closed', cause: 'done' })
export const reopenConversation = (on: Parley, what: On) => setClosed(on, what, { to: 'open', cause: 'reopened' })

function setClosed(
  on: Parley,
  what: On,
  { to, cause }: { to: 'open' | 'closed'; cause: string },
): Promise<Conversation | undefined> {
  return change(on, what, async tx => {
    const { rows } = await tx.query<{ id: string }>(
      `with was as (select id from conversations where workspace_id = $1 and id = $2 and status <> $3 for update),
       upd as (update conversations c set status = $3, waiting_since = case when $3 = 'closed' then null else c.waiting_since end,
         unread = case when $3 = 'closed' then 0 else c.unread end from was where c.workspace_id = $1 and c.id = was.id)
       insert into closures (workspace_id, conversation_id, closed, by_type, by_id, by_name, cause)
       select $1, was.id, $3 = 'closed', $4, $5, $6, $7 from was returning 'closure-' || id as id`,
      [what.workspaceId, what.conversationId, to, what.by.type, what.by.id, what.by.name, cause],
    )
    return rows.length > 0 && rows.map(r => r.id)
  })
}

/** The team has seen it all. */
export async function markRead(on: Parley, what: On): Promise<Conversation | undefined> {
  const seen = await change(on, what, async tx => {
    const { rowCount } = await tx.query(
      'update conversations set unread = 0 where workspace_id = $1 and id = $2 and unread > 0',
      [what.workspaceId, what.conversationId],
    )
    if (!rowCount) return false
    await queueRead(on, tx, what)
    return []
  })
  on.wakeJobs()
  return seen
}

/**
 * Answers the conversation, and tells the screens if it changed.
 * @param act what else happened, by id; false when nothing changed.
 */
function change(
  on: Parley,
  { workspaceId, conversationId }: On,
  act: (tx: Telling) => Promise<string[] | false>,
): Promise<Conversation | undefined> {
  return changing(on, workspaceId, async tx => {
    const happened = await act(tx)
    const [conversation] = await conversationsById(tx, workspaceId, [conversationId])
    if (!conversation || !happened) return conversation
    tx.tell({ type: 'conversation', conversation })
    for (const happening of await happeningsById(tx, workspaceId, happened)) tx.tell({ type: 'happening', happening })
    return conversation
  })
}

/** A private note: colleagues see it, the customer never does. */
export function addNote(on: Parley, what: On & { text: string; clientId: string }): Promise<Note | undefined> {
  return changing(on, what.workspaceId, async tx => {
    const { rows: found } = await tx.query(
      'select 1 from conversations where workspace_id = $1 and id = $2 for update',
      [what.workspaceId, what.conversationId],
    )
    if (!found.length) return undefined
    const text = JSON.parse(storable(what.text)) as string
    const { rows } = await tx.query<NoteRow & { fresh: boolean }>(
      `insert into notes (workspace_id, conversation_id, agent_id, author_name, text, client_id, words)
       values ($1, $2, $3, $4, $5, $6, to_tsvector('parley', left($5, 20000)))
       on conflict (workspace_id, conversation_id, client_id) where client_id is not null do update set client_id = excluded.client_id
       returning id, conversation_id, agent_id, author_name, text, client_id, at, xmax = 0 as fresh`,
      [
        what.workspaceId,
        what.conversationId,
        what.by.type === 'agent' ? what.by.id : null,
        what.by.name,
        text,
        what.clientId,
      ],
    )
    const note = asNote(rows[0]!)
    if (rows[0]!.fresh) tx.tell({ type: 'note', note })
    return note
  })
}
