import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keptOf } from '../../sandbox/line/account.ts'
import { lineWire } from '../../sandbox/line.ts'
import type { ExternalId, Outgoing, Piece } from '../../src/channels/contract.ts'
import { line } from '../../src/channels/line/index.ts'
import { anna, connected, fresh, lastOf, png, type Stage, written } from './line-stage.ts'
import { comesOutOfOrder, comesThrice, forgeryIsRefused, isGone, isHadTheThirdTime } from './ordered.ts'
import { nowhere } from './wired.ts'

const piece: Piece = { type: 'text', text: 'Kiitos!' }

describe('line: when calls go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const send = (to: Outgoing) => line.send(piece, to, stage.io())
  const why = async (to: Outgoing = fresh()) => {
    const result = await send(to)
    return result.ok ? 'ok' : result.why
  }
  const onPhone = () => stage.world.bubbles.filter(bubble => bubble.from === 'business').length

  test('a provider that is down is tried again and then takes it, once', async () => {
    const to = fresh()
    const shown = onPhone()
    stage.world.faults.down = 2
    assert.deepEqual([await why(to), await why({ ...to, attempt: 2 })], ['down', 'down'])
    assert.equal(await why({ ...to, attempt: 3 }), 'ok')
    assert.equal(onPhone(), shown + 1)
    const away = { ...stage.io(), settings: { ...stage.settings, baseUrl: await nowhere() } }
    const unreached = await line.send(piece, fresh(), away)
    assert.equal(unreached.ok ? '' : unreached.why, 'down')
  })
  test('too many calls wait, a revoked token asks for another one', async () => {
    stage.world.faults.rate = 1
    const busy = await send(fresh())
    assert.equal(busy.ok ? '' : busy.why, 'rate')
    stage.world.faults.token = true
    assert.equal(await why(), 'auth')
    stage.world.faults.token = false
    assert.equal(await why(), 'ok')
  })
  test('a push whose answer was lost is sent again under the same key, and stands on the phone once', async () => {
    const to = fresh()
    const shown = onPhone()
    stage.world.faults.loseAnswer = 1
    assert.equal(await why(to), 'down')
    const again = await send({ ...to, attempt: 2 })
    assert.equal(onPhone(), shown + 1)
    assert.deepEqual(again, { ok: true, id: stage.world.bubbles.at(-1)!.id })
  })
  test('a reply whose answer was lost is unknown; sent again by hand it finds its token used and is pushed', async () => {
    const { last } = await written(stage)
    const shown = onPhone()
    stage.world.faults.loseAnswer = 1
    assert.equal(await why(fresh({ last })), 'unknown')
    assert.equal(onPhone(), shown + 1)
    assert.equal(await why(fresh({ last })), 'ok')
    assert.equal(onPhone(), shown + 2)
  })
  test('a token that LINE let go before its time falls back to a push', async () => {
    const { last } = await written(stage)
    keptOf(stage.world).replyTokens.clear()
    assert.equal(await why(fresh({ last })), 'ok')
  })
})

describe('line: when webhooks go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())

  test('a webhook that comes three times is the same event three times', () => comesThrice(stage, anna))
  test('a redelivery says so and changes neither event nor id', async () => {
    const { event } = await written(stage)
    const request = stage.business.requests.at(-1)!
    const said = Buffer.from(request.body).toString()
    const again = said.replace('"isRedelivery":false', '"isRedelivery":true')
    assert.notEqual(again, said)
    assert.deepEqual(line.parse({ ...request, body: Buffer.from(again) }), [event])
  })
  test('events that come late and out of order keep their ids and times', async () => {
    const events = await comesOutOfOrder(stage, anna)
    for (const event of events) assert.equal(event.at.getTime(), stage.world.bubble(event.id)!.at)
  })
  test('a forged webhook is refused and then comes again with its own signature', () => forgeryIsRefused(stage, anna))
  test('a batch of a hundred events is a hundred events, and a broken one loses none of the others', async () => {
    const { event } = await written(stage)
    const [sample] = JSON.parse(Buffer.from(stage.business.requests.at(-1)!.body).toString()).events
    const events = Array.from({ length: 100 }, (_, i) => ({ ...sample, message: { ...sample.message, id: `${i}` } }))
    events[50] = { ...sample, message: 7 }
    const body = Buffer.from(JSON.stringify({ destination: 'U1', events }))
    const request = { method: 'POST', query: {}, headers: lineWire.sign(body, stage.world), body }
    assert.equal(line.verify(request, stage.settings, new Date()).verdict, 'accept')
    const parsed = line.parse(request)
    assert.equal(new Set(parsed.map(one => one.id)).size, 100)
    assert.deepEqual(
      parsed.filter(one => one.type !== 'message').map(one => one.type),
      ['unsupported'],
    )
    assert.equal(event.type, 'message')
  })
})

describe('line: when files go wrong', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())

  async function pictured() {
    stage.business.forget()
    stage.world.act(anna.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' })
    const [event] = await stage.business.heard('message')
    return { id: event!.id, ref: (event!.parts[0] as { ref: string }).ref, last: lastOf(event!) }
  }

  test('a file that fails twice is had the third time', async () => {
    const { ref } = await pictured()
    await isHadTheThirdTime(stage.world, () => line.media!(ref, stage.io()), 500)
  })
  test('a file that LINE does not keep any more is gone, in words', async () => {
    const { id, ref } = await pictured()
    stage.world.files.delete(id)
    await isGone(() => line.media!(ref, stage.io()), /no longer kept by LINE/)
  })
  test('a video without a portrait of the account goes as a link', async () => {
    const io = stage.io({ linkTo: () => 'https://parley.example/f/1' })
    const bare = { ...io, http: async (call: Parameters<typeof io.http>[0]) => withoutPortrait(await io.http(call)) }
    const sent = await line.send({ type: 'video', url: '/m/1', name: 'v.mp4' }, fresh(), bare)
    assert.ok(sent.ok)
    assert.equal(stage.world.bubble(sent.id as ExternalId)!.parts[0]!.type, 'link')
  })
})

const withoutPortrait = <T extends { json: unknown }>(answer: T): T => {
  const { pictureUrl: _none, ...json } = answer.json as { pictureUrl?: string }
  return { ...answer, json }
}
