import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keptOf } from '../../sandbox/max/account.ts'
import type { Outgoing, Piece } from '../../src/channels/contract.ts'
import { max } from '../../src/channels/max/index.ts'
import type { TestFile } from './io.ts'
import { after1, anna, chat, fresh, inTouch, png, type Stage } from './max-stage.ts'
import { comesOutOfOrder, comesThrice, forgeryIsRefused, isGone, isHadTheThirdTime, wordsOf } from './ordered.ts'
import { nowhere } from './wired.ts'

const words: Piece = { type: 'text', text: 'Спасибо!' }
const picture: Piece = { type: 'image', url: '/m/1' }
const files = new Map<string, TestFile>([['/m/1', { bytes: png, mime: 'image/png', name: 'a.png' }]])

describe('max: when calls go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const send = (piece: Piece, to: Outgoing = fresh(), io = stage.io({ files })) => max.send(piece, to, io)
  const why = async (piece: Piece = words, to?: Outgoing) => {
    const result = await send(piece, to)
    return result.ok ? 'ok' : result.why
  }
  const onPhone = () => stage.world.bubbles.filter(bubble => bubble.from === 'business').length
  const uploads = () => stage.world.log.filter(entry => entry.what.startsWith('POST uploads')).length

  test('a provider that is down is tried again and then takes it, once', async () => {
    const to = fresh()
    const shown = onPhone()
    stage.world.faults.down = 2
    assert.deepEqual([await why(words, to), await why(picture, to)], ['down', 'down'])
    assert.equal(await why(words, to), 'ok')
    assert.equal(onPhone(), shown + 1)
    const away = { ...stage.io({ files }), settings: { ...stage.settings, baseUrl: await nowhere() } }
    const unreached = await send(picture, fresh(), away)
    assert.equal(unreached.ok ? '' : unreached.why, 'down')
  })
  test('too many calls wait as long as MAX says, a revoked token asks for another one', async () => {
    stage.world.faults.rate = 1
    stage.world.faults.retryAfter = 7
    const busy = await send(words)
    assert.deepEqual(busy.ok ? '' : [busy.why, busy.retryAfterSeconds], ['rate', 7])
    stage.world.faults.token = true
    assert.deepEqual([await why(), await why(picture)], ['auth', 'auth'])
    stage.world.faults.token = false
    assert.equal(await why(), 'ok')
  })
  test('a message whose answer was lost is unknown; an upload whose answer was lost has sent nothing', async () => {
    const shown = onPhone()
    stage.world.faults.loseAnswer = 1
    assert.equal(await why(), 'unknown')
    assert.equal(onPhone(), shown + 1)
    stage.world.faults.loseAnswer = 1
    assert.equal(await why(picture), 'down')
    assert.equal(onPhone(), shown + 1)
  })
  test('a file that MAX is still converting is sent on a later try, without bringing it again', async () => {
    const to = fresh()
    const io = stage.io({ files })
    const before = uploads()
    keptOf(stage.world).slowness = 2
    const tries = []
    for (const attempt of [1, 2, 3])
      tries.push(await send({ ...picture, type: 'video' } as Piece, { ...to, attempt }, io))
    keptOf(stage.world).slowness = 0
    assert.deepEqual(
      tries.map(one => (one.ok ? 'ok' : [one.why, one.retryAfterSeconds])),
      [['down', 2], ['down', 4], 'ok'],
    )
    assert.equal(uploads(), before + 1)
    const last = await send(picture, { ...to, attempt: 4 }, io)
    assert.ok(last.ok)
    assert.equal(uploads(), before + 2, 'the upload that was sent is forgotten')
  })
})

describe('max: when webhooks go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('an update that comes three times is the same event three times', () => comesThrice(stage, anna))
  test('updates without an id of their own have one each, the same when they come again', async () => {
    const ids = []
    for (const act of [{ do: 'block' }, { do: 'unblock' }] as const)
      ids.push((await after1(stage, 'consent', [act])).id)
    assert.equal(new Set(ids).size, 2)
    const request = stage.business.requests.at(-1)!
    assert.deepEqual(max.parse(request), max.parse(request))
  })
  test('updates that come late and out of order keep their ids, times and places', async () => {
    const events = await comesOutOfOrder(stage, anna)
    const sorted = events.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.order! - b.order!)
    assert.deepEqual(wordsOf(sorted), ['one', 'two', 'three'])
  })
  test('an update with another secret is refused and then comes again with the right one', () =>
    forgeryIsRefused(stage, anna))
})

describe('max: when files go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('a file that fails twice is had the third time, and one that is gone says so', async () => {
    const event = await after1(stage, 'message', [
      { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' },
    ])
    const { ref } = event.parts[0] as { ref: string }
    await isHadTheThirdTime(stage.world, () => max.media!(ref, stage.io()))
    stage.world.files.clear()
    await isGone(() => max.media!(ref, stage.io()), /no longer kept by MAX/)
    assert.equal(event.from, chat)
  })
})
