import { noteTraffic } from '../connections/health.ts'
import { templatesChanged } from '../connections/templates.ts'
import { changingAsWorker, type Telling } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { amend } from './amend.ts'
import { arrivalOf, type Heard } from './arrivals.ts'
import { afterReceiving } from './courtesy.ts'
import { markDone } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'
import { knowOwnEchoes } from './echoes.ts'
import { insertArrivals } from './insert.ts'
import { meet, type Spoken } from './people.ts'
import { askWho } from './profiles.ts'
import { hearReceipts } from './receipts.ts'
import { noteConsents, noteMoves } from './standing.ts'
import { conversationsById, messagesById } from './store.ts'
import { touchConversations } from './touch.ts'

export interface Parsed {
  delivery: StoredDelivery
  /** Each event with the channel it is for. */
  heard: Heard[]
}

/** One transaction for the whole batch. Everything in it may be repeated: what is known already changes nothing. */
export async function receive(on: Parley, workspaceId: string, batch: readonly Parsed[]): Promise<void> {
  const heard = batch.flatMap(parsed => parsed.heard)
  const done = await changingAsWorker(on, workspaceId, tx =>
    receiveIn(tx, { workspaceId, batch, heard, now: on.now() }),
  )
  if (done.jobs) on.wakeJobs()
  await afterReceiving(on, workspaceId, heard)
}

interface Work {
  workspaceId: string
  batch: readonly Parsed[]
  heard: Heard[]
  now: Date
}

async function receiveIn(tx: Telling, { workspaceId, batch, heard: told, now }: Work): Promise<{ jobs: number }> {
  const heard = await knowOwnEchoes(tx, workspaceId, told)
  const people = await meet(tx, workspaceId, heard.flatMap(spokenOf))
  const arrivals = heard.flatMap(h => arrivalOf(h) ?? [])
  const arrived = await insertArrivals(tx, { workspaceId, arrivals, people })
  await noteMoves(tx, workspaceId, heard, people)
  const consented = await noteConsents(tx, workspaceId, heard, people)
  const touched = await touchConversations(tx, workspaceId, arrived.lines)
  const asked = await askWho(tx, workspaceId, { heard, people })
  const amended = await amend(tx, { workspaceId, heard, people, arrived: arrived.lines })
  const receipted = await hearReceipts(tx, workspaceId, heard)
  await markDone(
    tx,
    workspaceId,
    batch.map(b => b.delivery),
  )
  const changed = new Set([...amended.messages, ...receipted.messages])
  for (const line of arrived.lines)
    if (!changed.has(line.message.id)) tx.tell({ type: 'message', message: line.message })
  for (const message of await messagesById(tx, workspaceId, [...changed])) tx.tell({ type: 'message', message })
  for (const happening of touched.reopened) tx.tell({ type: 'happening', happening })
  const again = new Set([...consented, ...amended.conversations, ...receipted.conversations])
  const read = (ids: readonly string[]) => conversationsById(tx, workspaceId, ids)
  tx.tellAsOf({
    since: touched.since,
    conversations: touched.conversations.filter(c => !again.has(c.id)),
    read,
  })
  for (const conversation of await read([...again])) tx.tell({ type: 'conversation', conversation })
  if (heard.some(h => h.event.type === 'account'))
    for (const id of new Set(heard.map(h => h.channel.id))) tx.tell({ type: 'channel', channelId: id })
  // Last: it locks the channel's row, for which the transaction beside this one would wait.
  await noteTraffic(tx, workspaceId, heard, { now, arrivals: arrived.lines.map(l => l.arrival) })
  await templatesChanged(tx, workspaceId, heard.flatMap(ofTemplates))
  return { jobs: arrived.jobs + amended.jobs + asked }
}

const ofTemplates = ({ channel, event }: Heard): string[] =>
  event.type === 'account' && event.what.includes('template') ? [channel.id] : []

/** Who an event is about. A receipt names a message, not a person. */
function spokenOf({ channel, event }: Heard): Spoken[] {
  if (event.type === 'receipt' || event.type === 'watermark' || event.type === 'account' || event.type === 'typing')
    return []
  if (event.type === 'edited' || event.type === 'deleted' || event.type === 'reaction' || !event.from) return []
  const title = event.group?.title
  const sender = event.group ? undefined : event.sender
  return [
    {
      channelId: channel.id,
      address: event.from,
      // Who moved may speak from the new address in this very batch.
      aliases: event.type === 'moved' ? [...(event.aliases ?? []), event.to] : (event.aliases ?? []),
      ...(sender && { sender }),
      ...(title && { title }),
    },
  ]
}
