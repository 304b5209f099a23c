import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { pino } from 'pino'
import { twilioWire } from '../../sandbox/twilio.ts'
import { vonageWire } from '../../sandbox/vonage.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { createWorld } from '../../sandbox/world.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { Message } from '../../src/api/shapes.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel, setUp } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { anna } from './sms-stage.ts'
import { png } from './wired.ts'

const publicUrl = 'https://chat.example'

/** All of Parley with one channel, connected to the simulator of its network. */
async function openParley(t: TestContext, wire: Wire) {
  let close = async () => {}
  t.after(() => close())
  const db = await testDatabase(t)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-sms-'))
  const config = readConfig({ PARLEY_DATA: data, PARLEY_PUBLIC_URL: publicUrl, PARLEY_SECRET_KEY: 'ab'.repeat(32) })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  const world = createWorld(wire, { name: 'Rowan & Rye', people: [anna], haste: 100 })
  const provider = Fastify()
  provider.register(async scope => world.mount(scope, ''))
  close = async () => {
    world.close()
    await provider.close()
    await parley.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const url = await parley.app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = await provider.listen({ host: '127.0.0.1', port: 0 })
  world.reach = to => to.replace(publicUrl, url)
  const workspaceId = await makeWorkspace(db, `sms-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = { ...wire.settings(world), baseUrl: world.baseUrl }
  const made = await connectChannel(parley, workspaceId, { kind: wire.kind, name: 'Shop', settings })
  assert.ok(made.ok && aino, JSON.stringify(made))
  const connected = await setUp(parley, workspaceId, made.channel.id)
  assert.ok(connected?.ok, JSON.stringify(connected))
  const conversations = async () =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items
  const messages = async () => {
    const [conversation] = await conversations()
    if (!conversation) return []
    return (await listMessages(db, workspaceId, { conversationId: conversation.id, limit: 100 })).items.reverse()
  }
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  return {
    world,
    conversations,
    /** The newest message that is so. */
    message: (so: (message: Message) => boolean, what: string) =>
      until(async () => (await messages()).findLast(so), what),
    async say(text: string) {
      const [conversation] = await conversations()
      const parts = [{ type: 'text' as const, text }]
      return reply(parley, { workspaceId, conversationId: conversation!.id, parts, clientId: randomUUID(), by })
    },
  }
}

const says = (words: string) => (message: Message) =>
  message.parts.some(part => part.type === 'text' && part.text === words)

for (const wire of [twilioWire, vonageWire])
  test(`through the whole of Parley, ${wire.kind}: words and pictures come, answers go, STOP and START are obeyed`, async t => {
    const { world, message, say, conversations } = await openParley(t, wire)
    world.act(anna.id, { do: 'text', text: 'Onko ruisleipää?' })
    const asked = await message(says('Onko ruisleipää?'), 'the question arrives')
    assert.equal(asked.direction, 'in')
    const [conversation] = await conversations()
    assert.match(JSON.stringify(conversation), /358401234567/)

    await say('On, tule vain! 🍞')
    await message(m => says('On, tule vain! 🍞')(m) && m.status === 'delivered', 'the answer is told delivered')
    assert.ok(world.bubbles.some(bubble => bubble.parts.some(p => p.type === 'text' && p.text === 'On, tule vain! 🍞')))

    world.act(anna.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' })
    const isThere = (m: Message) => m.parts.some(p => p.type === 'image' && p.state !== 'pending')
    const picture = await message(isThere, 'the picture is fetched')
    assert.notEqual((picture.parts[0] as { state?: string }).state, 'failed', JSON.stringify(picture))

    world.faults.loseAnswer = 1
    await say('Did this arrive?')
    await message(m => says('Did this arrive?')(m) && m.status === 'delivered', 'the report settles the lost answer')
    assert.equal(
      world.bubbles.filter(b => b.parts.some(p => p.type === 'text' && p.text === 'Did this arrive?')).length,
      1,
    )

    world.act(anna.id, { do: 'block' })
    await message(says('STOP'), 'her STOP is shown')
    const refused = await say('Are you sure?')
    assert.ok(!refused.ok, JSON.stringify(refused))
    assert.match(JSON.stringify(refused), /opted-out/)
    world.act(anna.id, { do: 'unblock' })
    await message(says('START'), 'her START is shown')
    assert.ok((await say('Welcome back')).ok)
    await message(m => says('Welcome back')(m) && m.status === 'delivered', 'the way is open again')
  })
