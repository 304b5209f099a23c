import type { Happening } from '../api/shapes.ts'
import type { Telling } from '../live/publish.ts'
import type { Line } from './insert.ts'
import { lastMessageOf } from './last-words.ts'
import { asHappening, type HappeningRow } from './present.ts'
import { route } from './route.ts'
import { storable } from './storable.ts'

interface Touch {
  v: string
  unread: number
  /** When the customer's first unanswered words came. */
  waiting: string | null
  last_in: string | null
  answered: boolean
  reopens: boolean
  address: string | null
  last: object
  last_at: string
}

/** Brings each conversation of the batch up to date: counts, window, list line; a closed one opens when its customer writes. */
export async function touchConversations(
  tx: Telling,
  workspaceId: string,
  lines: readonly Line[],
): Promise<{ conversations: string[]; reopened: Happening[] }> {
  if (!lines.length) return { conversations: [], reopened: [] }
  const touches = new Map<string, Touch>()
  for (const line of lines) touch(touches, line)
  const { rows } = await tx.query<HappeningRow>(
    `with r as (
       select * from jsonb_to_recordset($2::jsonb) r(v bigint, unread int, waiting timestamptz, last_in timestamptz, answered boolean, reopens boolean, address text, last jsonb, last_at text)),
     was as (select c.id, c.status from conversations c join r on r.v = c.id where c.workspace_id = $1 and c.status <> 'open' and r.reopens),
     upd as (
       update conversations c set
         unread = c.unread + r.unread,
         last_in_at = greatest(c.last_in_at, least(r.last_in, now())),
         waiting_since = case when r.answered then null else coalesce(c.waiting_since, least(r.waiting, now())) end,
         status = case when r.reopens then 'open' else c.status end,
         address = coalesce(r.address, c.address),
         active_at = clock_timestamp(),
         last_message = case when c.last_message is null or (c.last_message ->> 'at') <= r.last_at then r.last else c.last_message end
       from r where c.workspace_id = $1 and c.id = r.v returning c.id)
     insert into closures (workspace_id, conversation_id, closed, by_type, by_name, cause)
     select $1, was.id, false, 'contact', '', 'wrote' from was join upd using (id)
     returning id, conversation_id, 'closure' as kind, null as agent_name, closed, by_name, cause, at`,
    [workspaceId, storable([...touches.values()])],
    'touch conversations',
  )
  return { conversations: [...touches.keys()], reopened: rows.map(asHappening) }
}

function touch(touches: Map<string, Touch>, { arrival, message }: Line): void {
  const id = message.conversationId
  const t = touches.get(id) ?? {
    v: id,
    unread: 0,
    waiting: null,
    last_in: null,
    answered: false,
    reopens: false,
    address: null,
    last: {},
    last_at: '',
  }
  touches.set(id, t)
  const { unread, reopens } = route(arrival)
  if (message.at >= t.last_at) {
    t.last = lastMessageOf(message)
    t.last_at = message.at
  }
  t.unread += unread
  t.reopens ||= reopens
  if (arrival.asks) {
    t.waiting ??= message.at
    t.address = arrival.address
    if (!t.last_in || message.at > t.last_in) t.last_in = message.at
  }
  if (arrival.direction === 'out') {
    t.answered = true
    t.waiting = null
  } else if (arrival.asks) t.answered = false
}
