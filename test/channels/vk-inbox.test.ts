import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { commentOn } from '../../sandbox/vk/comments.ts'
import { answerInVk } from '../../sandbox/vk/messages.ts'
import type { Message } from '../../src/api/shapes.ts'
import { vk } from '../../src/channels/vk/index.ts'
import { until } from '../parley.ts'
import { anna, openStage } from './vk-stage.ts'
import { wholeParley } from './whole.ts'

/** All of Parley with one community of VK. */
async function openParley(t: TestContext, receive: 'callback' | 'longpoll') {
  const whole = await wholeParley(t, 'vk')
  const stage = await openStage({ receive })
  t.after(() => stage.close())
  const channelId = await whole.connect('vk', stage.settings)
  const connected = await vk.setup!(`${whole.url}/hooks/${channelId}`, stage.io)
  assert.ok(connected.ok, JSON.stringify(connected))
  return { ...whole, stage, quiet: () => whole.parley.worker.idle() }
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
