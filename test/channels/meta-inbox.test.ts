import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { instagramWire, writeInInbox } from '../../sandbox/instagram.ts'
import { messengerWire } from '../../sandbox/messenger.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { liza } from './meta-stage.ts'
import { until } from './whatsapp-stage.ts'
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
