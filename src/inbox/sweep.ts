import type { Address, ExternalId } from '../channels/contract.ts'
import type { Job, TaskAnswer, TaskContext } from '../jobs/job.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { applyAmendments } from './amend.ts'
import { ioFor } from './io.ts'
import { applyReceipts } from './receipts.ts'
import { conversationsById, messagesById } from './store.ts'

/**
 * Receipts and reactions that came while the message they speak of was just being recorded: two transactions that
 * could not see each other. Run every few seconds; usually it finds nothing.
 */
export async function sweep(on: Parley): Promise<void> {
  const { rows } = await on.db.query<{ workspace_id: string; channel_id: string; external_id: string }>(
    `select workspace_id, channel_id, external_id from receipts r where not applied and at > now() - interval '7 days'
       and (exists (select from pieces p where p.workspace_id = r.workspace_id and p.channel_id = r.channel_id and p.external_id = r.external_id))
     union
     select workspace_id, channel_id, external_id from receipts r where not applied and at > now() - interval '7 days'
       and (exists (select from piece_ids x where x.workspace_id = r.workspace_id and x.channel_id = r.channel_id and x.external_id = r.external_id))
     union
     select workspace_id, channel_id, of from amendments a where not applied and at > now() - interval '7 days'
       and (exists (select from pieces p where p.workspace_id = a.workspace_id and p.channel_id = a.channel_id and p.external_id = a.of)
         or exists (select from piece_ids x where x.workspace_id = a.workspace_id and x.channel_id = a.channel_id and x.external_id = a.of)
         or exists (select from messages m where m.workspace_id = a.workspace_id and m.channel_id = a.channel_id and m.external_id = a.of))
     limit 1000`,
  )
  for (const workspaceId of new Set(rows.map(r => r.workspace_id))) {
    const targets = rows.filter(r => r.workspace_id === workspaceId)
    await changingAsWorker(on, workspaceId, async tx => {
      const receipted = await applyReceipts(
        tx,
        workspaceId,
        targets.map(t => ({ channelId: t.channel_id, externalId: t.external_id })),
      )
      const amended = await applyAmendments(
        tx,
        workspaceId,
        targets.map(t => [t.channel_id, t.external_id] as const),
      )
      for (const message of await messagesById(tx, workspaceId, [
        ...new Set([...receipted.messages, ...amended.messages]),
      ]))
        tx.tell({ type: 'message', message })
      const touched = new Set([...receipted.conversations, ...amended.conversations])
      for (const conversation of await conversationsById(tx, workspaceId, [...touched]))
        tx.tell({ type: 'conversation', conversation })
    })
  }
}

interface ReactPayload {
  conversation: string
  of: ExternalId
  emoji: string
  key: string
}

/** Sends our reaction. Setting it twice is setting it once, so a lost answer may be tried again. */
export async function sendReaction(on: Parley, job: Job, context: TaskContext): Promise<TaskAnswer> {
  const { conversation, of, emoji, key } = job.payload as ReactPayload
  const { rows } = await on.db.query<{ address: Address; channel_id: string }>(
    'select address, channel_id from conversations where workspace_id = $1 and id = $2',
    [job.workspaceId, conversation],
  )
  const channel = rows[0] && (await on.channels.byId(rows[0].channel_id))
  if (!rows[0] || !channel) return undefined
  const result = await channel.adapter.send(
    { type: 'reaction', emoji, of },
    { address: rows[0].address, key },
    ioFor(on, channel, context.signal),
  )
  if (result.ok || context.attempt > 5) return undefined
  if (result.why === 'rate' || result.why === 'down' || result.why === 'unknown')
    return { retryAt: new Date(on.now().getTime() + 1000 * (result.retryAfterSeconds ?? 2 ** context.attempt)) }
  return { dead: result.detail }
}

/** Tells the network that we have read it, where it can be told. Nothing depends on it: one try. */
export async function sendRead(on: Parley, job: Job, context: TaskContext): Promise<TaskAnswer> {
  const { conversation, message } = job.payload as { conversation: string; message: string }
  const { rows } = await on.db.query<{
    address: Address
    channel_id: string
    external_id: ExternalId
    at: Date
    kept: Record<string, string> | null
  }>(
    `select c.address, c.channel_id, m.external_id, m.at, m.meta -> 'kept' as kept from messages m join conversations c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
     where m.workspace_id = $1 and m.id = $2 and c.id = $3 and m.external_id is not null`,
    [job.workspaceId, message, conversation],
  )
  const channel = rows[0] && (await on.channels.byId(rows[0].channel_id))
  if (!rows[0] || !channel?.adapter.markRead || channel.state !== 'on') return undefined
  const { address, external_id: id, at, kept } = rows[0]
  const last = { id, at, ...(kept && { kept }) }
  try {
    await channel.adapter.markRead(id, { address, key: job.id, last }, ioFor(on, channel, context.signal))
  } catch (error) {
    on.log.debug(
      { channel: channel.id, error: (error as Error).message },
      'The network was not told that we have read.',
    )
  }
  return undefined
}
