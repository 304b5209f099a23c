import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { instagramWire, writeInInbox } from '../../sandbox/instagram.ts'
import { messengerWire } from '../../sandbox/messenger.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { until } from '../parley.ts'
import { liza } from './meta-stage.ts'
import { openShop } from './whole.ts'

/** All of Parley with one channel of Meta, whose webhook was entered by hand. */
async function openParley(t: TestContext, wire: Wire) {
  const shop = await openShop(t, wire, liza)
  shop.world.webhookUrl = shop.hook
  return shop
}

for (const [wire, longest] of [
  [messengerWire, 2000],
  [instagramWire, 1000],
] as const)
  test(`Through the whole of Parley: what Aino says by ${wire.kind} is there once, whatever echoes come`, async t => {
    const { world, ...shop } = await openParley(t, wire)
    world.act(liza.id, { do: 'text', text: 'Do you have rye bread?' })
    await world.settled()
    const conversation = await shop.first()
    await shop.say(conversation.id, 'Yes!')
    await shop.say(conversation.id, 'x'.repeat(longest + 10))
    const said = () => world.bubbles.filter(b => b.from === 'business').length
    await until(async () => said() === 3, 'both answers are on the phone')
    await world.settled()
    world.faults.loseAnswer = 1
    await shop.say(conversation.id, 'Did this arrive?')
    await until(async () => said() === 4, 'the one without an answer too')
    await world.settled()
    writeInInbox(world, liza.id, 'And buns.')
    await world.settled()
    const messages = await until(async () => {
      const all = await shop.messages(conversation.id)
      const open = all.filter(m => ['queued', 'sending', 'unknown'].includes(m.status))
      return all.some(m => JSON.stringify(m.parts).includes('And buns')) && !open.length && all
    }, 'all of it is in the thread')
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
    await until(async () => {
      const ours = (await shop.messages(conversation.id)).filter(m => m.direction === 'out').slice(0, 3)
      return ours.every(m => m.status === 'read')
    }, 'all of ours is read')
  })

for (const wire of [messengerWire, instagramWire])
  test(`Through the whole of Parley: a question with cards by ${wire.kind} is one message, read when both are`, async t => {
    const { world, ...shop } = await openParley(t, wire)
    world.act(liza.id, { do: 'text', text: 'Which boots are there?' })
    const conversation = await shop.first()
    const labels = ['A very long name of a boot', 'Another boot']
    const choices = labels.map((label, i) => ({ id: `boot ${i}`, label }))
    await shop.say(conversation.id, { type: 'choices', prompt: 'Which one?', choices })
    await until(
      async () => world.bubbles.filter(b => b.from === 'business').length === 2,
      'question and cards are there',
    )
    await world.settled()
    const ours = async () => (await shop.messages(conversation.id)).filter(m => m.direction === 'out')
    const [sent] = await until(
      async () => (await ours()).some(m => /sent|delivered/.test(m.status)) && ours(),
      'it is sent',
    )
    // The question itself is quoted, whose id is not the one the message is known by.
    const question = world.bubbles.find(b => b.from === 'business')!
    world.act(liza.id, { do: 'text', text: 'What a question', replyTo: question.id })
    const quoting = await until(
      async () => (await shop.messages(conversation.id)).find(m => JSON.stringify(m.parts).includes('What a question')),
      'the quoting answer is there',
    )
    assert.equal(quoting.replyTo, sent!.id)
    world.act(liza.id, { do: 'look' })
    await until(async () => (await ours())[0]?.status === 'read', 'both are read')
    await world.settled()
    assert.equal((await ours()).length, 1)
  })
