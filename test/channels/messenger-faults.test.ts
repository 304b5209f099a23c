import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { messengerWire } from '../../sandbox/messenger.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { messenger } from '../../src/channels/messenger/index.ts'
import type { Settings } from '../../src/channels/messenger/settings.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import { testFaults } from './meta-told.ts'
import { nowhere, whyNot } from './wired.ts'

const hello: Piece = { type: 'text', text: 'Hi' }

describe('messenger: when things go wrong', () => {
  let stage: Stage<Settings>
  before(async () => {
    stage = await metaStage<Settings>(messenger, messengerWire)
    assert.ok((await messenger.setup!(stage.hookUrl, stage.io)).ok)
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'Hello' }))
  })
  after(() => stage.close())

  test('Meta is down, then back', async () => {
    stage.world.faults.down = 2
    assert.deepEqual(
      [whyNot(await stage.send(hello)), whyNot(await stage.send(hello)), whyNot(await stage.send(hello))],
      ['down', 'down', 'ok'],
    )
    assert.equal(whyNot(await messenger.send(hello, to(), stage.at({ baseUrl: await nowhere() }))), 'down')
  })
  test('a limit is told with and without a hint', async () => {
    stage.world.faults.rate = 1
    stage.world.faults.retryAfter = 42
    const hinted = await stage.send(hello)
    assert.deepEqual([whyNot(hinted), !hinted.ok && hinted.retryAfterSeconds], ['rate', 42])
  })
  test('a lost answer is unknown until the echo brings our key back', async () => {
    await stage.world.settled()
    const from = stage.events.length
    const bubbles = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await stage.send(hello, { key: 'lost-one' })), 'unknown')
    await stage.count('watermark', 1)
    await stage.world.settled()
    const receipt = stage.events.slice(from).find(e => e.type === 'receipt' && e.key === 'lost-one')
    assert.equal(receipt?.type === 'receipt' && receipt.of, stage.world.bubbles.at(-1)!.id)
    assert.equal(stage.world.bubbles.length, bubbles + 1)
  })
  test('a lost answer to an upload is tried again: nobody has seen anything', async () => {
    const bubbles = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await stage.send({ type: 'image', url: '/m/1' })), 'down')
    assert.equal(stage.world.bubbles.length, bubbles)
  })
  test('cards that fail after their question are for an agent to see', async () => {
    const choices = [{ id: 'a', label: 'A long name of a boot' }]
    const io = { ...stage.io, calls: 0 }
    const failing: typeof stage.io = {
      ...io,
      http: call => {
        io.calls += 1
        if (io.calls === 2) stage.world.faults.down = 1
        return stage.io.http(call)
      },
    }
    const result = await messenger.send({ type: 'choices', prompt: 'Which?', choices }, to(), failing)
    assert.equal(whyNot(result), 'unknown')
    assert.match(result.ok ? '' : result.detail, /question was sent/)
  })
  test('the same webhook three times makes the same events', async () => {
    await stage.world.settled()
    const from = stage.events.length
    stage.world.faults.duplicate = 2
    stage.world.act(liza.id, { do: 'text', text: 'once' })
    stage.world.faults.duplicate = 0
    await stage.world.settled()
    const events = stage.events.slice(from)
    assert.equal(events.length, 3)
    assert.equal(new Set(events.map(e => JSON.stringify(e))).size, 1)
  })
  test('late and out of order changes nothing but the order', async () => {
    const from = stage.events.length
    stage.world.faults.reorder = 3
    for (const text of ['1', '2', '3']) stage.world.act(liza.id, { do: 'text', text })
    await stage.world.settled()
    const said = stage.events.slice(from).flatMap(e => (e.type === 'message' ? [e] : []))
    assert.equal(said.length, 3)
    const byTime = said.toSorted((a, b) => a.at.getTime() - b.at.getTime())
    assert.equal(new Set(byTime.map(e => e.id)).size, 3)
  })
  testFaults(() => stage, messenger)
})

const to = () => ({ address: liza.id as never, key: 'k' })
