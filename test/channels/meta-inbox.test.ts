import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { pino } from 'pino'
import { instagramWire, writeInInbox } from '../../sandbox/instagram.ts'
import { messengerWire } from '../../sandbox/messenger.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { createWorld } from '../../sandbox/world.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { SayablePart } from '../../src/api/shapes.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace } from '../parley.ts'
import { liza } from './meta-stage.ts'
import { until } from './whatsapp-stage.ts'

/** All of Parley with one channel of Meta, connected to its simulator. */
async function openParley(t: TestContext, wire: Wire) {
  let close = async () => {}
  t.after(() => close())
  const world = createWorld(wire, { name: 'Rowan & Rye', people: [liza], haste: 100 })
  const meta = Fastify()
  meta.register(async scope => world.mount(scope, ''))
  await meta.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(meta.server.address() as AddressInfo).port}`
  const db = await testDatabase(t)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-meta-'))
  const config = readConfig({
    PARLEY_DATA: data,
    PARLEY_PUBLIC_URL: 'https://chat.example',
    PARLEY_SECRET_KEY: 'ab'.repeat(32),
    PARLEY_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
  })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: true })
  close = async () => {
    world.close()
    await parley.close()
    await meta.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const workspaceId = await makeWorkspace(db, `meta-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = { ...wire.settings(world), baseUrl: world.baseUrl }
  const made = await connectChannel(parley, workspaceId, { kind: wire.kind, name: 'Shop', settings })
  assert.ok(made.ok && aino)
  const url = await parley.app.listen({ host: '127.0.0.1', port: 0 })
  world.webhookUrl = `${url}/hooks/${made.channel.id}`
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  return {
    world,
    conversations: async () =>
      (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items,
    messages: async (conversationId: string) =>
      (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse(),
    say: (conversationId: string, said: string | SayablePart) => {
      const parts = [typeof said === 'string' ? { type: 'text' as const, text: said } : said]
      return reply(parley, { workspaceId, conversationId, parts, clientId: randomUUID(), by })
    },
  }
}

for (const [wire, longest] of [
  [messengerWire, 2000],
  [instagramWire, 1000],
] as const)
  test(`Through the whole of Parley: what Aino says by ${wire.kind} is there once, whatever echoes come`, async t => {
    const { world, ...shop } = await openParley(t, wire)
    world.act(liza.id, { do: 'text', text: 'Do you have rye bread?' })
    await world.settled()
    const conversation = await waited(async () => (await shop.conversations())[0])
    await shop.say(conversation.id, 'Yes!')
    await shop.say(conversation.id, 'x'.repeat(longest + 10))
    const said = () => world.bubbles.filter(b => b.from === 'business').length
    await until(() => said() === 3)
    await world.settled()
    world.faults.loseAnswer = 1
    await shop.say(conversation.id, 'Did this arrive?')
    await until(() => said() === 4)
    await world.settled()
    writeInInbox(world, liza.id, 'And buns.')
    await world.settled()
    const messages = await waited(async () => {
      const all = await shop.messages(conversation.id)
      const open = all.filter(m => ['queued', 'sending', 'unknown'].includes(m.status))
      return all.some(m => JSON.stringify(m.parts).includes('And buns')) && !open.length && all
    })
    assert.deepEqual(
      messages.map(m => [m.direction, (m.parts[0] as { text: string }).text.slice(0, 8)]),
      [
        ['in', 'Do you h'],
        ['out', 'Yes!'],
        ['out', 'xxxxxxxx'],
        ['out', 'Did this'],
        ['out', 'And buns'],
      ],
    )
    world.act(liza.id, { do: 'look' })
    await waited(async () => {
      const ours = (await shop.messages(conversation.id)).filter(m => m.direction === 'out').slice(0, 3)
      return ours.every(m => m.status === 'read')
    })
  })

for (const wire of [messengerWire, instagramWire])
  test(`Through the whole of Parley: a question with cards by ${wire.kind} is one message, read when both are`, async t => {
    const { world, ...shop } = await openParley(t, wire)
    world.act(liza.id, { do: 'text', text: 'Which boots are there?' })
    const conversation = await waited(async () => (await shop.conversations())[0])
    const labels = ['A very long name of a boot', 'Another boot']
    const choices = labels.map((label, i) => ({ id: `boot ${i}`, label }))
    await shop.say(conversation.id, { type: 'choices', prompt: 'Which one?', choices })
    await until(() => world.bubbles.filter(b => b.from === 'business').length === 2)
    await world.settled()
    const ours = async () => (await shop.messages(conversation.id)).filter(m => m.direction === 'out')
    const [sent] = await waited(async () => (await ours()).some(m => /sent|delivered/.test(m.status)) && ours())
    // The question itself is quoted, whose id is not the one the message is known by.
    const question = world.bubbles.find(b => b.from === 'business')!
    world.act(liza.id, { do: 'text', text: 'What a question', replyTo: question.id })
    const quoting = await waited(async () =>
      (await shop.messages(conversation.id)).find(m => JSON.stringify(m.parts).includes('What a question')),
    )
    assert.equal(quoting.replyTo, sent!.id)
    world.act(liza.id, { do: 'look' })
    await waited(async () => (await ours())[0]?.status === 'read')
    await world.settled()
    assert.equal((await ours()).length, 1)
  })

async function waited<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = await look()
    if (found) return found
    await new Promise(done => setTimeout(done, 10))
  }
  throw new Error('what the test waited for did not come')
}
