import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { revoke } from '../../sandbox/wechat/api.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { wechat } from '../../src/channels/wechat/index.ts'
import { createIo } from './io.ts'
import { comesOutOfOrder, forgeryIsRefused, isGone, isHadTheThirdTime } from './ordered.ts'
import { inTouch, mei, type Stage, to, writes } from './wechat-stage.ts'
import { nowhere, png, whyNot } from './wired.ts'

const piece: Piece = { type: 'text', text: 'hello' }

describe('wechat: ordered faults', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  beforeEach(() => writes(stage))
  after(() => stage.close())

  test('an event delivered three times carries one id, also when it has no MsgId', async () => {
    stage.world.faults.duplicate = 2
    stage.world.act(mei.id, { do: 'text', text: 'once' })
    stage.world.act(mei.id, { do: 'press', bubble: 'menu', choice: 'HOURS' })
    stage.world.faults.duplicate = 0
    for (const type of ['message', 'chosen'] as const) {
      const events = await stage.business.heard(type, 3)
      assert.equal(new Set(events.map(e => e.id)).size, 1)
    }
    await stage.world.settled()
  })
  test('deliveries may come late and in the wrong order', async () => {
    await comesOutOfOrder(stage, mei)
  })
  test('a forged delivery is refused, and the true one follows', () => forgeryIsRefused(stage, mei))
  test('a lost answer is unknown although the message was sent', async () => {
    const sent = stage.world.bubbles.length
    assert.ok((await wechat.send(piece, to, stage.io)).ok)
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await wechat.send(piece, to, stage.io)), 'unknown')
    assert.equal(stage.world.bubbles.length, sent + 2)
  })
  test('a lost answer to an upload or a token is just tried again later', async () => {
    stage.files.set('/m/1', { bytes: png, mime: 'image/png', name: 'a.png' })
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await wechat.send({ type: 'image', url: '/m/1' }, to, stage.io)), 'down')
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await wechat.send(piece, to, createIo(stage.io.settings))), 'down')
  })
  test('a limit tells to wait a minute, an outage is retried, nobody there is down', async () => {
    stage.world.faults.rate = 1
    const limited = await wechat.send(piece, to, stage.io)
    assert.deepEqual([whyNot(limited), !limited.ok && limited.retryAfterSeconds], ['rate', 60])
    stage.world.faults.down = 1
    assert.equal(whyNot(await wechat.send(piece, to, stage.io)), 'down')
    assert.equal(
      whyNot(await wechat.send(piece, to, createIo({ ...stage.io.settings, baseUrl: await nowhere() }))),
      'down',
    )
    assert.equal(whyNot(await wechat.send(piece, to, stage.io)), 'ok')
  })
  test('a token that ended early is renewed unseen, one that is always refused asks to connect again', async () => {
    assert.ok((await wechat.send(piece, to, stage.io)).ok)
    revoke(stage.world)
    assert.ok((await wechat.send(piece, to, stage.io)).ok)
    stage.world.faults.token = true
    assert.equal(whyNot(await wechat.send(piece, to, stage.io)), 'auth')
    stage.world.faults.token = false
    assert.ok((await wechat.send(piece, to, stage.io)).ok)
  })
  test('a file that fails twice is had at the third time, one that is gone has words', async () => {
    stage.world.act(mei.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' })
    const [message] = await stage.business.heard('message')
    const part = message!.parts[0]!
    assert.ok(part.type === 'image' && part.ref)
    const { ref } = part
    await isHadTheThirdTime(stage.world, () => wechat.media!(ref, stage.io))
    stage.world.files.clear()
    await isGone(() => wechat.media!(ref, stage.io), /does not know the file/)
  })
})
