import type { Conversation, Happening, LastMessage } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import type { Person } from './find-people.ts'
import type { Line } from './insert.ts'
import { lastMessageOf } from './last-words.ts'
import { listedNow } from './list.ts'
import {
  asConversationOf,
  asHappening,
  type BareConversationRow,
  bareConversationSelect,
  type HappeningRow,
} from './present.ts'
import { route } from './route.ts'
import { storable } from './storable.ts'
import { shownById } from './store.ts'

interface Touch {
  person: Person
  unread: number
  /** When the customer's first unanswered words came. */
  waiting: string | null
  lastIn: string | null
  answered: boolean
  reopens: boolean
  address: string | null
  last: LastMessage | undefined
}

/** `last_message` is absent when it is the one that was given. */
type Touched = BareConversationRow & { reopened: boolean; head: string | null }

/** What `asTouched` does in memory. Only those are read back of whom that is not enough. */
const bringUpToDate = `with r as (
     select * from rows from (unnest($2::bigint[]), unnest($3::int[]), unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::boolean[]),
       unnest($7::boolean[]), unnest($8::text[]), unnest($10::boolean[]), jsonb_array_elements($9::jsonb)) r(v, unread, waiting, last_in, answered, reopens, address, known, last)
     cross join lateral (select o.status as was from conversations o where o.workspace_id = $1 and o.id = r.v limit 1) o),
   c as (
     update conversations c set
       unread = c.unread + r.unread,
       last_in_at = greatest(c.last_in_at, r.last_in),
       waiting_since = case when r.answered then null else coalesce(c.waiting_since, r.waiting) end,
       status = case when r.reopens then 'open' else c.status end,
       address = coalesce(r.address, c.address),
       active_at = ${listedNow},
       last_message = case when c.last_message is null or (c.last_message ->> 'at') <= (r.last ->> 'at') then r.last else c.last_message end
     from r where c.workspace_id = $1 and c.id = r.v returning c.workspace_id, c.id, c.channel_id, c.contact_id, c.address, c.status, c.assignee_id, c.unread, c.opted_out,
         c.last_in_at, c.waiting_since, case when c.last_message ->> 'id' = r.last ->> 'id' then null else c.last_message end as last_message,
         r.reopens and r.was <> 'open' as reopened, r.known)
   ${bareConversationSelect('c', 'c.reopened, (select seq from live_heads where workspace_id = $1) as head')} where c.reopened or not c.known`

export interface AsTouched {
  conversations: Conversation[]
  /** The last number when they were read. */
  since: number
  reopened: Happening[]
}

/** Brings each conversation of the batch up to date: counts, window, list line; a closed one opens when its customer writes. */
export async function touchConversations(
  tx: Queryable,
  workspaceId: string,
  lines: readonly Line[],
): Promise<AsTouched> {
  if (!lines.length) return { conversations: [], since: 0, reopened: [] }
  const touches = new Map<string, Touch>()
  for (const line of lines) touch(touches, line)
  const all = [...touches.values()]
  const { rows } = await tx.query<Touched>(
    bringUpToDate,
    [
      workspaceId,
      [...touches.keys()],
      all.map(t => t.unread),
      all.map(t => t.waiting),
      all.map(t => t.lastIn),
      all.map(t => t.answered),
      all.map(t => t.reopens),
      all.map(t => t.address),
      storable(all.map(t => t.last)),
      all.map(t => Boolean(t.person.told)),
    ],
    'touch conversations',
  )
  const read = new Map(rows.map(row => [row.id, row]))
  const unknown = all.flatMap(({ person }) => (person.told ? [] : person.contactId))
  const shown = await shownById(tx, workspaceId, unknown)
  const agents = await agentsOf(tx, workspaceId, all)
  return {
    conversations: [...touches].flatMap(([id, touch]) => {
      const { told, contactId } = touch.person
      const row = read.get(id)
      if (!row) return told ? asTouched(told, touch, agents) : []
      row.last_message ??= touch.last!
      return asConversationOf(row, told?.contact ?? shown.get(contactId)!)
    }),
    since: Number(rows[0]?.head ?? 0),
    reopened: await noteReopened(
      tx,
      workspaceId,
      rows.filter(r => r.reopened).map(r => r.id),
    ),
  }
}

type Agents = ReadonlyMap<string, NonNullable<Conversation['assignee']>>

/** An agent's new name is told to nobody: those of conversations that are not read are looked up. */
async function agentsOf(tx: Queryable, workspaceId: string, touches: readonly Touch[]): Promise<Agents> {
  const ids = new Set(touches.flatMap(({ person }) => person.told?.assignee?.id ?? []))
  if (!ids.size) return new Map()
  const { rows } = await tx.query<{ id: string; name: string }>(
    'select id, name from agents where workspace_id = $1 and id = any($2::bigint[])',
    [workspaceId, [...ids]],
    'agents of conversations',
  )
  return new Map(rows.map(row => [row.id, row]))
}

/** As `bringUpToDate` leaves it when it was not reopened. Whoever else changes it meanwhile tells of it, and it is read again. */
function asTouched(
  told: Conversation,
  { unread, waiting, lastIn, answered, address, last }: Touch,
  agents: Agents,
): Conversation {
  const lastMessage = told.lastMessage && told.lastMessage.at > last!.at ? told.lastMessage : last!
  return {
    ...told,
    address: address ?? told.address,
    assignee: told.assignee && (agents.get(told.assignee.id) ?? null),
    unread: told.unread + unread,
    lastInAt: lastIn && !(told.lastInAt && told.lastInAt > lastIn) ? lastIn : told.lastInAt,
    waitingSince: answered ? null : (told.waitingSince ?? waiting),
    lastMessageAt: lastMessage.at,
    lastMessage,
  }
}

async function noteReopened(
  tx: Queryable,
  workspaceId: string,
  conversations: readonly string[],
): Promise<Happening[]> {
  if (!conversations.length) return []
  const { rows } = await tx.query<HappeningRow>(
    `insert into closures (workspace_id, conversation_id, closed, by_type, by_name, cause)
     select $1, id, false, 'contact', '', 'wrote' from unnest($2::bigint[]) r(id)
     returning id, conversation_id, 'closure' as kind, null as agent_name, closed, by_name, cause, at`,
    [workspaceId, conversations],
  )
  return rows.map(asHappening)
}

function touch(touches: Map<string, Touch>, { arrival, message, person }: Line): void {
  const id = message.conversationId
  const t = touches.get(id) ?? {
    person,
    unread: 0,
    waiting: null,
    lastIn: null,
    answered: false,
    reopens: false,
    address: null,
    last: undefined,
  }
  touches.set(id, t)
  const { unread, reopens } = route(arrival)
  if (!t.last || message.at >= t.last.at) t.last = lastMessageOf(message)
  t.unread += unread
  t.reopens ||= reopens
  if (arrival.asks) {
    t.waiting ??= message.at
    t.address = arrival.address
    if (!t.lastIn || message.at > t.lastIn) t.lastIn = message.at
  }
  if (arrival.direction === 'out') {
    t.answered = true
    t.waiting = null
  } else if (arrival.asks) t.answered = false
}
