import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { logoUrl } from '../../sandbox/faces.ts'
import { keptOf } from '../../sandbox/line/account.ts'
import { lineWire } from '../../sandbox/line.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type Address, type InboundEvent, MediaGone, type Piece } from '../../src/channels/contract.ts'
import { line } from '../../src/channels/line/index.ts'
import { canAt } from '../../src/domain/capabilities.ts'
import { anna, club, connected, fresh, lastOf, png, type Stage, written } from './line-stage.ts'
import { nowhere } from './wired.ts'

describe('line: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const setup = (url: string) => line.setup!(url, stage.io())

  test('names the account and how to find it', async () => {
    const done = await setup(stage.business.url)
    assert.ok(done.ok)
    assert.equal(done.account, 'Rowan & Rye')
    assert.match(done.detail!, /^https:\/\/line\.me\/R\/ti\/p\/%40/)
    assert.deepEqual(done.picture, { url: logoUrl(stage.world) })
    assert.equal(stage.world.webhookUrl, stage.business.url)
    assert.equal(Buffer.from(stage.business.requests.at(-1)!.body).includes('"events":[]'), true)
  })
  test('says so when LINE cannot reach the webhook, when it is refused, and when webhooks are off', async () => {
    const gone = await setup(await nowhere())
    assert.match(gone.ok ? JSON.stringify(gone.proof) : '', /could not reach the webhook: COULD_NOT_CONNECT/)
    const wrong = await setup('ftp://a.example')
    assert.match(wrong.ok ? '' : wrong.detail, /Invalid webhook endpoint/)
    keptOf(stage.world).active = false
    const off = await setup(stage.business.url)
    assert.match(off.ok ? '' : off.detail, /Use webhook/)
    keptOf(stage.world).active = true
  })
  test('with a wrong token asks for another one, and tries again later when LINE is away', async () => {
    const wrong = { ...stage.io(), settings: { ...stage.settings, channelAccessToken: 'wrong' } }
    const refused = await line.setup!(stage.business.url, wrong)
    assert.equal(refused.ok ? '' : refused.why, 'auth')
    const away = { ...stage.io(), settings: { ...stage.settings, baseUrl: await nowhere() } }
    const down = await line.setup!(stage.business.url, away)
    assert.equal(down.ok ? '' : down.why, 'down')
  })
})

describe('line: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())

  async function after1<T extends InboundEvent['type']>(act: Act, type: T, who = anna) {
    stage.business.forget()
    stage.world.act(who.id, act)
    return (await stage.business.heard(type))[0]!
  }

  test('words arrive with an 18-digit id and with what an answer will need', async () => {
    const event = await after1({ do: 'text', text: 'こんにちは 👋' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'こんにちは 👋' }])
    assert.equal(event.from, anna.id)
    assert.match(event.id, /^\d{18}$/)
    assert.deepEqual(Object.keys(event.kept!).sort(), ['markAsReadToken', 'quoteToken', 'replyToken'])
  })
  test('a quote names the message', async () => {
    const [bubble] = stage.world.bubbles
    const event = await after1({ do: 'text', text: 'that', replyTo: bubble!.id }, 'message')
    assert.equal(event.replyTo, bubble!.id)
  })
  for (const [type, mime, name, as] of [
    ['image', 'image/png', 'a.png', 'image'],
    ['video', 'video/mp4', 'b.mp4', 'video'],
    ['audio', 'audio/x-m4a', 'c.m4a', 'audio'],
    ['voice', 'audio/x-m4a', 'd.m4a', 'audio'],
    ['file', 'application/pdf', 'e.pdf', 'file'],
    ['sticker', 'image/png', 'f.png', 'sticker'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched`, async () => {
      const event = await after1({ do: 'media', type, bytes: png, mime, name, seconds: 3 }, 'message')
      const part = event.parts[0] as { type: string; ref: string; seconds?: number }
      assert.equal(part.type, as)
      const file = await line.media!(part.ref, stage.io())
      assert.equal(file.mime, mime)
      if (type !== 'sticker') assert.deepEqual(Buffer.from(file.bytes), png)
    })
  test('a video is asked for again until LINE has converted it', async () => {
    const event = await after1({ do: 'media', type: 'video', bytes: png, mime: 'video/mp4', name: 'v.mp4' }, 'message')
    keptOf(stage.world).converting.set(event.id, 2)
    const { ref } = event.parts[0] as { ref: string }
    await assert.rejects(line.media!(ref, stage.io()), /still converting/)
    await assert.rejects(line.media!(ref, stage.io()), /still converting/)
    assert.deepEqual(Buffer.from((await line.media!(ref, stage.io())).bytes), png)
    keptOf(stage.world).converting.set(event.id, -1)
    await assert.rejects(line.media!(ref, stage.io()), MediaGone)
  })
  test('a place arrives with its name', async () => {
    const event = await after1({ do: 'location', lat: 60.17, lon: 24.94, name: 'Market' }, 'message')
    const place = { type: 'location', lat: 60.17, lon: 24.94, name: 'Market', address: '60.17, 24.94' }
    assert.deepEqual(event.parts, [place])
  })
  test('what is unsent is deleted', async () => {
    const { event } = await written(stage)
    const gone = await after1({ do: 'delete', bubble: event.id }, 'deleted')
    assert.equal(gone.of, event.id)
  })
  test('who adds the account begins and agrees; who blocks it withdraws that, and is still answered 200', async () => {
    assert.equal((await after1({ do: 'start' }, 'started')).from, anna.id)
    assert.equal((await stage.business.heard('consent'))[0]!.given, true)
    assert.equal((await after1({ do: 'block' }, 'consent')).given, false)
    const shown = stage.world.bubbles.length
    assert.ok((await line.send({ type: 'text', text: 'still there?' }, fresh(), stage.io())).ok)
    assert.equal(stage.world.bubbles.length, shown)
    assert.equal((await after1({ do: 'unblock' }, 'consent')).given, true)
  })
  test('a group is one conversation, and says who spoke', async () => {
    const event = await after1({ do: 'text', text: 'all of us' }, 'message', club)
    assert.equal(event.from, club.id)
    assert.match(event.group!.member, /^U/)
    const sent = await line.send({ type: 'text', text: 'welcome' }, fresh({ address: event.from }), stage.io())
    assert.ok(sent.ok)
    assert.equal(stage.world.bubble(sent.id)!.person, club.id)
    assert.deepEqual(await line.profile!(club.id as Address, stage.io()), { name: 'Rye club' })
  })
  test('what LINE does not tell accounts is refused with a reason', () => {
    for (const act of [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'react', bubble: '1', emoji: '👍' },
      { do: 'contact', name: 'Eero', phone: '1' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(anna.id, act), /line: accounts are not told/)
  })
  test('an event nobody documented is kept as unsupported', async () => {
    stage.business.forget()
    stage.world.emit('unknown', lineWire.unknownEvent(stage.world.people.get(anna.id)!, stage.world))
    assert.equal((await stage.business.heard('unsupported'))[0]!.what, 'event things')
  })
})

describe('line: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const link = 'https://parley.example/f/1'
  const send = (piece: Piece, over = {}) => line.send(piece, fresh(over), stage.io({ linkTo: () => link }))

  async function shown(piece: Piece, over = {}) {
    const sent = await send(piece, over)
    assert.ok(sent.ok, JSON.stringify(sent))
    return stage.world.bubble(sent.id)!
  }

  test('words, places and links reach the phone', async () => {
    const long = { type: 'text', text: 'ж'.repeat(5000) } as const
    assert.deepEqual((await shown(long)).parts, [long])
    const place = { type: 'location', lat: 60.17, lon: 24.94, name: 'Shop', address: 'Street 5' } as const
    assert.deepEqual((await shown(place)).parts, [place])
    const page = await shown({ type: 'link', url: 'https://a.example', title: 'News' })
    assert.deepEqual(page.parts, [{ type: 'text', text: 'News\nhttps://a.example' }])
  })
  for (const type of ['image', 'video', 'audio', 'voice', 'sticker'] as const)
    test(`a file sent as ${type} is named by its link`, async () => {
      const [part] = (await shown({ type, url: '/m/1', name: 'a', seconds: 3 })).parts
      assert.equal(part!.type, { voice: 'audio', sticker: 'image' }[type as 'voice' | 'sticker'] ?? type)
      assert.equal((part as { url: string }).url, link)
    })
  test('a file goes as a link with its name', async () => {
    const { parts } = await shown({ type: 'file', url: '/m/1', name: 'menu.pdf', bytes: 5000 })
    assert.deepEqual(parts, [{ type: 'link', url: link, title: '📎 menu.pdf' }])
  })
  test('a quote goes by the token that came with the message', async () => {
    const { event } = await written(stage, anna, 'quote me')
    const quoting = { replyTo: event.id, replyKept: event.kept }
    assert.equal((await shown({ type: 'text', text: 'as you said' }, quoting)).replyTo, event.id)
  })
  for (const count of [2, 13, 16])
    test(`${count} choices can be pressed, and the press brings back the id and the words`, async () => {
      const choices = Array.from({ length: count }, (_, i) => ({ id: `id:${i}`, label: `Größe ${i}` }))
      const bubble = await shown({ type: 'choices', prompt: 'Which?', choices })
      const [offer] = bubble.parts
      assert.ok(offer?.type === 'choices')
      assert.equal(offer.prompt, 'Which?')
      assert.deepEqual(
        offer.choices.map(c => c.label),
        choices.map(c => c.label),
      )
      stage.business.forget()
      stage.world.act(anna.id, { do: 'press', bubble: bubble.id, choice: offer.choices[1]!.id })
      const [pressed] = await stage.business.heard('chosen')
      assert.deepEqual([pressed!.choice, pressed!.label], ['id:1', 'Größe 1'])
      keptOf(stage.world).quota = 0
      assert.ok((await send({ type: 'text', text: 'free' }, { last: lastOf(pressed!) })).ok)
      keptOf(stage.world).quota = Number.POSITIVE_INFINITY
    })
  test('an answer goes by the reply token, the next one is pushed', async () => {
    const { last } = await written(stage)
    keptOf(stage.world).quota = 1
    for (const text of ['free', 'of the quota']) assert.ok((await send({ type: 'text', text }, { last })).ok)
    const over = await send({ type: 'text', text: 'too many' })
    assert.equal(over.ok ? '' : over.why, 'window-closed')
    keptOf(stage.world).quota = Number.POSITIVE_INFINITY
    assert.deepEqual(
      stage.world.bubbles.slice(-2).map(b => (b.parts[0] as { text: string }).text),
      ['free', 'of the quota'],
    )
  })
  test('what LINE refuses names the field, and nothing is sent to nobody', async () => {
    const wrong = await send({ type: 'text', text: 'x'.repeat(5001) })
    assert.match(wrong.ok ? '' : wrong.detail, /messages\[0\]\.text: Length must be between 0 and 5000/)
    const nobody = await send({ type: 'text', text: 'x' }, { address: 'U0' })
    assert.equal(nobody.ok ? '' : nobody.why, 'invalid')
  })
  test('a profile has a name, a picture and a language, and a stranger has none', async () => {
    const { avatarUrl, ...rest } = (await line.profile!(anna.id as Address, stage.io()))!
    assert.match(avatarUrl!, /face\.jpg$/)
    assert.deepEqual(rest, { name: 'Anna', language: 'ja' })
    assert.equal(await line.profile!('U0' as Address, stage.io()), null)
    assert.equal(await line.profile!('R0' as Address, stage.io()), null)
  })
  test('what was read is marked so on the phone, by the token that came with it', async () => {
    const { event, last } = await written(stage)
    await line.markRead!(event.id, fresh(), stage.io())
    assert.notEqual(stage.world.bubble(event.id)!.ticks, 'read')
    await line.markRead!(event.id, fresh({ last }), stage.io())
    assert.equal(stage.world.bubble(event.id)!.ticks, 'read')
  })
  test('typing shows in the chat with a person, and is not asked for in groups', async () => {
    const asked = () => stage.world.log.filter(entry => entry.what.endsWith('start'))
    await line.typing!(fresh(), stage.io())
    assert.equal(canAt(club.id, line).typing, undefined)
    assert.deepEqual(
      asked().map(entry => entry.result),
      ['202'],
    )
  })
})
