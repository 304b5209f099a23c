import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keptOf, lapse } from '../../sandbox/max/account.ts'
import { maxWire } from '../../sandbox/max.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type Address, MediaGone, type Piece } from '../../src/channels/contract.ts'
import { max } from '../../src/channels/max/index.ts'
import type { TestFile } from './io.ts'
import { after1, anna, chat, club, fresh, inTouch, png, type Stage, stranger } from './max-stage.ts'
import { nowhere } from './wired.ts'

describe('max: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const setup = (url: string, over = {}) => max.setup!(url, { ...stage.io(), settings: { ...stage.settings, ...over } })
  const tend = () => max.tend!.run(stage.business.url, stage.io())

  test('names the bot and how to find it, and subscribes to every kind of update', async () => {
    const done = await setup(stage.business.url)
    assert.ok(done.ok)
    assert.equal(done.account, 'Rowan & Rye')
    assert.match(done.detail!, /^https:\/\/max\.ru\/id\d+_bot$/)
    const [subscription] = keptOf(stage.world).subscriptions
    assert.equal(subscription!.update_types!.length, 18)
    assert.equal(subscription!.secret, stage.settings.secret)
  })
  test('with a wrong token asks for another one, with a wrong address says so, and tries again when MAX is away', async () => {
    const why = async (result: ReturnType<typeof setup>) => {
      const done = await result
      return done.ok ? 'ok' : done.why
    }
    assert.equal(await why(setup(stage.business.url, { token: 'wrong' })), 'auth')
    assert.equal(await why(setup('ftp://a.example')), 'invalid')
    assert.equal(await why(setup(stage.business.url, { baseUrl: await nowhere() })), 'down')
  })
  test('upkeep finds the subscription and says nothing, or makes it again and says so', async () => {
    assert.deepEqual(await tend(), { ok: true, account: 'MAX bot' })
    lapse(stage.world)
    const again = await tend()
    assert.match(again.ok ? again.detail! : '', /eight hours/)
    assert.equal(stage.world.webhookUrl, stage.business.url)
    assert.equal((await after1(stage, 'message', [{ do: 'text', text: 'back' }])).type, 'message')
    keptOf(stage.world).subscriptions[0]!.update_types = ['message_created']
    const wider = await tend()
    assert.match(wider.ok ? wider.detail! : '', /did not send everything/)
    assert.deepEqual(await tend(), { ok: true, account: 'MAX bot' })
  })
})

describe('max: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('words arrive with the name of the customer, the chat, and the person beside it', async () => {
    const event = await after1(stage, 'message', [{ do: 'text', text: 'Есть ржаной? 👋' }])
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Есть ржаной? 👋' }])
    assert.equal(event.from, chat)
    assert.deepEqual(event.aliases, [`user:${anna.id}`])
    assert.deepEqual(event.sender, { name: 'Анна', username: 'anna', language: 'ru' })
    assert.equal(stage.world.bubbles.at(-1)!.id, event.id)
  })
  test('an answer names what it answers', async () => {
    const [first] = stage.world.bubbles
    const event = await after1(stage, 'message', [{ do: 'text', text: 'this', replyTo: first!.id }])
    assert.equal(event.replyTo, first!.id)
  })
  for (const [type, mime, name, as] of [
    ['image', 'image/png', 'a.png', 'image'],
    ['video', 'video/mp4', 'b.mp4', 'video'],
    ['audio', 'audio/mpeg', 'c.mp3', 'audio'],
    ['voice', 'audio/ogg', 'd.ogg', 'audio'],
    ['file', 'application/pdf', 'e.pdf', 'file'],
    ['sticker', 'image/webp', 'f.webp', 'sticker'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched`, async () => {
      const event = await after1(stage, 'message', [{ do: 'media', type, bytes: png, mime, name, caption: 'see' }])
      const part = event.parts.find(one => one.type === as) as { ref: string; caption?: string }
      assert.ok(part)
      if (type !== 'sticker') assert.equal(part.caption, 'see')
      const file = await max.media!(part.ref, stage.io())
      assert.deepEqual(Buffer.from(file.bytes), png)
      assert.equal(file.mime, mime)
    })
  test('a video is asked for again until MAX has converted it', async () => {
    const event = await after1(stage, 'message', [
      { do: 'media', type: 'video', bytes: png, mime: 'video/mp4', name: 'v.mp4' },
    ])
    const { ref } = event.parts[0] as { ref: string }
    keptOf(stage.world).converting.set(ref.slice('video:'.length), 1)
    await assert.rejects(max.media!(ref, stage.io()), /still converting/)
    assert.deepEqual(Buffer.from((await max.media!(ref, stage.io())).bytes), png)
  })
  test('a file that is gone says so, and an address that is none is not asked', async () => {
    await assert.rejects(max.media!(`${stage.world.baseUrl}/files/none`, stage.io()), MediaGone)
    await assert.rejects(max.media!('video:none', stage.io()), MediaGone)
    await assert.rejects(max.media!('file:///etc/passwd', stage.io()), MediaGone)
  })
  test('a place and a card arrive', async () => {
    const place = await after1(stage, 'message', [{ do: 'location', lat: 55.75, lon: 37.61 }])
    assert.deepEqual(place.parts, [{ type: 'location', lat: 55.75, lon: 37.61 }])
    const card = await after1(stage, 'message', [{ do: 'contact', name: 'Ээро', phone: '+358501' }])
    assert.deepEqual(card.parts, [{ type: 'contact', name: 'Ээро', phones: ['+358501'] }])
  })
  test('what is edited and removed is told by the id of the message', async () => {
    const said = await after1(stage, 'message', [{ do: 'text', text: 'one' }])
    const edited = await after1(stage, 'edited', [{ do: 'edit', bubble: said.id, text: 'two' }])
    assert.deepEqual([edited.of, edited.parts], [said.id, [{ type: 'text', text: 'two' }]])
    const removed = await after1(stage, 'deleted', [{ do: 'delete', bubble: said.id }])
    assert.equal(removed.of, said.id)
    assert.equal(removed.from, chat)
  })
  test('starting by a link names the link; stopping and starting again are consent', async () => {
    const started = await after1(stage, 'started', [{ do: 'start', ref: 'flyer-7' }])
    assert.deepEqual(started.entry, { ref: 'flyer-7', source: 'link' })
    assert.equal((await after1(stage, 'consent', [{ do: 'block' }])).given, false)
    const refused = await max.send({ type: 'text', text: 'still there?' }, fresh(), stage.io())
    assert.equal(refused.ok ? '' : refused.why, 'blocked')
    assert.equal((await after1(stage, 'consent', [{ do: 'unblock' }])).given, true)
    assert.ok((await max.send({ type: 'text', text: 'welcome back' }, fresh(), stage.io())).ok)
  })
  test('a group of many digits is one conversation, and says who spoke', async () => {
    const event = await after1(stage, 'message', [{ do: 'text', text: 'all of us' }, club])
    assert.equal(event.from, club.id)
    assert.match(event.group!.member, /^\d+$/)
    const sent = await max.send({ type: 'text', text: 'welcome' }, fresh({ address: event.from }), stage.io())
    assert.ok(sent.ok)
    assert.equal(stage.world.bubble(sent.id)!.person, club.id)
  })
  test('what MAX does not tell bots is refused with a reason', () => {
    const act: Act = { do: 'react', bubble: '1', emoji: '👍' }
    assert.throws(() => stage.world.act(anna.id, act), /max: bots are not told/)
  })
  test('an update nobody documented is kept as unsupported', async () => {
    stage.business.forget()
    stage.world.emit('unknown', maxWire.unknownEvent(stage.world.people.get(anna.id)!, stage.world))
    const [event] = await stage.business.heard('unsupported')
    assert.deepEqual([event!.what, event!.from], ['update story_viewed', chat])
  })
})

describe('max: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const files = new Map<string, TestFile>([['/m/1', { bytes: png, mime: 'image/png', name: 'a.png' }]])

  async function shown(piece: Piece, over = {}) {
    const sent = await max.send(piece, fresh(over), stage.io({ files }))
    assert.ok(sent.ok, JSON.stringify(sent))
    return stage.world.bubble(sent.id)!
  }

  for (const piece of [
    { type: 'text', text: 'Спасибо! <b>&</b> "so" 😀' },
    { type: 'text', text: 'ж'.repeat(4000) },
    { type: 'location', lat: 55.75, lon: 37.61 },
    { type: 'contact', name: 'Рябина; "и" рожь', phones: ['+7925', '+358'], emails: ['a@b.example'], company: 'ООО' },
  ] satisfies Piece[])
    test(`${piece.type} reaches the phone as it was: ${JSON.stringify(piece).slice(0, 50)}`, async () => {
      assert.deepEqual((await shown(piece)).parts, [piece])
    })
  for (const type of ['image', 'video', 'audio', 'voice', 'file'] as const)
    test(`a file sent as ${type} is uploaded in two steps and shown with its caption`, async () => {
      const [part] = (await shown({ type, url: '/m/1', caption: 'Look' })).parts
      const sent = part as { type: string; ref: string; caption: string; name: string }
      assert.deepEqual([sent.type, sent.caption, sent.name], [type === 'voice' ? 'audio' : type, 'Look', 'a.png'])
      assert.deepEqual(Buffer.from(stage.world.files.get(sent.ref)!.bytes), png)
    })
  test('an answer quotes, also what the business said itself', async () => {
    const first = await shown({ type: 'text', text: 'one' })
    assert.equal((await shown({ type: 'text', text: 'two' }, { replyTo: first.id })).replyTo, first.id)
  })
  for (const count of [2, 30, 60])
    test(`${count} choices can be pressed; the press brings back the id and the words and is answered`, async () => {
      const choices = Array.from({ length: count }, (_, i) => ({ id: `id:${i}`, label: `Размер ${i}` }))
      const bubble = await shown({ type: 'choices', prompt: 'Какой?', choices })
      assert.deepEqual(bubble.parts, [{ type: 'choices', prompt: 'Какой?', choices }])
      const pressed = await after1(stage, 'chosen', [{ do: 'press', bubble: bubble.id, choice: 'id:1' }])
      assert.deepEqual([pressed.choice, pressed.label, pressed.of], ['id:1', 'Размер 1', bubble.id])
      await max.acknowledge!(pressed, stage.io())
      assert.equal(keptOf(stage.world).pressed.get(pressed.id)!.shown, 'Размер 1')
    })
  test('a press under a message that is gone still tells the choice, and can be answered to the person', async () => {
    const event = await after1(stage, 'chosen', [{ do: 'press', bubble: 'mid.gone', choice: 'id:7' }])
    assert.deepEqual([event.choice, event.from], ['id:7', `user:${anna.id}`])
    assert.equal((await shown({ type: 'text', text: 'noted' }, { address: event.from })).person, anna.id)
  })
  test('what MAX refuses is said in its words; who never started the bot cannot be written to', async () => {
    const long = await max.send({ type: 'text', text: 'x'.repeat(4001) }, fresh(), stage.io())
    assert.match(long.ok ? '' : long.detail, /between 0 and 4000 \(proto\.payload, HTTP 400\)/)
    const unknown = fresh({ address: `user:${stranger.id}` as Address })
    const nobody = await max.send({ type: 'text', text: 'hello' }, unknown, stage.io())
    assert.equal(nobody.ok ? '' : nobody.why, 'invalid')
  })
  test('a profile has the name of the group, or name and picture of the person, and a stranger has none', async () => {
    const { name, avatarUrl } = (await max.profile!(chat, stage.io()))!
    assert.equal(name, 'Анна')
    assert.match(avatarUrl!, /face\.jpg$/)
    assert.deepEqual(await max.profile!(club.id as Address, stage.io()), { name: 'Клуб' })
    assert.equal(await max.profile!('7' as Address, stage.io()), null)
    assert.equal(await max.profile!('user:7' as Address, stage.io()), null)
  })
  test('typing shows in the chat', async () => {
    await max.typing!(fresh(), stage.io())
    await max.typing!(fresh({ address: 'user:7' as Address }), stage.io())
    assert.deepEqual(keptOf(stage.world).typed, [chat])
  })
})
