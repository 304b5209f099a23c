import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { instagramWire } from '../../sandbox/instagram.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { instagram } from '../../src/channels/instagram/index.ts'
import type { Settings } from '../../src/channels/instagram/settings.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import { testFaults } from './meta-told.ts'
import { nowhere, whyNot } from './wired.ts'

const hello: Piece = { type: 'text', text: 'Hi' }
const to = { address: liza.id as never, key: 'k' }

describe('instagram: when things go wrong', () => {
  let stage: Stage<Settings>
  before(async () => {
    stage = await metaStage<Settings>(instagram, instagramWire)
    stage.world.webhookUrl = stage.hookUrl
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'Hello' }))
  })
  after(() => stage.close())

  test('Meta is down, then back', async () => {
    stage.world.faults.down = 1
    assert.equal(whyNot(await stage.send(hello)), 'down')
    assert.equal(whyNot(await stage.send(hello)), 'ok')
    assert.equal(whyNot(await instagram.send(hello, to, stage.at({ baseUrl: await nowhere() }))), 'down')
  })
  test('a limit is told with how long to wait', async () => {
    stage.world.faults.rate = 1
    stage.world.faults.retryAfter = 42
    const hinted = await stage.send(hello)
    assert.deepEqual([whyNot(hinted), !hinted.ok && hinted.retryAfterSeconds], ['rate', 42])
  })
  test('a token that could not be renewed today goes on being used, and nobody is bothered', async () => {
    let asked = 0
    const io = stage.at({})
    await io.token('access', async ({ settings }) => ({
      value: settings.accessToken,
      expiresAt: new Date(Date.now() + 50 * 86_400_000),
    }))
    const failing: typeof io = {
      ...io,
      http: call => {
        if (call.url.includes('refresh_access_token')) stage.world.faults.down = ++asked
        return io.http(call)
      },
    }
    const result = await instagram.tend!.run(stage.hookUrl, failing)
    assert.ok(result.ok && result.warning === undefined, JSON.stringify(result))
    assert.equal(asked, 1)
    assert.equal(whyNot(await instagram.send(hello, to, io)), 'ok')
  })
  test('a lost answer is unknown, to an upload it is tried again', async () => {
    const bubbles = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await stage.send(hello)), 'unknown')
    assert.equal(stage.world.bubbles.length, bubbles + 1)
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await stage.send({ type: 'image', url: '/m/1' })), 'down')
    assert.equal(stage.world.bubbles.length, bubbles + 1)
  })
  test('the same webhook three times makes the same events, and order does not matter', async () => {
    await stage.world.settled()
    let from = stage.events.length
    stage.world.faults.duplicate = 2
    stage.world.act(liza.id, { do: 'text', text: 'once' })
    stage.world.faults.duplicate = 0
    await stage.world.settled()
    const events = stage.events.slice(from)
    assert.deepEqual([events.length, new Set(events.map(e => JSON.stringify(e))).size], [3, 1])
    from = stage.events.length
    stage.world.faults.reorder = 3
    for (const text of ['1', '2', '3']) stage.world.act(liza.id, { do: 'text', text })
    await stage.world.settled()
    assert.equal(new Set(stage.events.slice(from).map(e => e.id)).size, 3)
  })
  testFaults(() => stage, instagram)
})
