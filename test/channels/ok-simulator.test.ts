import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { subscriptionsOf } from '../../sandbox/ok/account.ts'
import { okWire } from '../../sandbox/ok.ts'
import type { Act } from '../../sandbox/wire.ts'
import { MediaGone, type Piece } from '../../src/channels/contract.ts'
import { ok } from '../../src/channels/ok/index.ts'
import { createIo } from './io.ts'
import { inTouch, openStage, type Stage, to, vera } from './ok-stage.ts'
import { comesOutOfOrder, comesThrice, forgeryIsRefused, isHadTheThirdTime, saysWhatHappensNext } from './ordered.ts'
import { nowhere, png } from './wired.ts'

describe('ok: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())

  test('subscribes its address with the secret in it, once', async () => {
    for (const _ of [1, 2]) {
      const { id } = stage.world.account
      const detail = `https://ok.ru/group/${id}/messages`
      assert.deepEqual(await ok.setup!(stage.business.url, stage.io), { ok: true, account: 'Rowan & Rye', detail })
    }
    assert.equal(stage.world.webhookUrl, `${stage.business.url}?key=${stage.io.settings.webhookSecret}`)
  })
  test('a new secret takes the place of the old one, and other programs keep theirs', async () => {
    const { world, business, io } = stage
    const other = 'https://other.example/hook?key=theirs'
    subscriptionsOf(world).push({ url: other, time: 0, types: undefined })
    const webhookSecret = 'another-secret-42'
    assert.ok((await ok.setup!(business.url, createIo({ ...io.settings, webhookSecret }))).ok)
    const urls = subscriptionsOf(world).map(({ url }) => url)
    assert.deepEqual(urls, [other, `${business.url}?key=${webhookSecret}`])
  })
  test('a webhook that OK has dropped is subscribed again at the next upkeep, and only then', async () => {
    const { world, business, io } = stage
    const known = subscriptionsOf(world)
    const mine = () => known.filter(({ url }) => url.startsWith(business.url))
    known.length = 0
    for (const _ of [1, 2]) assert.equal((await ok.tend!.run(business.url, io)).ok, true)
    assert.equal(mine().length, 1)
    const calls = world.log.filter(line => line.what === 'POST subscribe').length
    await ok.tend!.run(business.url, io)
    assert.equal(world.log.filter(line => line.what === 'POST subscribe').length, calls)
  })
  test('says so when the key is another and when OK cannot be reached', async () => {
    const setup = (settings: object) => ok.setup!(stage.business.url, createIo({ ...stage.io.settings, ...settings }))
    const refused = await setup({ accessToken: 'wrong' })
    assert.deepEqual(refused.ok ? '' : refused.why, 'auth')
    const offline = await setup({ baseUrl: await nowhere() })
    assert.deepEqual(offline.ok ? '' : offline.why, 'down')
  })
})

describe('ok: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('words arrive from the chat of a person whose number is beyond 2^53, and the answer reaches that very phone', async () => {
    const event = await stage.told({ do: 'text', text: 'Привет 👋' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Привет 👋' }])
    assert.equal(event.from, to.address)
    assert.equal(event.sender?.name, 'Вера Орлова')
    assert.equal(stage.world.bubbles.at(-1)?.id, event.id)
    const body = new TextDecoder().decode(stage.business.requests.at(-1)!.body)
    assert.match(body, /"seq":\d{17}[,}]/)
    assert.ok(body.includes(`"user:${vera.id}"`))
    const sent = await ok.send(
      { type: 'text', text: 'Да' },
      { ...to, address: event.from, replyTo: event.id },
      stage.io,
    )
    assert.ok(sent.ok)
    assert.deepEqual(stage.world.bubble(sent.id)?.replyTo, event.id)
    assert.equal(stage.world.bubble(sent.id)?.person, vera.id)
  })
  test('a quote names what it quotes', async () => {
    const quoted = stage.world.bubbles[0]!.id
    assert.equal((await stage.told({ do: 'text', text: 'this', replyTo: quoted }, 'message')).replyTo, quoted)
  })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'a.png'],
    ['video', 'video/mp4', 'b.mp4'],
    ['audio', 'audio/mpeg', 'd.mp3'],
    ['file', 'application/pdf', 'c.pdf'],
  ] as const)
    test(`a file sent as ${type} arrives with its words and can be fetched`, async () => {
      const event = await stage.told({ do: 'media', type, bytes: png, mime, name, caption: 'see' }, 'message')
      const [words, part] = event.parts
      assert.deepEqual(words, { type: 'text', text: 'see' })
      assert.ok(part && part.type === type && part.ref)
      const file = await ok.media!(part.ref, stage.io)
      assert.deepEqual(Buffer.from(file.bytes), png)
      assert.equal(file.mime, mime)
    })
  test('a file that is gone says so, and an address that is none is not asked', async () => {
    await assert.rejects(ok.media!(`${stage.world.baseUrl}/file/x/y`, stage.io), MediaGone)
    await assert.rejects(ok.media!('file:///etc/passwd', stage.io), MediaGone)
  })
  test('a pressed button arrives as the choice we offered', async () => {
    const choices = [
      { id: 'size:m', label: 'Medium' },
      { id: 'size:l', label: 'Large' },
    ]
    const sent = await ok.send({ type: 'choices', prompt: 'Which?', choices }, to, stage.io)
    assert.ok(sent.ok)
    const pressed = await stage.told({ do: 'press', bubble: sent.id, choice: 'Large' }, 'chosen')
    assert.deepEqual([pressed.choice, pressed.label, pressed.of], ['size:l', 'Large', sent.id])
  })
  test('whoever forbids messages cannot be written to until they write again', async () => {
    stage.world.act(vera.id, { do: 'block' })
    const refused = await ok.send({ type: 'text', text: 'x' }, to, stage.io)
    assert.deepEqual(refused.ok ? '' : refused.why, 'blocked')
    stage.world.act(vera.id, { do: 'unblock' })
    assert.ok((await ok.send({ type: 'text', text: 'x' }, to, stage.io)).ok)
  })
  test('what OK does not tell groups is refused with a reason', () => {
    for (const act of [
      { do: 'location', lat: 1, lon: 2 },
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'react', bubble: '1', emoji: '👍' },
      { do: 'media', type: 'sticker', bytes: png, mime: 'image/png', name: 's.png' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(vera.id, act), /ok: groups are not told/)
  })
  test('an event nobody documented is kept as unsupported', async () => {
    stage.business.events.length = 0
    stage.world.emit('unknown', okWire.unknownEvent(stage.world.people.get(vera.id)!, stage.world))
    const [event] = await stage.business.heard('unsupported')
    assert.deepEqual([event!.what, event!.from], ['MESSAGE_LEVITATED', `user:${vera.id}`])
  })
})

describe('ok: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('words and a long text reach the phone as they were', async () => {
    for (const text of ['Спасибо! <b>&</b> "so" 😀', 'ж'.repeat(4000)]) {
      const piece: Piece = { type: 'text', text }
      const sent = await ok.send(piece, to, stage.io)
      assert.ok(sent.ok)
      assert.deepEqual(stage.world.bubble(sent.id)?.parts, [piece])
    }
  })
  for (const [type, mime] of [
    ['image', 'image/png'],
    ['video', 'video/mp4'],
    ['audio', 'audio/mpeg'],
    ['file', 'application/pdf'],
  ] as const)
    test(`a file sent as ${type} is uploaded first and shown with its words`, async () => {
      stage.files.set(`/m/${type}`, { bytes: png, mime, name: 'a' })
      const sent = await ok.send({ type, url: `/m/${type}`, caption: 'look' }, to, stage.io)
      assert.ok(sent.ok, JSON.stringify(sent))
      const [words, part] = stage.world.bubble(sent.id)!.parts
      assert.deepEqual(words, { type: 'text', text: 'look' })
      assert.ok(part && part.type === type && part.ref)
      assert.deepEqual(Buffer.from(stage.world.files.get(part.ref)!.bytes), png)
    })
  test('a file that OK does not take is refused', async () => {
    stage.files.set('/m/odd', { bytes: png, mime: 'image/webp', name: 'a.webp' })
    const refused = await ok.send({ type: 'image', url: '/m/odd' }, to, stage.io)
    assert.deepEqual(refused.ok ? '' : refused.why, 'invalid')
  })
  test('typing and reading are told', async () => {
    await ok.typing!(to, stage.io)
    await ok.markRead!(stage.world.bubbles[0]!.id as never, to, stage.io)
    assert.equal(stage.world.bubbles[0]!.ticks, 'read')
  })
  test('a dialog has no profile of its own, a stranger none at all', async () => {
    assert.equal(await ok.profile!(to.address, stage.io), null)
    assert.equal(await ok.profile!('chat:C0' as never, stage.io), null)
  })

  async function post(edge: string, body: unknown, type = 'application/json;charset=utf-8') {
    const url = `${stage.world.baseUrl}/graph/me/${edge}?access_token=${stage.world.account.token}`
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) })
    assert.equal(answer.status, 200)
    const json = (await answer.json()) as { error_code?: number }
    assert.equal(answer.headers.get('invocation-error'), json.error_code === undefined ? null : String(json.error_code))
    return json
  }
  const recipient = { chat_id: to.address }

  for (const [why, body, code] of [
    ['a stranger', { recipient: { chat_id: 'chat:C0' }, message: { text: 'x' } }, 300],
    ['no words', { recipient, message: {} }, 100],
    ['too many words', { recipient, message: { text: 'x'.repeat(4001) } }, 100],
    [
      'an unknown file',
      { recipient, message: { text: 'x', attachments: [{ type: 'IMAGE', payload: { token: 'x' } }] } },
      100,
    ],
    ['an unknown sign', { recipient, sender_action: 'dancing' }, 100],
    ['a quote of nothing', { recipient, message: { text: 'x', reply_to: 'mid:C0.0' } }, 300],
    [
      'a keyboard without buttons',
      { recipient, message: { text: 'x', attachments: [{ type: 'INLINE_KEYBOARD' }] } },
      100,
    ],
  ] as const)
    test(`the simulator refuses ${why} with ${code}`, async () => {
      assert.equal((await post('messages', body)).error_code, code)
    })
  test('the simulator knows its subscriptions, sends to many and takes JSON only', async () => {
    const many = { recipient: { user_ids: [`user:${vera.id}`, '2'] }, message: { text: 'all' } }
    assert.deepEqual(await post('messages', many), { success: [true, false], chat_ids: [to.address, null] })
    assert.deepEqual(await post('unsubscribe', { url: stage.world.webhookUrl }), { success: true })
    assert.deepEqual(await post('unsubscribe', { url: 'https://other.example' }), { success: false })
  })
})

describe('ok: ordered faults', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const piece: Piece = { type: 'text', text: 'hello' }

  test('an event that comes three times has one id', () => comesThrice(stage, vera))
  test('events may come late and in the wrong order', async () => {
    await comesOutOfOrder(stage, vera)
  })
  test('a forged event is refused, and the true one follows', () => forgeryIsRefused(stage, vera))
  test('a lost answer is unknown although the message was sent, one lost before that is not', async () => {
    const before = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    const lost = await ok.send(piece, to, stage.io)
    assert.deepEqual(lost.ok ? '' : lost.why, 'unknown')
    assert.equal(stage.world.bubbles.length, before + 1)
    stage.files.set('/m/png', { bytes: png, mime: 'image/png', name: 'a.png' })
    stage.world.faults.loseAnswer = 1
    const early = await ok.send({ type: 'image', url: '/m/png' }, to, stage.io)
    assert.deepEqual(early.ok ? '' : early.why, 'down')
  })
  test('a limit, an outage, a revoked key and a refused connection say what happens next', () =>
    saysWhatHappensNext(stage, ok, to))
  test('a file that fails twice is there at the third try', async () => {
    const picture = { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'x.png' } as const
    await stage.world.settled()
    const [part] = (await stage.told(picture, 'message')).parts
    assert.ok(part?.type === 'image' && part.ref)
    const { ref } = part
    await isHadTheThirdTime(stage.world, () => ok.media!(ref, stage.io))
  })
})
