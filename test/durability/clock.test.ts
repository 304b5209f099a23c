import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SendResult } from '../../src/channels/contract.ts'
import { said } from '../fake-channel.ts'
import { textOf } from '../harness/words.ts'
import { testParley } from '../parley.ts'

const hour = 3_600_000

/** Anna and an agent take turns; between two turns the server's clock jumps by so much. */
async function talk(t: Parameters<typeof testParley>[0], jumpMs: number) {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'))
  const { id } = await p.theOne()
  await p.say(id, 'two')
  await p.quiet()
  p.time.offset += jumpMs
  await p.say(id, 'three')
  await p.quiet()
  await p.hear(said('anna', 'four', { at: new Date(Date.now() + Math.max(0, jumpMs)) }))
  await p.say(id, 'five')
  await p.quiet()
  return p
}

for (const [name, jump] of [
  ['back an hour', -hour],
  ['forward a day', 24 * hour],
] as const)
  test(`a clock that jumps ${name} in the middle of a talk loses nothing and sends everything once`, async t => {
    const p = await talk(t, jump)
    assert.deepEqual(
      p.fake.sent.map(s => textOf({ parts: [s.piece] })),
      ['two', 'three', 'five'],
    )
    const { messages } = await p.theOne()
    assert.deepEqual(messages.map(textOf).sort(), ['five', 'four', 'one', 'three', 'two'])
    assert.ok(messages.every(m => m.direction === 'in' || m.status === 'sent'))
  })

test('a clock that jumps back keeps the thread in the order of speaking', async t => {
  const p = await talk(t, -hour)
  assert.deepEqual((await p.theOne()).messages.map(textOf), ['one', 'two', 'three', 'four', 'five'])
})

for (const [name, jump] of [
  ['back', -hour],
  ['forward', hour],
] as const)
  test(`what waits for a provider that is down goes out, though the clock jumps ${name} while it waits`, async t => {
    const p = await testParley(t)
    await p.hear(said('anna', 'Hello'))
    const { id } = await p.theOne()
    let down = true
    const taken = p.fake.answer
    p.fake.answer = (...a): SendResult | Promise<SendResult> =>
      down ? { ok: false, why: 'down', detail: 'away' } : taken(...a)
    await p.say(id, 'Good morning')
    await p.quiet()
    p.time.offset += jump
    down = false
    // Whoever set the clock back an hour waits that hour, or presses "send again"; a test need not.
    if (jump < 0) await p.hurry()
    p.wakeJobs()
    await p.quiet()
    assert.equal((await p.theOne()).messages.at(-1)!.status, 'sent')
  })
