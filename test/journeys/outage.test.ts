import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Conversation, Message } from '../../src/api/shapes.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'

const town = await openTown()
const messengers = ['whatsapp', 'telegram', 'viber'] as const
type Messenger = (typeof messengers)[number]

async function begin(kind: Messenger): Promise<Conversation> {
  town.act(kind, { do: 'text', text: 'Are you there?' })
  return town.conversation(kind)
}

const status = (conversation: Conversation, { id }: Message, ...fit: string[]) =>
  town.message(conversation, `message ${id} is ${fit.join(' or ')}`, m => m.id === id && fit.includes(m.status))

const onPhone = (kind: Messenger) =>
  town
    .world(kind)
    .bubbles.filter(b => b.person === folk[kind].id && b.from === 'business')
    .map(textOf)

// Each messenger by itself, the three beside each other.
describe('outages', { concurrency: messengers.length }, () => {
  for (const kind of messengers)
    describe(kind, { concurrency: 1 }, () => {
      waits(kind)
      slowsDown(kind)
      // Only WhatsApp hands our own key back with its receipts.
      if (kind === 'whatsapp') settled()
      else uncertain(kind)
      refusesToken(kind)
    })
})

function waits(kind: Messenger): void {
  test(`answers wait while ${kind} is down and go out in their order when it is back`, async () => {
    const conversation = await begin(kind)
    const { faults } = town.world(kind)
    faults.down = 2
    const said = ['We are.', 'Fresh bread too.', 'Come by!']
    const answers: Message[] = []
    for (const text of said) answers.push(await town.answer(conversation, text))
    for (const answer of answers) await status(conversation, answer, 'sent', 'delivered')
    assert.deepEqual(onPhone(kind), said)
  })
}

function slowsDown(kind: Messenger): void {
  test(`when ${kind} says to slow down, Parley does, and the answer goes out once`, async () => {
    const conversation = await begin(kind)
    Object.assign(town.world(kind).faults, { rate: 1, retryAfter: 1 })
    const answer = await town.answer(conversation, 'Slowly, slowly')
    await status(conversation, answer, 'sent', 'delivered')
    assert.equal(onPhone(kind).filter(text => text === 'Slowly, slowly').length, 1)
  })
}

function settled(): void {
  test('an answer of WhatsApp that got lost is settled by the receipt, and nothing is sent twice', async () => {
    const conversation = await begin('whatsapp')
    town.world('whatsapp').faults.loseAnswer = 1
    const answer = await town.answer(conversation, 'Did you get this?')
    await status(conversation, answer, 'delivered')
    assert.equal(onPhone('whatsapp').filter(text => text === 'Did you get this?').length, 1)
  })
}

function uncertain(kind: Messenger): void {
  test(`an answer of ${kind} that got lost is uncertain until the agent says “send again”`, async () => {
    const conversation = await begin(kind)
    town.world(kind).faults.loseAnswer = 1
    const answer = await town.answer(conversation, 'Is anybody there?')
    const lost = await status(conversation, answer, 'unknown')
    assert.equal(lost.failure?.why, 'unknown')
    assert.equal(onPhone(kind).filter(text => text === 'Is anybody there?').length, 1)
    await town.api('POST', `/conversations/${conversation.id}/messages/${answer.id}/resend`)
    await status(conversation, answer, 'sent', 'delivered')
    assert.equal(onPhone(kind).filter(text => text === 'Is anybody there?').length, 2)
  })
}

function refusesToken(kind: Messenger): void {
  test(`when ${kind} refuses the token, the channel raises an alarm, and new settings send all that waited`, async () => {
    const conversation = await begin(kind)
    const world = town.world(kind)
    world.faults.token = true
    const answers = [await town.answer(conversation, 'First'), await town.answer(conversation, 'Second')]
    const sick = await until(`${kind} raises an alarm`, async () => {
      const channel = await town.channelNow(kind)
      return channel.health.problems.some(p => p.code === 'reconnect') ? channel : undefined
    })
    assert.equal(sick.health.state, 'alarm')
    world.faults.token = false
    await town.api('PATCH', `/channels/${sick.id}`, { settings: world.wire.settings(world) })
    for (const answer of answers) await status(conversation, answer, 'sent', 'delivered')
    assert.deepEqual(onPhone(kind).slice(-2), ['First', 'Second'])
    assert.notEqual((await town.channelNow(kind)).health.state, 'alarm')
  })
}
