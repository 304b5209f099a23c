import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { communityOf } from '../../sandbox/vk/account.ts'
import { forgetUpdates } from '../../sandbox/vk/longpoll.ts'
import { type Piece, Refused } from '../../src/channels/contract.ts'
import { vk } from '../../src/channels/vk/index.ts'
import { createIo } from './io.ts'
import { comesOutOfOrder, forgeryIsRefused, isGone, isHadTheThirdTime, wordsOf } from './ordered.ts'
import { anna, fresh, inTouch, openStage, type Stage, startListening } from './vk-stage.ts'
import { nowhere, png } from './wired.ts'

const piece: Piece = { type: 'text', text: 'hello' }

describe('vk: ordered faults', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
    stage.files.set('/m/png', { bytes: png, mime: 'image/png', name: 'a.png' })
  })
  after(() => stage.close())

  test('an event that comes three times has one id', async () => {
    stage.business.forget()
    stage.world.faults.duplicate = 2
    stage.world.act(anna.id, { do: 'text', text: 'once' })
    stage.world.act(anna.id, { do: 'react', bubble: stage.world.bubbles[0]!.id, emoji: '👍' })
    stage.world.faults.duplicate = 0
    for (const type of ['message', 'reaction'] as const) {
      const heard = await stage.business.heard(type, 3)
      assert.equal(new Set(heard.map(event => event.id)).size, 1)
    }
  })
  test('events may come late and in the wrong order, with the numbers that put them right', async () => {
    const messages = await comesOutOfOrder(stage, anna)
    const inOrder = messages.toSorted((a, b) => a.order! - b.order!)
    assert.deepEqual(wordsOf(inOrder), ['one', 'two', 'three'])
  })
  test('a forged event is refused, and the true one follows', () => forgeryIsRefused(stage, anna))
  test('a lost answer is unknown, and the second try with the same key sends nothing twice', async () => {
    const before = stage.world.bubbles.length
    const where = fresh()
    stage.world.faults.loseAnswer = 1
    const lost = await vk.send(piece, where, stage.io)
    assert.equal(lost.ok ? '' : lost.why, 'unknown')
    const again = await vk.send(piece, where, stage.io)
    assert.ok(again.ok)
    assert.equal(stage.world.bubbles.length, before + 1)
    assert.equal(stage.world.bubbles.at(-1)?.id, again.id)
  })
  test('an answer lost on the way to the upload is a failure to repeat, not a doubt', async () => {
    stage.world.faults.loseAnswer = 1
    const lost = await vk.send({ type: 'image', url: '/m/png' }, fresh(), stage.io)
    assert.equal(lost.ok ? '' : lost.why, 'down')
    assert.ok((await vk.send({ type: 'image', url: '/m/png' }, fresh(), stage.io)).ok)
  })
  test('a limit, an outage, a revoked token and a refused connection say what happens next', async () => {
    const why = async (io = stage.io) => {
      const result = await vk.send(piece, fresh(), io)
      return result.ok ? 'ok' : [result.why, result.retryAfterSeconds]
    }
    stage.world.faults.rate = 1
    assert.deepEqual(await why(), ['rate', 1])
    stage.world.faults.down = 2
    assert.deepEqual(await why(), ['down', undefined])
    assert.deepEqual(await why(), ['down', undefined])
    stage.world.faults.token = true
    assert.deepEqual(await why(), ['auth', undefined])
    stage.world.faults.token = false
    assert.deepEqual(await why(createIo({ ...stage.io.settings, baseUrl: await nowhere() })), ['down', undefined])
    assert.equal(await why(), 'ok')
  })
  test('a file that fails twice is there at the third try, one that is gone never', async () => {
    stage.world.act(anna.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'x.png' })
    const messages = await stage.business.heard('message', 2)
    const [part] = messages.at(-1)!.parts
    assert.ok(part && 'ref' in part && part.ref)
    const { ref } = part
    await isHadTheThirdTime(stage.world, () => vk.media!(ref, stage.io))
    stage.world.files.clear()
    await isGone(() => vk.media!(ref, stage.io), /no longer kept by VK/)
  })
})

describe('vk: the long poll', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ receive: 'longpoll' })
    assert.equal((await vk.setup!('https://nobody.example/hooks/1', stage.io)).ok, true)
  })
  after(() => stage.close())
  const said = () =>
    stage.business.events.flatMap(event =>
      event.type === 'message' ? [(event.parts[0] as { text: string }).text] : [],
    )

  test('needs no webhook: what happens is asked for and comes in at the same door, verified', async () => {
    const listener = startListening(stage)
    await listener.stood(1)
    stage.world.act(anna.id, { do: 'text', text: 'one' })
    stage.world.act(anna.id, { do: 'text', text: 'two' })
    await stage.business.heard('message', 2)
    await listener.stood(2)
    await listener.stop()
    assert.deepEqual(said(), ['one', 'two'])
    assert.deepEqual([...new Set(stage.business.verdicts)], ['accept'])
    assert.equal(stage.world.webhookUrl, undefined)
    assert.equal(stage.business.events[0]!.account, stage.world.account.id)
  })
  test('goes on where it was after a restart, and nothing of the time between is missing', async () => {
    const first = startListening(stage)
    await first.stood(1)
    stage.world.act(anna.id, { do: 'text', text: 'before' })
    await stage.business.heard('message', 3)
    await first.stood(2)
    await first.stop()
    stage.world.act(anna.id, { do: 'text', text: 'between' })
    const second = startListening(stage, first.cursor)
    await stage.business.heard('message', 4)
    await second.stop()
    assert.deepEqual(said().slice(-2), ['before', 'between'])
  })
  test('takes hundreds of updates at once, in their order', async () => {
    const first = startListening(stage)
    await first.stood(1)
    await first.stop()
    const { longPoll } = communityOf(stage.world)
    const since = { ts: String(longPoll.first + longPoll.updates.length) }
    stage.business.events.length = 0
    const texts = Array.from({ length: 300 }, (_, i) => `line ${i}`)
    for (const text of texts) stage.world.act(anna.id, { do: 'text', text })
    const second = startListening(stage, { value: since })
    await stage.business.heard('message', 300)
    await second.stop()
    assert.deepEqual(said(), texts)
    stage.business.events.length = 0
  })
  test('asks for another key when its own is over (failed 2), and loses nothing', async () => {
    const listener = startListening(stage)
    await listener.stood(1)
    communityOf(stage.world).longPoll.key = 'another'
    stage.world.act(anna.id, { do: 'text', text: 'with the new key' })
    await stage.business.heard('message')
    await listener.stop()
    assert.equal(said().at(-1), 'with the new key')
  })
  test('says that events are lost when VK has dropped them (failed 1) or all is new (failed 3)', async () => {
    const { longPoll } = communityOf(stage.world)
    const lost = () => stage.business.events.filter(event => event.type === 'account')
    stage.world.act(anna.id, { do: 'text', text: 'nobody asked in time' })
    const old = String(longPoll.first)
    forgetUpdates(stage.world)
    for (const [times, ts] of [
      [1, old],
      [2, '999999'],
    ] as const) {
      const listener = startListening(stage, { value: { ts } })
      await stage.business.heard('account', times)
      await listener.stood(2)
      await listener.stop()
      assert.deepEqual(listener.cursor.value, { ts: String(longPoll.first + longPoll.updates.length) })
    }
    assert.deepEqual([...new Set(lost().map(event => event.type === 'account' && event.what))], ['events-lost'])
  })
  test('ends when VK is out of order, and for good when the token is refused', async () => {
    const listening = async () => {
      const on = startListening(stage)
      await on.stood(99)
    }
    stage.world.faults.down = -1
    await assert.rejects(listening(), error => !(error instanceof Refused) && /HTTP 503/.test(String(error)))
    stage.world.faults.down = 0
    stage.world.faults.token = true
    await assert.rejects(listening(), Refused)
    stage.world.faults.token = false
  })
  test('is not asked where VK calls us: listening waits until it is stopped', async () => {
    const callback = await openStage()
    const listener = startListening(callback)
    const before = callback.world.log.length
    await listener.stop()
    assert.equal(callback.world.log.length, before)
    await callback.close()
  })
})
