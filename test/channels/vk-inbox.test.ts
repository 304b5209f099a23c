import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { commentOn } from '../../sandbox/vk/comments.ts'
import { answerInVk } from '../../sandbox/vk/messages.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { Message } from '../../src/api/shapes.ts'
import { vk } from '../../src/channels/vk/index.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { anna, openStage } from './vk-stage.ts'

/** All of Parley with one community of VK and its agent Aino. */
async function openParley(t: TestContext, receive: 'callback' | 'longpoll') {
  let close = async () => {}
  t.after(() => close())
  const stage = await openStage({ receive })
  const db = await testDatabase(t)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-vk-'))
  const config = readConfig({
    PARLEY_DATA: data,
    PARLEY_PUBLIC_URL: 'https://chat.example',
    PARLEY_SECRET_KEY: 'ab'.repeat(32),
  })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  close = async () => {
    await parley.close()
    await stage.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const workspaceId = await makeWorkspace(db, `vk-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = stage.io.settings as unknown as Record<string, unknown>
  const made = await connectChannel(parley, workspaceId, { kind: 'vk', name: 'Community', settings })
  assert.ok(made.ok && aino, JSON.stringify(made))
  const url = await parley.app.listen({ host: '127.0.0.1', port: 0 })
  const connected = await vk.setup!(`${url}/hooks/${made.channel.id}`, stage.io)
  assert.ok(connected.ok, JSON.stringify(connected))
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const conversations = async () =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items
  const messages = async (conversationId: string) =>
    (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse()
  return {
    stage,
    conversations,
    messages,
    quiet: () => parley.worker.idle(),
    first: () => until(async () => (await conversations())[0], 'somebody has written'),
    say: (conversationId: string, text: string) =>
      reply(parley, { workspaceId, conversationId, parts: [{ type: 'text', text }], clientId: randomUUID(), by }),
  }
}

const words = (list: Message[]) =>
  list.map(({ direction, parts }) => `${direction} ${(parts[0] as { text: string }).text}`)

test('Through the whole of Parley: what Aino answers stands in the thread once and is read up to the last line', async t => {
  const shop = await openParley(t, 'callback')
  const { world } = shop.stage
  world.act(anna.id, { do: 'text', text: 'Do you have rye bread?' })
  const { id } = await shop.first()
  for (const text of ['We do', 'How many?']) {
    await shop.say(id, text)
    await shop.quiet()
  }
  await until(async () => world.bubbles.length === 3, 'both answers are on the phone')
  await world.settled()
  world.act(anna.id, { do: 'look' })
  await until(
    async () => (await shop.messages(id)).every(m => m.direction === 'in' || m.status === 'read'),
    'all is read',
  )
  assert.deepEqual(words(await shop.messages(id)), ['in Do you have rye bread?', 'out We do', 'out How many?'])
  assert.equal(world.log.filter(line => line.way === 'out' && !line.result.startsWith('200')).length, 0)
})

test('Through the whole of Parley: what a colleague answers in VK itself is shown, once', async t => {
  const shop = await openParley(t, 'callback')
  const { world } = shop.stage
  world.act(anna.id, { do: 'text', text: 'Anybody there?' })
  const { id } = await shop.first()
  world.faults.duplicate = 1
  answerInVk('From my phone', anna, world)
  await until(async () => (await shop.messages(id)).length === 2, 'the answer is in the thread')
  await world.settled()
  assert.deepEqual(words(await shop.messages(id)), ['in Anybody there?', 'out From my phone'])
})

test('Through the whole of Parley: a comment is a conversation of its own, and the answer stands below it', async t => {
  const shop = await openParley(t, 'callback')
  const { world } = shop.stage
  const asked = commentOn('How much?', { person: anna }, world)
  const { id } = await shop.first()
  await shop.say(id, '350 ₽')
  const answer = await until(
    async () => world.bubbles.find(bubble => bubble.from === 'business'),
    'the comment is there',
  )
  assert.deepEqual(answer.parts, [{ type: 'text', text: '350 ₽' }])
  assert.ok(asked)
  await world.settled()
  assert.deepEqual(words(await shop.messages(id)), ['in How much?', 'out 350 ₽'])
})

test('Through the whole of Parley: with the long poll nothing needs to reach us', async t => {
  const shop = await openParley(t, 'longpoll')
  const { world } = shop.stage
  const asked = async () => world.log.some(line => line.what === `GET ${world.account.id}`)
  await until(asked, 'Parley asks: what happened before the first question is not told')
  world.act(anna.id, { do: 'text', text: 'Do you have rye bread?' })
  const { id } = await shop.first()
  await shop.say(id, 'We do')
  await until(async () => world.bubbles.length === 2, 'the answer is on the phone')
  world.act(anna.id, { do: 'look' })
  await until(async () => (await shop.messages(id)).at(-1)!.status === 'read', 'it is read')
  assert.deepEqual(words(await shop.messages(id)), ['in Do you have rye bread?', 'out We do'])
  assert.equal(world.webhookUrl, undefined)
})
