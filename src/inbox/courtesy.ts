import type { Address, ExternalId } from '../channels/contract.ts'
import { canAt } from '../domain/capabilities.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Telling } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Heard } from './arrivals.ts'
import { findPeople, speaking } from './find-people.ts'
import { ioFor } from './io.ts'

/** Small signs between people: typing, read, "your press arrived". Nothing is kept of them and nothing depends on them. */

/** After a batch was received: tells our screens who types, and the networks that a press has arrived. */
export async function afterReceiving(on: Parley, workspaceId: string, heard: readonly Heard[]): Promise<void> {
  for (const { channel, event } of heard) {
    if (event.type === 'typing')
      await whisperTyping(on, { workspaceId, channelId: channel.id, address: event.from }).catch(() => {})
    if (event.type === 'chosen' && channel.adapter.acknowledge && channel.state === 'on')
      void channel.adapter.acknowledge(event, ioFor(on, channel, AbortSignal.timeout(5000))).catch(() => {})
  }
}

/** Somebody who never wrote may type as much as they like. */
async function whisperTyping(
  on: Parley,
  by: { workspaceId: string; channelId: string; address: Address },
): Promise<void> {
  const found = await findPeople(on.db, { workspaceId: by.workspaceId, spoken: [speaking(by.channelId, [by.address])] })
  for (const person of found.values())
    on.hub.whisper(by.workspaceId, {
      type: 'typing',
      conversationId: person.conversationId,
      who: person.name,
      by: 'contact',
    })
}

/** An agent types: colleagues see it at once, the customer where the network can show it. */
export function tellTyping(on: Parley, by: { workspaceId: string; conversationId: string; who: string }): void {
  on.hub.whisper(by.workspaceId, { type: 'typing', conversationId: by.conversationId, who: by.who, by: 'agent' })
  if (mayTellAgain(on, `${by.workspaceId} ${by.conversationId}`)) void tellNetwork(on, by).catch(() => {})
}

/** Networks show it for five seconds and more. */
const typingEveryMs = 4000
const toldBy = new WeakMap<object, Map<string, number>>()

function mayTellAgain(on: Parley, conversation: string): boolean {
  const now = performance.now()
  const told = toldBy.get(on.db) ?? new Map<string, number>()
  toldBy.set(on.db, told)
  if (now - (told.get(conversation) ?? Number.NEGATIVE_INFINITY) < typingEveryMs) return false
  if (told.size > 10_000) told.clear()
  told.set(conversation, now)
  return true
}

async function tellNetwork(on: Parley, by: { workspaceId: string; conversationId: string }): Promise<void> {
  const { rows } = await on.db.query<{ address: Address; channel_id: string; last: ExternalId | null }>(
    `select c.address, c.channel_id, (select external_id from messages m where m.workspace_id = $1 and m.conversation_id = $2 and m.direction = 'in'
       and m.author_type = 'contact' order by at desc, tie desc, id desc limit 1) as last
     from conversations c where c.workspace_id = $1 and c.id = $2`,
    [by.workspaceId, by.conversationId],
  )
  const channel = rows[0] && (await on.channels.byId(rows[0].channel_id))
  if (!rows[0] || !channel?.adapter.typing || channel.state !== 'on') return
  if (!canAt(rows[0].address, channel.adapter).typing) return
  const to = { address: rows[0].address, key: '', ...(rows[0].last && { replyTo: rows[0].last }) }
  await channel.adapter.typing(to, ioFor(on, channel, AbortSignal.timeout(5000)))
}

/** The team has seen the conversation: the last of the customer's messages is marked read, where the network can be told. */
export async function queueRead(
  on: Parley,
  tx: Telling,
  what: { workspaceId: string; conversationId: string },
): Promise<void> {
  const { rows } = await tx.query<{ id: string; channel_id: string; address: string }>(
    `select m.id, m.channel_id, c.address from messages m join conversations c on c.workspace_id = $1 and c.id = m.conversation_id
     where m.workspace_id = $1 and m.conversation_id = $2 and m.direction = 'in' and m.author_type = 'contact' and m.external_id is not null
     order by m.at desc, m.tie desc, m.id desc limit 1`,
    [what.workspaceId, what.conversationId],
  )
  const last = rows[0]
  if (!last) return
  const channel = await on.channels.byId(last.channel_id)
  if (!channel?.adapter.markRead || !canAt(last.address, channel.adapter).markRead) return
  const payload = { conversation: what.conversationId, message: last.id }
  await enqueue(tx, [
    {
      workspaceId: what.workspaceId,
      laneOf: `read ${last.channel_id}`,
      key: `read ${what.conversationId}`,
      task: 'read',
      payload,
    },
  ])
}
