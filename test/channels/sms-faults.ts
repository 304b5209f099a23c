import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { noFaults } from '../../sandbox/faults.ts'
import type { Wire } from '../../sandbox/wire.ts'
import type { Adapter } from '../../src/channels/contract.ts'
import { isGone, isHadTheThirdTime } from './ordered.ts'
import { anna, openStage, outgoing, type Stage } from './sms-stage.ts'
import { nowhere, png } from './wired.ts'

interface Carrier<S> {
  name: string
  wire: Wire
  adapter: Adapter<S>
  /** The number of Anna as the carrier writes it. */
  to: string
}

/** The tests of what goes wrong between us and a carrier of text messages and files. */
export function testFaults<S extends object>({ name, wire, adapter, to }: Carrier<S>): void {
  let s: Stage<S>
  before(async () => {
    s = await openStage(wire, adapter)
    assert.ok((await adapter.setup!(s.hookUrl, s.io)).ok)
  })
  beforeEach(() => void Object.assign(s.world.faults, noFaults()))
  after(() => s.close())

  const say = () => s.send({ type: 'text', text: 'Hi' }, to)
  const why = async () => {
    const result = await say()
    return result.ok ? 'ok' : result.why
  }

  test(`${name} down and back again is waited for`, async () => {
    s.world.faults.down = 2
    assert.deepEqual([await why(), await why(), await why()], ['down', 'down', 'ok'])
    const gone = { ...s.io, settings: { ...s.settings, baseUrl: await nowhere() } }
    const refused = await adapter.send({ type: 'text', text: 'Hi' }, outgoing(to), gone)
    assert.equal(!refused.ok && refused.why, 'down')
  })
  test(`too many calls are told with the hint of ${name}, or without one`, async () => {
    Object.assign(s.world.faults, { rate: 1, retryAfter: 9 })
    const hinted = await say()
    assert.deepEqual(!hinted.ok && [hinted.why, hinted.retryAfterSeconds], ['rate', 9])
    Object.assign(s.world.faults, { rate: 1, retryAfter: 0 })
    const bare = await say()
    assert.deepEqual(!bare.ok && [bare.why, bare.retryAfterSeconds], ['rate', 1])
  })
  test('a token that was changed asks for a new connection', async () => {
    s.world.faults.token = true
    assert.equal(await why(), 'auth')
    const setup = await adapter.setup!(s.hookUrl, s.io)
    assert.equal(!setup.ok && setup.why, 'auth')
  })
  test('a lost answer is not repeated, and the report settles it by our key', async () => {
    const before = s.world.bubbles.length
    s.world.faults.loseAnswer = 1
    const lost = await s.send({ type: 'text', text: 'Did it arrive?' }, to, 'key-of-the-lost')
    assert.equal(!lost.ok && lost.why, 'unknown')
    assert.equal(s.world.bubbles.length, before + 1)
    const receipts = await s.receipts(s.world.bubbles.at(-1)!.id)
    assert.ok(receipts.every(receipt => receipt.key === 'key-of-the-lost'))
  })
  test('a webhook that comes three times has the same ids each time', async () => {
    s.world.faults.duplicate = 2
    const events = await s.told({ do: 'text', text: 'STOP' })
    s.world.faults.duplicate = 0
    await s.told({ do: 'text', text: 'START' })
    assert.equal(events.length, 6)
    assert.deepEqual([...new Set(events.map(e => e.id))], [events[0]!.id, events[1]!.id])
  })
  test('a webhook whose answer is lost, and one that was late, come all the same', async () => {
    s.world.faults.ignoreAnswer = 1
    const twice = await s.told({ do: 'text', text: 'Hello?' })
    assert.equal(twice.length, 2)
    assert.deepEqual(twice[0], twice[1])
    s.world.faults.lateMs = 5
    assert.equal((await s.told({ do: 'text', text: 'Late' })).length, 1)
  })
  test('messages out of order keep their ids and words', async () => {
    s.world.faults.reorder = 2
    s.world.act(anna.id, { do: 'text', text: 'first' })
    const events = await s.told({ do: 'text', text: 'second' })
    assert.deepEqual(
      events.map(e => e.type === 'message' && e.parts[0]!.type === 'text' && e.parts[0].text),
      ['second', 'first'],
    )
  })
  test('a forged webhook is refused, the genuine one behind it is taken', async () => {
    s.world.faults.forge = 1
    const before = s.arrived.length
    assert.equal((await s.told({ do: 'text', text: 'Really me' })).length, 1)
    assert.deepEqual(
      s.arrived.slice(before).map(a => a.verdict),
      ['reject', 'accept'],
    )
  })
  test('a file that fails twice is had the third time, one that is deleted never', async () => {
    const [event] = await s.told({ do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a' })
    assert.ok(event?.type === 'message' && event.parts[0]!.type === 'image')
    const { ref } = event.parts[0]
    const fetch = () => adapter.media!(ref!, s.io)
    await isHadTheThirdTime(s.world, fetch)
    s.world.files.clear()
    await isGone(fetch, /no longer kept/)
  })
}
