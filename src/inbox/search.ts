import type { Conversation, Message } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import { asMessage, type MessageRow, messageColumns } from './present.ts'
import { conversationsById } from './store.ts'

export interface Found {
  people: Conversation[]
  messages: { conversation: Conversation; message: Message; excerpt: string }[]
}

const peopleLimit = 20
const messageLimit = 40
/** So many people are looked at; of a name that more have, not all are considered. */
const peopleConsidered = 1000

/**
 * People by a part of name, address or number; messages by their words: stems of English and Russian, beginnings of any language.
 * Newest first. `tx` must be sealed into the workspace (inWorkspace): elsewhere nothing is found.
 */
export async function search(tx: Queryable, workspaceId: string, words: string): Promise<Found> {
  const people = await findPeople(tx, workspaceId, words)
  const hits = await findMessages(tx, workspaceId, words)
  const all = await conversationsById(tx, workspaceId, [...new Set([...people, ...hits.map(h => h.conversation_id)])])
  const byId = new Map(all.map(c => [c.id, c]))
  return {
    people: people.flatMap(id => byId.get(id) ?? []),
    messages: hits.flatMap(hit => {
      const conversation = byId.get(hit.conversation_id)
      return conversation ? [{ conversation, message: asMessage(hit), excerpt: hit.excerpt }] : []
    }),
  }
}

/** One person after the other: the planner, who takes many to be found, would read the addresses of everybody. */
async function findPeople(tx: Queryable, workspaceId: string, words: string): Promise<string[]> {
  const digits = words.replace(/\D/g, '')
  const { rows } = await tx.query<{ id: string }>(
    `with hit as materialized (select id from find_contacts($2, $3, ${peopleConsidered}) hit(id)),
     theirs as materialized (select c.id, c.active_at from hit
       cross join lateral (select distinct i.conversation_id from identities i where i.workspace_id = $1 and i.contact_id = hit.id) v
       cross join lateral (select c.id, c.active_at from conversations c where c.workspace_id = $1 and c.id = v.conversation_id limit 1) c)
     select id from theirs order by active_at desc limit $4`,
    [workspaceId, words.toLowerCase(), digits.length > 4 ? digits : null, peopleLimit],
    'search people',
  )
  return rows.map(r => r.id)
}

async function findMessages(
  tx: Queryable,
  workspaceId: string,
  words: string,
): Promise<(MessageRow & { excerpt: string })[]> {
  const query = asQuery(words)
  if (!query) return []
  const columns = messageColumns.split(', ').map(c => `m.${c}`)
  const { rows } = await tx.query<MessageRow & { excerpt: string }>(
    `with q as (select to_tsquery('parley', $2) as q),
     newest as (select ${columns.join(', ')} from q, find_messages(q.q, ${messageLimit}) hit(id) join messages m on m.workspace_id = $1 and m.id = hit.id)
     select newest.*, ts_headline('parley', (select string_agg(concat_ws(' ', nullif(p ->> 'subject', ''),
         coalesce(p ->> 'text', p ->> 'caption', p ->> 'label', p ->> 'name', p ->> 'prompt'),
         (select string_agg(c ->> 'label', ', ') from jsonb_array_elements(p -> 'choices') c)), ' ') from jsonb_array_elements(newest.parts) p), q.q,
       'StartSel=<mark>,StopSel=</mark>,MaxFragments=1,MaxWords=24,MinWords=12,ShortWord=0') as excerpt from newest, q order by at desc`,
    [workspaceId, query],
    'search messages',
  )
  return rows
}

/** Every word must be there; the last one may be only begun. */
function asQuery(words: string): string {
  const terms = words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return terms
    .slice(0, 12)
    .map(term => `${term}:*`)
    .join(' & ')
}
