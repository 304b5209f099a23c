import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refused } from '../harness/api.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'

const people = {
  whatsapp: [folk.whatsapp, { ...folk.whatsapp, id: '358405550102', phone: '358405550102', name: 'Tarja' }],
  telegram: [folk.telegram],
  viber: [folk.viber],
}
const town = await openTown({ people })
const [, tarja] = people.whatsapp

for (const kind of ['whatsapp', 'telegram', 'viber'] as const)
  test(`who blocks us on ${kind} is not reached, and the agent is told why`, async () => {
    town.act(kind, { do: 'text', text: 'Stop writing to me' })
    const conversation = await town.conversation(kind)
    town.act(kind, { do: 'block' })
    if (kind === 'viber') {
      // Viber tells of it, so nothing is even sent.
      await until('the customer counts as opted out', async () => (await town.conversation(kind)).optedOut)
      await assert.rejects(town.answer(conversation, 'Sorry!'), (error: Refused) => error.status === 422)
      return
    }
    const { id } = await town.answer(conversation, 'Sorry!')
    const failed = await town.message(conversation, 'it failed', m => m.id === id && m.status === 'failed')
    assert.equal(failed.failure?.why, 'blocked')
    assert.ok(failed.failure.detail.length > 10)
  })

test('a day after the last word only a template goes, and the refusal says so', async () => {
  const world = town.world('whatsapp')
  const conversation = await written(tarja!, Date.now() - 25 * 3_600_000)
  await assert.rejects(town.answer(conversation, 'Your order is ready'), (error: Refused) => {
    assert.ok(error instanceof Refused)
    assert.equal(error.status, 422)
    assert.equal(error.problem.but, 'template')
    return true
  })
  const template = { type: 'template' as const, name: 'order_shipped', language: 'en_US', values: ['Tarja', '77'] }
  const { id } = await town.answer(conversation, [template])
  await town.message(conversation, 'the template is delivered', m => m.id === id && m.status === 'delivered')
  assert.ok(world.bubbles.some(b => b.person === tarja!.id && JSON.stringify(b.parts).includes('order 77')))
})

/** This person wrote at that time; the webhook took as long as that to come. */
async function written(person: (typeof people.whatsapp)[number], at: number) {
  const world = town.world('whatsapp')
  const real = world.now
  world.now = () => new Date(at)
  town.act('whatsapp', { do: 'text', text: 'Is my order ready?' }, person)
  world.now = real
  return town.conversation('whatsapp', person)
}
