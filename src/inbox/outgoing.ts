import type { Address, ExternalId, Outgoing, Piece, SendResult } from '../channels/contract.ts'
import type { Database, Queryable } from '../db/connect.ts'
import type { Failure, Status } from '../domain/message.ts'
import type { Telling } from '../live/publish.ts'
import { applyAmendments } from './amend.ts'
import { keepIds } from './piece-ids.ts'
import { applyReceipts, rollUp } from './receipts.ts'
import { storable } from './storable.ts'
import { conversationsById, messagesById } from './store.ts'

/** The rows of delivering. */

export interface PieceRow {
  n: number
  piece: Piece
  status: Status
  key: string
  attempts: number
}

export interface OutgoingMessage {
  workspaceId: string
  messageId: string
  conversationId: string
  channelId: string
  address: Address
  /** Not by an agent. */
  automatic: boolean
  replyTo: ExternalId | undefined
  replyKept: Record<string, string> | undefined
  /** The customer's newest message. */
  last: Outgoing['last']
  pieces: PieceRow[]
}

const messageWithPieces = `
  select m.conversation_id, m.channel_id, m.author_type, c.address, coalesce(q.external_id, (select p.external_id from pieces p where p.workspace_id = $1 and p.message_id = m.reply_to order by n limit 1)) as reply_to, q.meta -> 'kept' as reply_kept,
    (select json_build_object('id', l.external_id, 'at', l.at, 'kept', l.meta -> 'kept') from messages l
     where l.workspace_id = $1 and l.conversation_id = m.conversation_id and l.author_type = 'contact' and l.external_id is not null
     order by l.at desc, l.tie desc, l.id desc limit 1) as last,
    (select json_agg(json_build_object('n', n, 'piece', piece, 'status', status, 'key', key, 'attempts', attempts) order by n)
     from pieces p where p.workspace_id = $1 and p.message_id = m.id) as pieces
  from messages m join conversations c on c.workspace_id = $1 and c.id = m.conversation_id
  left join messages q on q.workspace_id = $1 and q.id = m.reply_to
  where m.workspace_id = $1 and m.id = $2`

export async function outgoing(
  db: Queryable,
  workspaceId: string,
  messageId: string,
): Promise<OutgoingMessage | undefined> {
  const { rows } = await db.query<{
    conversation_id: string
    channel_id: string
    address: Address
    author_type: string
    reply_to: ExternalId | null
    reply_kept: Record<string, string> | null
    last: { id: ExternalId; at: string; kept: Record<string, string> | null } | null
    pieces: PieceRow[]
  }>(messageWithPieces, [workspaceId, messageId], 'outgoing message')
  const row = rows[0]
  if (!row) return undefined
  return {
    workspaceId,
    messageId,
    conversationId: row.conversation_id,
    channelId: row.channel_id,
    address: row.address,
    automatic: row.author_type !== 'agent',
    replyTo: row.reply_to ?? undefined,
    replyKept: row.reply_kept ?? undefined,
    last: row.last
      ? { id: row.last.id, at: new Date(row.last.at), ...(row.last.kept && { kept: row.last.kept }) }
      : undefined,
    pieces: row.pieces ?? [],
  }
}

export interface PieceId {
  workspaceId: string
  messageId: string
  n: number
  key: string
}

/** Recorded before the provider is called: whoever finds it later knows that it may have been sent. */
export async function markSending(db: Database, { workspaceId, messageId, n, key }: PieceId): Promise<boolean> {
  const { rowCount } = await db.query(
    `update pieces set status = 'sending', attempts = attempts + 1 where workspace_id = $1 and message_id = $2 and n = $3 and key = $4 and status in ('queued', 'sending')`,
    [workspaceId, messageId, n, key],
    'mark sending',
  )
  return rowCount === 1
}

/** The provider has it. Receipts that came before this answer count now. */
export async function recordSent(
  tx: Telling,
  id: PieceId & { channelId: string },
  result: SendResult & { ok: true },
): Promise<void> {
  await tx.query(
    `update pieces set status = 'sent', failure = null, sent_at = now(),
       external_id = case when exists (select from pieces x where x.workspace_id = $1 and x.channel_id = $6 and x.external_id = $5)
         or exists (select from piece_ids x where x.workspace_id = $1 and x.channel_id = $6 and x.external_id = $5) then null else $5 end
     where workspace_id = $1 and message_id = $2 and n = $3 and key = $4 and status in ('sending', 'unknown')`,
    [id.workspaceId, id.messageId, id.n, id.key, result.id, id.channelId],
    'record sent',
  )
  await tx.query(
    `update messages m set external_id = $3 where workspace_id = $1 and id = $2 and external_id is null
       and not exists (select from messages x where x.workspace_id = $1 and x.channel_id = m.channel_id and x.external_id = $3)`,
    [id.workspaceId, id.messageId, result.id],
    'record external id',
  )
  const ids = [...new Set([result.id, ...(result.more ?? [])])]
  if (ids.length > 1) await keepIds(tx, id, ids)
  await applyReceipts(
    tx,
    id.workspaceId,
    ids.map(externalId => ({ channelId: id.channelId, externalId })),
  )
  const { messages } = await applyAmendments(
    tx,
    id.workspaceId,
    ids.map(externalId => [id.channelId, externalId] as const),
  )
  const others = messages.filter(m => m !== id.messageId)
  for (const message of await messagesById(tx, id.workspaceId, others)) tx.tell({ type: 'message', message })
}

/** `queued` keeps it for the next attempt; `unknown` and `failed` end it until somebody sends it again. */
export async function recordNotSent(
  tx: Telling,
  { workspaceId, messageId, n, key }: PieceId,
  to: { status: 'queued' | 'unknown' | 'failed'; failure: Failure },
): Promise<void> {
  await tx.query(
    `update pieces set status = $5, failure = $6::jsonb where workspace_id = $1 and message_id = $2 and n = $3 and key = $4 and status in ('queued', 'sending')`,
    [workspaceId, messageId, n, key, to.status, storable(to.failure)],
    'record not sent',
  )
}

/** Brings the message to its pieces' status and tells the screens. */
export async function tellOutcome(tx: Telling, workspaceId: string, messageId: string): Promise<void> {
  const { conversations } = await rollUp(tx, workspaceId, [messageId])
  for (const message of await messagesById(tx, workspaceId, [messageId])) tx.tell({ type: 'message', message })
  for (const conversation of await conversationsById(tx, workspaceId, conversations))
    tx.tell({ type: 'conversation', conversation })
}
