import { noteTraffic } from '../connections/health.ts'
import { templatesChanged } from '../connections/templates.ts'
import { changingAsWorker, type Seen, type Telling } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { amend } from './amend.ts'
import { arrivalOf, type Heard } from './arrivals.ts'
import { afterReceiving } from './courtesy.ts'
import { markDone } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'
import { knowOwnEchoes } from './echoes.ts'
import { type Spoken, speaking } from './find-people.ts'
import { insertArrivals, type Line } from './insert.ts'
import { meet } from './people.ts'
import type { PeopleBook } from './people-book.ts'
import { askWho } from './profiles.ts'
import { hearReceipts } from './receipts.ts'
import { noteConsents, noteMoves } from './standing.ts'
import { conversationsById, messagesById } from './store.ts'
import { type AsTouched, touchConversations } from './touch.ts'

export interface Parsed {
  delivery: StoredDelivery
  /** Each event with the channel it is for. */
  heard: Heard[]
}

/** Whoever receives remembers whom they met. */
export type Receiving = Parley & { people: PeopleBook }

/** One transaction for the whole batch. Everything in it may be repeated: what is known already changes nothing. */
export async function receive(on: Receiving, workspaceId: string, batch: readonly Parsed[]): Promise<void> {
  const heard = batch.flatMap(parsed => parsed.heard)
  const done = await changingAsWorker(on, workspaceId, tx =>
    receiveIn(tx, { workspaceId, batch, heard, now: on.now(), book: on.people }),
  )
  if (done.jobs) on.wakeJobs()
  await afterReceiving(on, workspaceId, heard)
}

interface Work {
  workspaceId: string
  batch: readonly Parsed[]
  heard: Heard[]
  now: Date
  book: PeopleBook
}

async function receiveIn(tx: Telling, { workspaceId, batch, heard: told, now, book }: Work): Promise<{ jobs: number }> {
  const heard = await knowOwnEchoes(tx, workspaceId, told)
  const spoken = heard.flatMap(spokenOf)
  const { people, since, renewed } = await meet(tx, workspaceId, spoken, book)
  const arrivals = heard.flatMap(h => arrivalOf(h) ?? [])
  const arrived = await insertArrivals(tx, { workspaceId, arrivals, people })
  const moved = await noteMoves(tx, workspaceId, heard, people)
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
  await tellOf(tx, workspaceId, {
    lines: arrived.lines,
    touched,
    since: since ?? touched.since,
    messages: [...amended.messages, ...receipted.messages],
    renewed,
    conversations: [...moved, ...consented, ...amended.conversations, ...receipted.conversations],
    told: (seq, conversations) => book.keep(workspaceId, seq, { spoken, people, conversations }),
  })
  if (heard.some(h => h.event.type === 'account'))
    for (const id of new Set(heard.map(h => h.channel.id))) tx.tell({ type: 'channel', channelId: id })
  // Last: it locks the channel's row, for which the transaction beside this one would wait.
  await noteTraffic(tx, workspaceId, heard, { now, arrivals: arrived.lines.map(l => l.arrival) })
  await templatesChanged(tx, workspaceId, heard.flatMap(ofTemplates))
  return { jobs: arrived.jobs + amended.jobs + asked }
}

interface News {
  lines: readonly Line[]
  touched: AsTouched
  since: number
  /** Changed otherwise, and read again. */
  messages: readonly string[]
  conversations: readonly string[]
  /** Their contact changed: if their conversation was touched after that, it shows it. */
  renewed: readonly string[]
  told: Seen['told']
}

async function tellOf(tx: Telling, workspaceId: string, news: News): Promise<void> {
  const { lines, touched, since, told } = news
  const changed = new Set(news.messages)
  for (const { message } of lines) if (!changed.has(message.id)) tx.tell({ type: 'message', message })
  for (const message of await messagesById(tx, workspaceId, [...changed])) tx.tell({ type: 'message', message })
  for (const happening of touched.reopened) tx.tell({ type: 'happening', happening })
  const fresh = new Set(touched.conversations.map(c => c.id))
  const again = new Set([...news.conversations, ...news.renewed.filter(id => !fresh.has(id))])
  const conversations = touched.conversations.filter(c => !again.has(c.id))
  const read = (ids: readonly string[]) => conversationsById(tx, workspaceId, ids)
  tx.tellAsOf({ since, conversations, read, told })
  for (const conversation of await read([...again])) tx.tell({ type: 'conversation', conversation })
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
  // Who moved may speak from the new address in this very batch.
  const aliases = event.type === 'moved' ? [...(event.aliases ?? []), event.to] : (event.aliases ?? [])
  return [{ ...speaking(channel.id, [event.from, ...aliases]), ...(sender && { sender }), ...(title && { title }) }]
}
