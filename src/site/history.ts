import { type Database, inWorkspace, type Queryable } from '../db/connect.ts'
import type { Part, Reaction, Status } from '../domain/message.ts'
import type { SiteChannel, Visitor } from './visitors.ts'

/** A message as it lies in the database, as far as a visitor may know. */
export interface MessageRow extends Record<string, unknown> {
  id: string
  direction: 'in' | 'out'
  author_type: 'contact' | 'agent' | 'bot' | 'system'
  author_name: string | null
  parts: Part[]
  status: Status
  external_id: string | null
  acks: string[] | null
  reply_ref: string | null
  reactions: Reaction[] | null
  edited_at: Date | null
  deleted_at: Date | null
  at: Date
}

export interface Read {
  conversation: string | null
  seq: number
  rows: MessageRow[]
  unseen: number
  /** All that is there was read anew: forget what you had. */
  reset: boolean
  more: boolean
}

const page = 50
/** Behind by more changes of the whole workspace than this: reading the newest page is cheaper than looking through. */
const farBehind = 500

/** Both addresses a visitor may have written under, the present one first. */
export const addressesOf = (visitor: Visitor): string[] =>
  visitor.earlier ? [visitor.address, visitor.earlier] : [visitor.address]

/** The conversation these addresses lead to, the first address winning; null before the first message was received. */
export const conversationOf = (db: Database, channel: SiteChannel, addresses: string[]): Promise<string | null> =>
  inWorkspace(db, channel.workspaceId, tx => conversationIn(tx, channel, addresses))

async function conversationIn(tx: Queryable, channel: SiteChannel, addresses: string[]): Promise<string | null> {
  const { rows } = await tx.query<{ conversation_id: string }>(
    `select conversation_id from identities where workspace_id = $1 and channel_id = $2 and address = any ($3)
     order by array_position($3, address) limit 1`,
    [channel.workspaceId, channel.id, addresses],
    'site-conversation',
  )
  return rows[0]?.conversation_id ?? null
}

interface Of {
  workspaceId: string
  conversation: string | null
}

/** The last number of the workspace. */
export async function lastNumber(db: Database, { workspaceId }: SiteChannel): Promise<number> {
  const { rows } = await db.query<{ seq: string }>('select seq from live_heads where workspace_id = $1', [workspaceId])
  return Number(rows[0]?.seq ?? 0)
}

/** Who asks for what changed. */
interface Visit {
  channel: SiteChannel
  addresses: string[]
}

/** What changed after `after`, or the newest page when `after` is absent or too long ago. */
export function readAfter(db: Database, { channel, addresses }: Visit, after: number | undefined): Promise<Read> {
  return inWorkspace(db, channel.workspaceId, async tx => {
    const { rows } = await tx.query<{ head: string; kept: boolean }>(
      `select coalesce((select seq from live_heads where workspace_id = $1), 0) as head,
         exists (select from changes where workspace_id = $1 and seq = $2) as kept`,
      [channel.workspaceId, (after ?? 0) + 1],
    )
    // The number is read before the conversation and its messages: what begins or changes in between is told again rather
    // than missed.
    const seq = Number(rows[0]!.head)
    const of = { workspaceId: channel.workspaceId, conversation: await conversationIn(tx, channel, addresses) }
    const near = after !== undefined && after <= seq && seq - after <= farBehind && (after === seq || rows[0]!.kept)
    const unseen = await unseenIn(tx, of)
    if (!near) return { ...of, seq, unseen, ...(await newest(tx, of, undefined)), reset: true }
    const changed = after === seq ? [] : await changedIn(tx, of, [after, seq])
    return { ...of, seq, unseen, rows: changed, reset: false, more: false }
  })
}

/** Older messages, before the one with this id. */
export function readBefore(db: Database, of: Of, before: string): Promise<{ rows: MessageRow[]; more: boolean }> {
  return inWorkspace(db, of.workspaceId, tx => newest(tx, of, before))
}

/** These messages as they are now. */
export function readThese(db: Database, of: Of, ids: string[]): Promise<{ rows: MessageRow[]; unseen: number }> {
  return inWorkspace(db, of.workspaceId, async tx => ({
    rows: await messages(tx, of, { where: 'and m.id = any ($3::bigint[])', values: [ids] }),
    unseen: await unseenIn(tx, of),
  }))
}

async function newest(
  tx: Queryable,
  of: Of,
  before: string | undefined,
): Promise<{ rows: MessageRow[]; more: boolean }> {
  const older = `and (m.at, m.tie, m.id) < (select at, tie, id from messages where workspace_id = $1 and conversation_id = $2 and id = $3)`
  const rows = await messages(tx, of, {
    where: `${before ? older : ''} order by m.at desc, m.tie desc, m.id desc limit ${page + 1}`,
    values: before ? [before] : [],
  })
  return { rows: rows.slice(0, page).reverse(), more: rows.length > page }
}

function changedIn(tx: Queryable, of: Of, range: [number, number]): Promise<MessageRow[]> {
  const changed = `select ref::bigint from changes, jsonb_array_elements_text(coalesce(refs -> 'message', '[]')) ref
    where workspace_id = $1 and seq > $3 and seq <= $4`
  return messages(tx, of, { where: `and m.id in (${changed}) order by m.at, m.tie, m.id`, values: range })
}

/** What was not sent yet, or failed, the visitor never sees; a deleted message only as a place. */
async function messages(tx: Queryable, of: Of, which: { where: string; values: unknown[] }): Promise<MessageRow[]> {
  if (!of.conversation) return []
  const { rows } = await tx.query<MessageRow>(
    `select m.id, m.direction, m.author_type, m.author_name, m.parts, m.status, m.external_id, m.reactions,
       m.edited_at, m.deleted_at, m.at,
       (select array_agg(p.external_id order by p.n) from pieces p
         where p.workspace_id = m.workspace_id and p.message_id = m.id and p.external_id is not null) as acks,
       (select coalesce(r.external_id, (select p.external_id from pieces p
          where p.workspace_id = r.workspace_id and p.message_id = r.id order by p.n limit 1))
         from messages r where r.workspace_id = m.workspace_id and r.id = m.reply_to) as reply_ref
     from messages m
     where m.workspace_id = $1 and m.conversation_id = $2
       and (m.direction = 'in' or m.status in ('sent', 'delivered', 'read')) ${which.where}`,
    [of.workspaceId, of.conversation, ...which.values],
  )
  return rows
}

async function unseenIn(tx: Queryable, of: Of): Promise<number> {
  if (!of.conversation) return 0
  const { rows } = await tx.query<{ unread: number }>(
    'select unread from conversations where workspace_id = $1 and id = $2',
    [of.workspaceId, of.conversation],
  )
  return rows[0]?.unread ?? 0
}
