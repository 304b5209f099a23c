import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { Person, Wire } from '../../sandbox/wire.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { SayablePart } from '../../src/api/shapes.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace } from '../parley.ts'
import { openWorld } from './wired.ts'

/** All of Parley, listening, with one channel that talks to a simulated account. */
export async function openShop(t: TestContext, wire: Wire, person: Person) {
  let close = async () => {}
  t.after(() => close())
  const db = await testDatabase(t)
  const { world, close: closeWorld } = await openWorld(wire, { people: [person], haste: 100 })
  const data = fs.mkdtempSync(path.join(os.tmpdir(), `parley-test-${wire.kind}-`))
  const config = readConfig({
    PARLEY_DATA: data,
    PARLEY_PUBLIC_URL: 'https://chat.example',
    PARLEY_SECRET_KEY: 'ab'.repeat(32),
  })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  close = async () => {
    world.close()
    await parley.close()
    await closeWorld()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const workspaceId = await makeWorkspace(db, `${wire.kind}-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = { ...wire.settings(world), baseUrl: world.baseUrl }
  const made = await connectChannel(parley, workspaceId, { kind: wire.kind, name: 'Shop', settings })
  assert.ok(made.ok && aino, JSON.stringify(made))
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const url = await parley.app.listen({ host: '127.0.0.1', port: 0 })
  const conversations = async () =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items
  return {
    world,
    parley,
    db,
    hook: `${url}/hooks/${made.channel.id}`,
    conversations,
    messages: async (conversationId: string) =>
      (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse(),
    say: (conversationId: string, parts: SayablePart[]) =>
      reply(parley, { workspaceId, conversationId, parts, clientId: randomUUID(), by }),
  }
}
