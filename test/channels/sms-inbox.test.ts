import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { twilioWire } from '../../sandbox/twilio.ts'
import { vonageWire } from '../../sandbox/vonage.ts'
import type { Wire } from '../../sandbox/wire.ts'
import type { Message } from '../../src/api/shapes.ts'
import { setUp } from '../../src/connections/connect.ts'
import { until } from '../parley.ts'
import { anna } from './sms-stage.ts'
import { openShop, publicUrl } from './whole.ts'
import { png } from './wired.ts'

/** All of Parley with one channel, connected to the simulator of its network. */
async function openParley(t: TestContext, wire: Wire) {
  const shop = await openShop(t, wire, anna)
  const { parley, workspaceId, channelId, conversations, world, url } = shop
  world.reach = to => to.replace(publicUrl, url)
  const connected = await setUp(parley, workspaceId, channelId)
  assert.ok(connected?.ok, JSON.stringify(connected))
  const messages = async () => {
    const [conversation] = await conversations()
    return conversation ? shop.messages(conversation.id) : []
  }
  return {
    world,
    conversations,
    /** The newest message that is so. */
    message: (so: (message: Message) => boolean, what: string) =>
      until(async () => (await messages()).findLast(so), what),
    say: async (text: string) => shop.say((await conversations())[0]!.id, text),
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
