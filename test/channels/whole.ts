import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { Person, Wire } from '../../sandbox/wire.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { Conversation, Message, SayablePart } from '../../src/api/shapes.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import type { Database } from '../../src/db/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { openWorld } from './wired.ts'

export const publicUrl = 'https://chat.example'

/** All of Parley as one process, listening; another one on the same database is what comes after a restart. */
export async function startParley(db: Database, name: string) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), `parley-test-${name}-`))
  const config = readConfig({ PARLEY_DATA: data, PARLEY_PUBLIC_URL: publicUrl, PARLEY_SECRET_KEY: 'ab'.repeat(32) })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  const close = async () => {
    await parley.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  return { parley, url: await parley.app.listen({ host: '127.0.0.1', port: 0 }), close }
}

/** All of Parley with the adapters as they are, listening, and its agent Aino. Channels are still to be connected. */
export async function wholeParley(t: TestContext, name: string) {
  // Hooks run in the order they were given: ours must come before the database goes.
  let close = async () => {}
  t.after(() => close())
  const db = await testDatabase(t)
  const started = await startParley(db, name)
  const { parley, url } = started
  close = started.close
  const workspaceId = await makeWorkspace(db, `${name}-${randomUUID()}`)
  const aino = (await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' }))!
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const conversations = async (): Promise<Conversation[]> =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items
  return {
    parley,
    db,
    url,
    workspaceId,
    /** Answers the id of the new channel. */
    async connect(kind: string, settings: object): Promise<string> {
      const made = await connectChannel(parley, workspaceId, { kind, name: 'Shop', settings: { ...settings } })
      assert.ok(made.ok, JSON.stringify(made))
      return made.channel.id
    },
    conversations,
    first: () => until(async () => (await conversations())[0], 'somebody has written'),
    /** Oldest first. */
    messages: async (conversationId: string): Promise<Message[]> =>
      (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse(),
    say(conversationId: string, said: string | SayablePart) {
      const parts = [typeof said === 'string' ? { type: 'text' as const, text: said } : said]
      return reply(parley, { workspaceId, conversationId, parts, clientId: randomUUID(), by })
    },
  }
}

/** The same with one channel that talks to a simulated account. */
export async function openShop(t: TestContext, wire: Wire, person: Person) {
  let close = async () => {}
  // The account goes first, so that it tells nobody who is gone.
  t.after(() => close())
  const whole = await wholeParley(t, wire.kind)
  const { world, close: closeWorld } = await openWorld(wire, { people: [person], haste: 100 })
  close = closeWorld
  const channelId = await whole.connect(wire.kind, { ...wire.settings(world), baseUrl: world.baseUrl })
  return { ...whole, world, channelId, hook: `${whole.url}/hooks/${channelId}` }
}
