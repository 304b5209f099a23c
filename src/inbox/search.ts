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
/** So many hits are sorted by time at most; a word said in every message stays quick. */
const consider = 5000

/** People by name, address or number; messages by their words: stems of English and Russian, beginnings of any language. */
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

async function findPeople(tx: Queryable, workspaceId: string, words: string): Promise<string[]> {
  const like = `%${words.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const digits = words.replace(/\D/g, '')
  const { rows } = await tx.query<{ id: string }>(
    `with hit as (
       (select id from contacts where workspace_id = $1 and lower(name) like $2 limit 200)
       union (select contact_id from identities where workspace_id = $1 and lower(address || ' ' || coalesce(username, '')) like any($3::text[]) limit 200))
     select c.id from conversations c join hit on hit.id = c.contact_id where c.workspace_id = $1 order by c.active_at desc limit $4`,
    [workspaceId, like, digits.length > 4 ? [like, `%${digits}%`] : [like], peopleLimit],
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
  // The inner query is materialized: else the planner may walk all messages by time to find the first forty hits.
  const { rows } = await tx.query<MessageRow & { excerpt: string }>(
    `with q as (select to_tsquery('parley', $2) as q),
     hit as materialized (select m.id from messages m, q where m.workspace_id = $1 and m.words @@ q.q limit ${consider}),
     newest as (select ${columns.join(', ')} from hit join messages m on m.workspace_id = $1 and m.id = hit.id order by m.at desc limit ${messageLimit})
     select newest.*, ts_headline('parley', (select string_agg(coalesce(p ->> 'text', p ->> 'caption', p ->> 'label', p ->> 'name', p ->> 'prompt'), ' ') from jsonb_array_elements(newest.parts) p), q.q,
       'StartSel=<mark>,StopSel=</mark>,MaxFragments=1,MaxWords=18,MinWords=8') as excerpt from newest, q order by at desc`,
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
