import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { insertAgent } from '../src/accounts/store.ts'
import type { Conversation, Message, SayablePart } from '../src/api/shapes.ts'
import type { InboundEvent } from '../src/channels/contract.ts'
import { readConfig } from '../src/config.ts'
import { connectChannel } from '../src/connections/connect.ts'
import type { Database } from '../src/db/connect.ts'
import { listConversations, listMessages } from '../src/inbox/list.ts'
import { type Replied, reply } from '../src/inbox/reply.ts'
import { receiveWebhook } from '../src/inbox/webhook.ts'
import type { LiveFrame } from '../src/live/hub.ts'
import type { Actor } from '../src/parley.ts'
import { assemble } from '../src/start.ts'
import { testDatabase } from './database.ts'
import { type FakeChannel, fakeChannel } from './fake-channel.ts'

export type TestParley = Awaited<ReturnType<typeof testParley>>

/**
 * All of Parley on a database of its own: one workspace, its agent Ann, one channel of the fake messenger.
 * @param on the database of another one, which is then as another process beside it; or the address it believes to have.
 */
export async function testParley(
  t: TestContext,
  fake: FakeChannel = fakeChannel(),
  on?: Database | { publicUrl: string },
) {
  // Hooks run in the order they were given: ours must come before the database goes.
  let close = async () => {}
  t.after(() => close())
  const db = on && 'query' in on ? on : await testDatabase(t)
  const time = { offset: 0 }
  const parley = await assemble({
    config: readConfig({
      PARLEY_DATA: dataFolder(t),
      PARLEY_PUBLIC_URL: on && 'publicUrl' in on ? on.publicUrl : 'https://chat.example',
      PARLEY_SECRET_KEY: 'ab'.repeat(32),
    }),
    db,
    log: pino({ level: process.env.PARLEY_TEST_LOG ?? 'silent' }),
    demo: false,
    adapters: [fake.adapter],
    now: () => new Date(Date.now() + time.offset),
  })
  close = parley.close
  const workspaceId = await makeWorkspace(db, `rye-${randomUUID()}`)
  const ann = (await insertAgent(db, workspaceId, { email: 'ann@rye.example', name: 'Ann', role: 'agent' }))!
  const by: Actor = { type: 'agent', id: ann.id, name: ann.name }
  const channelId = await connectFake(parley, workspaceId)
  const frames: LiveFrame[] = []
  parley.hub.subscribe(workspaceId, frame => frames.push(frame))
  const here = { parley, workspaceId, channelId, by }
  return { ...parley, ...here, ...hearing(here), ...saying(here), fake, frames, time }
}

type Here = { parley: Awaited<ReturnType<typeof assemble>>; workspaceId: string; channelId: string; by: Actor }

export async function makeWorkspace(db: Database, slug: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>('insert into workspaces (slug, name) values ($1, $1) returning id', [
    slug,
  ])
  return rows[0]!.id
}

export async function connectFake(parley: Here['parley'], workspaceId: string): Promise<string> {
  const connected = await connectChannel(parley, workspaceId, {
    kind: 'fake',
    name: 'Fake',
    settings: { token: 'one' },
  })
  if (!connected.ok) throw new Error(JSON.stringify(connected.errors))
  return connected.channel.id
}

function dataFolder(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-data-'))
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What comes in by the fake messenger, and what is then to be seen. */
function hearing({ parley, workspaceId, channelId }: Here) {
  const post = (body: string, to = channelId) =>
    receiveWebhook(parley, to, { method: 'POST', query: {}, headers: {}, body: Buffer.from(body) })
  const conversations = async (): Promise<Conversation[]> =>
    (await listConversations(parley.db, workspaceId, { view: 'all', agentId: null, limit: 100 })).items
  /** Oldest first. */
  const messages = async (conversationId: string): Promise<Message[]> =>
    (await listMessages(parley.db, workspaceId, { conversationId, limit: 100 })).items.reverse()
  return {
    post,
    conversations,
    messages,
    /** One delivery with these events, ingested when it resolves. */
    async hear(...events: InboundEvent[]): Promise<void> {
      await post(JSON.stringify({ events }))
      await parley.ingester.idle()
    },
    /** Several deliveries at once: they are ingested as one batch. */
    async hearTogether(...deliveries: InboundEvent[][]): Promise<void> {
      await Promise.all(deliveries.map(events => post(JSON.stringify({ events }))))
      await parley.ingester.idle()
    },
    /** The only conversation, with its messages oldest first. */
    async theOne(): Promise<Conversation & { messages: Message[] }> {
      const all = await conversations()
      if (all.length !== 1) throw new Error(`There are ${all.length} conversations.`)
      return { ...all[0]!, messages: await messages(all[0]!.id) }
    },
  }
}

/** What the team does. */
function saying({ parley, workspaceId, by }: Here) {
  const say = (
    conversationId: string,
    words: string | SayablePart[],
    clientId: string = randomUUID(),
  ): Promise<Replied> => {
    const parts: SayablePart[] = typeof words === 'string' ? [{ type: 'text', text: words }] : words
    return reply(parley, { workspaceId, conversationId, parts, clientId, by })
  }
  return {
    say,
    /** Everything that can go out now has gone out. */
    quiet: () => parley.worker.idle(),
    /** Time has passed for everything that waits. */
    async hurry(): Promise<void> {
      await parley.db.query(`update jobs set run_at = 'epoch' where run_at is not null`)
      parley.wakeJobs()
      await parley.worker.idle()
    },
  }
}

/** Whether a transaction of this database waits for a lock. */
export const somebodyWaits = async (db: Database): Promise<boolean> =>
  (await db.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
    .rowCount !== 0

/** Waits for something that must come true; there is no other way to hear of it. */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const seen = await look()
    if (seen) return seen
    await delay(10)
  }
  throw new Error(`It did not come to pass: ${what}`)
}
