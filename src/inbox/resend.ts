import { randomUUID } from 'node:crypto'
import type { Message } from '../api/shapes.ts'
import { canAt } from '../domain/capabilities.ts'
import { enqueue } from '../jobs/queue.ts'
import { changing } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { react, type StoredReaction } from './reactions.ts'
import { rollUp } from './receipts.ts'
import { queueDelivery } from './reply.ts'
import { conversationsById, messagesById } from './store.ts'
import type { On } from './verbs.ts'

/** "Send again": what failed, or perhaps was sent, goes out once more from the first piece that is not surely there. */
export async function resend(
  on: Parley,
  what: On & { messageId: string },
): Promise<Message | 'not-found' | 'not-needed'> {
  const { workspaceId, conversationId, messageId } = what
  const answer = await changing(on, workspaceId, async tx => {
    const found = await tx.query<{ channel_id: string }>(
      `select channel_id from messages where workspace_id = $1 and conversation_id = $2 and id = $3 and direction = 'out' for update`,
      [workspaceId, conversationId, messageId],
    )
    if (!found.rows[0]) return 'not-found' as const
    const { rows } = await tx.query<{ n: number }>(
      `update pieces p set status = 'queued', failure = null, attempts = 0, key = k.key
       from jsonb_to_recordset((select jsonb_agg(jsonb_build_object('n', n, 'key', gen_random_uuid())) from pieces where workspace_id = $1 and message_id = $2)) k(n smallint, key text)
       where p.workspace_id = $1 and p.message_id = $2 and p.n = k.n and p.status in ('failed', 'unknown') returning p.n`,
      [workspaceId, messageId],
    )
    if (!rows.length) return 'not-needed' as const
    await queueDelivery(tx, { workspaceId, channelId: found.rows[0].channel_id, conversationId, messageId })
    const { conversations } = await rollUp(tx, workspaceId, [messageId])
    const [message] = await messagesById(tx, workspaceId, [messageId])
    tx.tell({ type: 'message', message: message! })
    for (const conversation of await conversationsById(tx, workspaceId, conversations))
      tx.tell({ type: 'conversation', conversation })
    return message!
  })
  if (typeof answer === 'object') on.wakeJobs()
  return answer
}

export type Reacted = Message | 'not-found' | 'not-possible'

/** Our own reaction to a message; an empty one takes it away. It goes out like a piece, after what was said before. */
export async function reactTo(on: Parley, what: On & { messageId: string; emoji: string }): Promise<Reacted> {
  const { workspaceId, conversationId, messageId, emoji, by } = what
  const answer = await changing<Reacted>(on, workspaceId, async tx => {
    const { rows } = await tx.query<{
      channel_id: string
      address: string
      reactions: StoredReaction[] | null
      external_id: string | null
    }>(
      `select m.channel_id, c.address, m.reactions, coalesce(m.external_id, (select external_id from pieces p where p.workspace_id = $1 and p.message_id = m.id order by n limit 1)) as external_id
       from messages m join conversations c on c.workspace_id = $1 and c.id = m.conversation_id
       where m.workspace_id = $1 and m.conversation_id = $2 and m.id = $3 for update of m`,
      [workspaceId, conversationId, messageId],
    )
    const row = rows[0]
    const channel = row && (await on.channels.byId(row.channel_id))
    if (!row || !channel) return 'not-found'
    const { reactions } = canAt(row.address, channel.adapter)
    if (!row.external_id || !reactions || (emoji && reactions !== 'any' && !reactions.includes(emoji)))
      return 'not-possible'
    // The business has one reaction, whoever of the team chose it: so it is on the networks.
    await react(tx, { workspaceId, messageId, before: row }, { emoji, by: 'agent', name: by.name, who: 'business' })
    await enqueue(tx, [
      {
        workspaceId,
        laneOf: row.channel_id,
        key: `conversation ${conversationId}`,
        task: 'react',
        payload: { conversation: conversationId, of: row.external_id, emoji, key: randomUUID() },
      },
    ])
    const [message] = await messagesById(tx, workspaceId, [messageId])
    tx.tell({ type: 'message', message: message! })
    return message!
  })
  if (typeof answer === 'object') on.wakeJobs()
  return answer
}
