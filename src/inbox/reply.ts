import { randomUUID } from 'node:crypto'
import type { Message, SayablePart } from '../api/shapes.ts'
import { canAt } from '../domain/capabilities.ts'
import type { Remark } from '../domain/fit.ts'
import { type Part, wordsOf } from '../domain/message.ts'
import { inEnglish, prepare } from '../domain/prepare.ts'
import { enqueue } from '../jobs/queue.ts'
import { changing, type Telling } from '../live/publish.ts'
import type { Actor, Parley } from '../parley.ts'
import { lastMessageOf } from './last-words.ts'
import { listedNow } from './list.ts'
import { asMessage, type MessageRow, messageColumns } from './present.ts'
import { storable } from './storable.ts'
import { conversationsById } from './store.ts'

export interface Reply {
  workspaceId: string
  conversationId: string
  parts: SayablePart[]
  replyTo?: string | undefined
  /** The sender's own id: one click, one message, however bad the network. */
  clientId: string
  by: Actor
}

export type Replied =
  | { ok: true; message: Message; repeated: boolean }
  | { ok: false; why: 'no-conversation' | 'no-message' }
  | { ok: false; why: 'refused'; because: Remark[]; but?: 'template' }

/** The one door for everything the business says. Stored with its pieces and its job in one transaction, told to the screens, then delivered. */
export async function reply(on: Parley, asked: Reply): Promise<Replied> {
  const replied = await changing(on, asked.workspaceId, tx => replyIn(on, tx, asked))
  if (replied.ok) on.wakeJobs()
  return replied
}

interface Locked {
  id: string
  channel_id: string
  address: string
  opted_out: boolean
  last_in_at: Date | null
}

async function replyIn(on: Parley, tx: Telling, asked: Reply): Promise<Replied> {
  const { workspaceId, conversationId } = asked
  // The lock keeps two answers of one conversation, and their jobs, in one order.
  const found = await tx.query<Locked>(
    'select id, channel_id, address, opted_out, last_in_at from conversations where workspace_id = $1 and id = $2 for update',
    [workspaceId, conversationId],
    'lock conversation',
  )
  const conversation = found.rows[0]
  const channel = conversation && (await on.channels.byId(conversation.channel_id))
  if (!conversation || !channel) return { ok: false, why: 'no-conversation' }
  const before = await sentBefore(tx, asked)
  if (before) return { ok: true, message: before, repeated: true }
  if (asked.replyTo && !(await has(tx, asked))) return { ok: false, why: 'no-message' }
  const contact = {
    optedOut: conversation.opted_out,
    ...(conversation.last_in_at && { lastWroteAt: conversation.last_in_at }),
  }
  const can = canAt(conversation.address, channel.adapter)
  const prepared = prepare(asked.parts as Part[], contact, can, on.now())
  if (!prepared.ok)
    return { ok: false, why: 'refused', because: prepared.because, ...(prepared.but && { but: prepared.but }) }
  const message = await insertReply(tx, asked, { channelId: channel.id, ...prepared, now: on.now() })
  await putPieces(tx, workspaceId, { messageId: message.id, channelId: channel.id, pieces: prepared.pieces })
  await queueDelivery(tx, { workspaceId, channelId: channel.id, conversationId, messageId: message.id })
  await answered(tx, workspaceId, message)
  tx.tell({ type: 'message', message })
  for (const c of await conversationsById(tx, workspaceId, [conversationId]))
    tx.tell({ type: 'conversation', conversation: c })
  return { ok: true, message, repeated: false }
}

async function sentBefore(tx: Telling, { workspaceId, conversationId, clientId }: Reply): Promise<Message | undefined> {
  const { rows } = await tx.query<MessageRow>(
    `select ${messageColumns} from messages where workspace_id = $1 and conversation_id = $2 and client_id = $3`,
    [workspaceId, conversationId, clientId],
    'message by client id',
  )
  return rows[0] && asMessage(rows[0])
}

async function has(tx: Telling, { workspaceId, conversationId, replyTo }: Reply): Promise<boolean> {
  const { rows } = await tx.query(
    'select 1 from messages where workspace_id = $1 and conversation_id = $2 and id = $3',
    [workspaceId, conversationId, replyTo],
  )
  return rows.length > 0
}

interface Ready {
  channelId: string
  changes: Remark[]
  now: Date
}

/** Never above what it answers: a customer's clock may run ahead of ours by a moment. */
async function insertReply(tx: Telling, asked: Reply, { channelId, changes, now }: Ready): Promise<Message> {
  const { rows } = await tx.query<MessageRow>(
    `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, author_id, author_name, parts, status, reply_to, at, client_id, meta, words)
     values ($1, $2, $3, 'out', $4, $5, $6, $7::jsonb, 'queued', $8,
       greatest($9::timestamptz, (select max(at) + interval '1 ms' from messages where workspace_id = $1 and conversation_id = $2 and at > $9::timestamptz)),
       $10, $11::jsonb, to_tsvector('parley', $12)) returning ${messageColumns}`,
    [
      asked.workspaceId,
      asked.conversationId,
      channelId,
      asked.by.type,
      asked.by.id,
      asked.by.name,
      storable(asked.parts),
      asked.replyTo ?? null,
      now,
      asked.clientId,
      changes.length ? JSON.stringify({ changes: changes.map(inEnglish) }) : null,
      wordsOf(asked.parts as Part[])
        .slice(0, 20_000)
        .replaceAll('\0', '')
        .toWellFormed(),
    ],
    'insert reply',
  )
  return asMessage(rows[0]!)
}

async function putPieces(
  tx: Telling,
  workspaceId: string,
  of: { messageId: string; channelId: string; pieces: readonly Part[] },
): Promise<void> {
  await tx.query(
    `insert into pieces (workspace_id, message_id, n, channel_id, piece, key)
     select $1, $2, n, $3, piece, key from jsonb_to_recordset($4::jsonb) r(n smallint, piece jsonb, key text)`,
    [workspaceId, of.messageId, of.channelId, storable(of.pieces.map((piece, n) => ({ n, piece, key: randomUUID() })))],
    'put pieces',
  )
}

/** One lane per channel, one key per conversation: pieces of a conversation go out one after another. */
export function queueDelivery(
  tx: Telling,
  to: { workspaceId: string; channelId: string; conversationId: string; messageId: string },
): Promise<void> {
  return enqueue(tx, [
    {
      workspaceId: to.workspaceId,
      laneOf: to.channelId,
      key: `conversation ${to.conversationId}`,
      task: 'deliver',
      payload: { message: to.messageId },
    },
  ])
}

async function answered(tx: Telling, workspaceId: string, message: Message): Promise<void> {
  await tx.query(
    `update conversations set waiting_since = null, unread = 0, active_at = ${listedNow}, last_message = $3::jsonb,
       status = case when status = 'snoozed' then 'open' else status end where workspace_id = $1 and id = $2`,
    [workspaceId, message.conversationId, storable(lastMessageOf(message))],
    'answered',
  )
}

/** A client id for callers that send none: the same words twice are two messages. */
export const freshClientId = (): string => `auto-${randomUUID()}`

/** Is this the same as was sent under this client id before? Files may have other numbers when they were fetched again. */
export function sameWords(message: Message, parts: readonly SayablePart[]): boolean {
  const bare = (list: readonly unknown[]) =>
    JSON.stringify(list.map(part => ({ ...(part as object), media: 0, url: '', bytes: 0, state: '' })))
  return sorted(bare(message.parts)) === sorted(bare(parts))
}

/** jsonb keeps no order of keys. */
const sorted = (json: string): string =>
  JSON.stringify(
    JSON.parse(json, (_k, v) =>
      v && typeof v === 'object' && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    ),
  )
