import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { enterCallback } from '../../sandbox/wecom/account.ts'
import { pageSizes } from '../../sandbox/wecom/sync.ts'
import { servicerDoes, wecomWire } from '../../sandbox/wecom.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type Address, type InboundEvent, MediaGone, type Piece, type SendResult } from '../../src/channels/contract.ts'
import { wecom } from '../../src/channels/wecom/index.ts'
import { createIo } from './io.ts'
import { fresh, inTouch, mei, nowhere, openStage, png, type Stage, to, writes } from './wecom-stage.ts'

const why = (result: SendResult): string => (result.ok ? 'ok' : result.why)

describe('wecom: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())

  test('checks secret and account, says what to enter, and the console takes the callback', async () => {
    const result = await wecom.setup!(stage.url, stage.io)
    assert.ok(result.ok)
    assert.equal(result.account, 'Rowan & Rye')
    assert.match(result.detail!, /hooks\/1 as the callback.*https:\/\/work\.weixin\.qq\.com\/kfid\/wk/)
    assert.equal(await enterCallback(stage.url, stage.world), true)
    assert.deepEqual(stage.verdicts, ['answer'])
    assert.equal(await enterCallback(`${await nowhere()}/hooks/1`, stage.world), false)
  })
  test('says so when the secret, the company or the account is wrong, or nobody answers', async () => {
    const refused = async (fields: object) => {
      const result = await wecom.setup!('u', createIo({ ...stage.io.settings, ...fields }))
      return result.ok ? 'ok' : result.why
    }
    assert.equal(await refused({ secret: 'x' }), 'auth')
    assert.equal(await refused({ corpId: 'ww0000000000000000' }), 'auth')
    assert.equal(await refused({ openKfId: 'wkanother' }), 'invalid')
    assert.equal(await refused({ baseUrl: await nowhere() }), 'down')
  })
})

describe('wecom: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  beforeEach(() => writes(stage))
  after(() => stage.close())

  const choices = [
    { id: 'size:m', label: 'Medium' },
    { id: 'size:l', label: '大号 & wide' },
  ]
  const sendable: [string, Piece][] = [
    ['words', { type: 'text', text: '谢谢! <b>&</b> "so" 😀\n' }],
    ['a long text', { type: 'text', text: '字'.repeat(682) }],
    ['choices', { type: 'choices', prompt: 'Which size?', choices }],
    ['a place', { type: 'location', lat: 30.65, lon: 104.06, name: 'Shop', address: 'Tianfu' }],
  ]
  for (const [what, piece] of sendable)
    test(`${what} reaches the phone as it was, under our own id`, async () => {
      const sent = await wecom.send(piece, fresh(), stage.io)
      assert.ok(sent.ok, JSON.stringify(sent))
      assert.match(sent.id, /^[0-9a-f]{32}$/)
      assert.deepEqual(stage.world.bubble(sent.id)?.parts, [piece])
    })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'boots.png'],
    ['video', 'video/mp4', 'tour.mp4'],
    ['voice', 'audio/amr', 'hello.amr'],
    ['file', 'application/pdf', 'invoice.pdf'],
  ] as const)
    test(`${name}, sent as ${type}, is uploaded and shown`, async () => {
      stage.files.set('/m/1', { bytes: png, mime, name })
      const sent = await wecom.send({ type, url: '/m/1', mime }, fresh(), stage.io)
      assert.ok(sent.ok, JSON.stringify(sent))
      const part = stage.world.bubble(sent.id)!.parts[0] as { type: string; ref: string; name: string }
      assert.deepEqual([part.type, part.name], [type, name])
      assert.deepEqual(Buffer.from(stage.world.files.get(part.ref)!.bytes), png)
    })
  test('a file of a wrong kind is refused with words', async () => {
    stage.files.set('/m/2', { bytes: png, mime: 'image/webp', name: 'a.webp' })
    assert.match(
      JSON.stringify(await wecom.send({ type: 'image', url: '/m/2' }, fresh(), stage.io)),
      /invalid.*did not take the file.*40004/,
    )
  })
  test('who refuses messages is told as failed afterwards', async () => {
    stage.world.act(mei.id, { do: 'block' })
    const sent = await wecom.send({ type: 'text', text: 'x' }, fresh(), stage.io)
    const [receipt] = await stage.heard('receipt')
    assert.deepEqual([receipt!.of, receipt!.status, receipt!.failure?.why], [sent.ok && sent.id, 'failed', 'blocked'])
    stage.world.act(mei.id, { do: 'unblock' })
  })
  test('a profile has a name and a picture, a stranger has none', async () => {
    const { name, avatarUrl } = (await wecom.profile!(to.address, stage.io))!
    assert.equal(name, 'Mei')
    assert.match(avatarUrl!, /face\.jpg$/)
    assert.equal(await wecom.profile!('nobody' as Address, stage.io), null)
  })
  test('five answers are the most, after 48 hours there are none, a session of a person takes none', async () => {
    const piece: Piece = { type: 'text', text: 'x' }
    for (let i = 0; i < 5; i++) assert.ok((await wecom.send(piece, fresh(), stage.io)).ok)
    assert.match(JSON.stringify(await wecom.send(piece, fresh(), stage.io)), /window-closed.*95001/)
    await writes(stage)
    servicerDoes('take', mei.id, stage.world)
    assert.equal((await stage.heard('happened'))[0]!.what, 'session-joined')
    assert.match(JSON.stringify(await wecom.send(piece, fresh(), stage.io)), /window-closed.*95018/)
    Object.assign(stage.world.people.get(mei.id)!, { session: 1 })
    stage.pass(48 * 3_600_000 + 1000)
    assert.match(JSON.stringify(await wecom.send(piece, fresh(), createIo(stage.io.settings))), /window-closed.*95002/)
    assert.equal(
      why(await wecom.send(piece, { ...fresh(), address: 'wmnobody' as Address }, createIo(stage.io.settings))),
      'invalid',
    )
  })
})

describe('wecom: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch({ welcome: 'Hello from the shop' })
  })
  after(() => stage.close())

  async function after1<T extends InboundEvent['type']>(act: Act, type: T) {
    stage.events.length = 0
    stage.world.act(mei.id, act)
    return (await stage.heard(type))[0]!
  }

  test('words are fetched when the callback says so; the callback itself stores nothing', async () => {
    const event = await after1({ do: 'text', text: '你好 👋' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: '你好 👋' }])
    assert.equal(event.id, stage.world.bubbles.at(-1)?.id)
    assert.ok(stage.verdicts.every(verdict => verdict === 'answer'))
    assert.ok(stage.pages.every(page => wecom.verify(page, stage.io.settings, new Date()).verdict === 'reject'))
  })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'a.png'],
    ['video', 'video/mp4', 'b.mp4'],
    ['voice', 'audio/amr', 'c.amr'],
    ['file', 'application/pdf', '发票.pdf'],
  ] as const)
    test(`a ${type} arrives and can be fetched`, async () => {
      const event = await after1({ do: 'media', type, bytes: png, mime, name }, 'message')
      const part = event.parts[0]!
      assert.ok(part.type === type && part.ref)
      const file = await wecom.media!(part.ref, stage.io)
      assert.deepEqual([Buffer.from(file.bytes), file.mime, file.name], [png, mime, name])
    })
  test('a file that is gone says so', async () => {
    await assert.rejects(wecom.media!('gone', stage.io), MediaGone)
  })
  test('a place, a tapped line and a recalled message arrive', async () => {
    const place = await after1({ do: 'location', lat: 30.65, lon: 104.06, name: '成都' }, 'message')
    assert.deepEqual(place.parts, [{ type: 'location', lat: 30.65, lon: 104.06, name: '成都' }])
    const sent = await wecom.send(
      { type: 'choices', prompt: 'Size?', choices: [{ id: 'size:m', label: 'Medium' }] },
      fresh(),
      stage.io,
    )
    assert.ok(sent.ok)
    const tapped = await after1({ do: 'press', bubble: sent.id, choice: 'size:m' }, 'chosen')
    assert.deepEqual([tapped.choice, tapped.label], ['size:m', 'Medium'])
    assert.equal((await after1({ do: 'delete', bubble: place.id }, 'deleted')).of, place.id)
  })
  test('somebody of the business answers in WeCom', async () => {
    stage.events.length = 0
    servicerDoes('say', mei.id, stage.world)
    assert.deepEqual((await stage.heard('echo'))[0]!.parts, [{ type: 'text', text: 'May here' }])
    servicerDoes('pause', mei.id, stage.world)
    assert.equal((await stage.heard('account'))[0]!.what, 'servicer-changed')
  })
  test('opening the chat names the ref of the link', async () => {
    assert.deepEqual((await after1({ do: 'start', ref: 'flyer-7' }, 'started')).entry, {
      ref: 'flyer-7',
      source: 'link',
    })
  })
  test('who comes for the first time is welcomed once, and the chat shows it', async t => {
    const first = await openStage({ welcome: 'Hello from the shop' })
    t.after(() => first.close())
    assert.equal(await enterCallback(first.url, first.world), true)
    await first.listen()
    first.world.act(mei.id, { do: 'start' })
    const [echo] = await first.heard('echo')
    assert.deepEqual(echo!.parts, [{ type: 'text', text: 'Hello from the shop' }])
    assert.deepEqual(first.world.bubble(echo!.id)?.parts, echo!.parts)
    first.world.act(mei.id, { do: 'start', ref: 'again' })
    await first.heard('started', 2)
    assert.equal(first.world.bubbles.length, 1)
  })
  test('what WeCom does not tell is refused with a reason, an unknown event is kept', async () => {
    for (const act of [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'react', bubble: '1', emoji: '👍' },
      { do: 'media', type: 'sticker', bytes: png, mime: 'image/png', name: 's' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(mei.id, act), /wecom: businesses are not told/)
    stage.events.length = 0
    stage.world.emit('unknown', wecomWire.unknownEvent(stage.world.people.get(mei.id)!, stage.world))
    assert.equal((await stage.heard('unsupported'))[0]!.what, 'event hologram_call')
  })
})

describe('wecom: fetching', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())
  const words = () =>
    stage.events.flatMap(e => (e.type === 'message' ? e.parts : [])).map(p => (p.type === 'text' ? p.text : ''))

  test('what was said while nobody listened comes page after page, in order, and only once', async () => {
    pageSizes.set(stage.world, 2)
    for (const text of ['1', '2', '3', '4', '5']) stage.world.act(mei.id, { do: 'text', text })
    const first = await stage.listen()
    assert.deepEqual(words(), ['1', '2', '3', '4', '5'])
    assert.equal(stage.pages.length, 3)
    await first.stop()
    assert.equal(await first.ended, 'stopped')
    stage.world.act(mei.id, { do: 'text', text: '6' })
    await stage.listen()
    assert.deepEqual(words(), ['1', '2', '3', '4', '5', '6'])
  })
})
