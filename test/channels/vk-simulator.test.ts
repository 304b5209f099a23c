import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { logoUrl } from '../../sandbox/faces.ts'
import { communityOf } from '../../sandbox/vk/account.ts'
import { commentOn } from '../../sandbox/vk/comments.ts'
import { vkWire } from '../../sandbox/vk.ts'
import type { Act } from '../../sandbox/wire.ts'
import type { Address, Piece } from '../../src/channels/contract.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { vk } from '../../src/channels/vk/index.ts'
import { createIo } from './io.ts'
import { anna, fresh, inTouch, openStage, type Stage, to } from './vk-stage.ts'
import { nowhere, png } from './wired.ts'

describe('vk: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())
  const setup = (settings: object, url = stage.business.url) =>
    vk.setup!(url, createIo({ ...stage.io.settings, ...settings }))

  test('adds a server that answers with the confirmation code, once', async () => {
    for (const _ of [1, 2]) assert.equal((await setup({})).ok, true)
    assert.equal(stage.world.webhookUrl, stage.business.url)
    assert.deepEqual(stage.business.verdicts, ['answer'])
    assert.deepEqual(stage.business.events, [])
  })
  test('puts a server right that VK has given up, at the next upkeep', async () => {
    const [server] = communityOf(stage.world).servers
    server!.status = 'failed'
    const picture = { url: logoUrl(stage.world) }
    assert.deepEqual(await vk.tend!.run(stage.business.url, stage.io), { ok: true, account: 'Rowan & Rye', picture })
    assert.equal(communityOf(stage.world).servers[0]!.status, 'ok')
    assert.equal(communityOf(stage.world).servers.length, 1)
  })
  test('tells the code to enter, a wrong token, an unknown community and a server that cannot be reached', async () => {
    const code = vkWire.settings(stage.world).confirmationCode!
    const detail = async (settings: object, url?: string) => {
      const result = await setup(settings, url)
      return result.ok ? `ok: ${JSON.stringify(result.proof)}` : `${result.why}: ${result.detail}`
    }
    assert.match(await detail({ confirmationCode: 'other' }), new RegExp(`^invalid: Enter.*${code}`))
    assert.match(await detail({ accessToken: 'wrong' }), /^auth: .*\(5\)$/)
    assert.match(await detail({ groupId: '5' }), /^invalid: .*\(100\)$/)
    assert.match(await detail({}, `${await nowhere()}/hooks/1`), /^ok: .*VK could not reach the webhook/)
    assert.match(await detail({ baseUrl: await nowhere() }), /^down: /)
  })
})

describe('vk: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('words arrive under the community they were sent to', async () => {
    const event = await stage.told({ do: 'text', text: 'Привет 👋' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Привет 👋' }])
    assert.deepEqual([event.from, event.account], [anna.id, stage.world.account.id])
    assert.equal(stage.world.bubbles.at(-1)?.id, event.id)
  })
  test('a quote names what it quotes', async () => {
    const quoted = stage.world.bubbles[0]!.id
    const event = await stage.told({ do: 'text', text: 'about this', replyTo: quoted }, 'message')
    assert.equal(event.replyTo, quoted)
  })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'a.png'],
    ['file', 'application/pdf', 'c.pdf'],
    ['audio', 'audio/mpeg', 'd.mp3'],
    ['voice', 'audio/ogg', 'v.ogg'],
    ['sticker', 'image/png', 's.png'],
  ] as const)
    test(`a file sent as ${type} arrives with its words and can be fetched`, async () => {
      const event = await stage.told({ do: 'media', type, bytes: png, mime, name, caption: 'see' }, 'message')
      const [words, part] = event.parts
      assert.deepEqual(words, { type: 'text', text: 'see' })
      assert.equal(part!.type, type)
      assert.ok('ref' in part! && part.ref)
      const file = await vk.media!(part.ref, stage.io)
      assert.deepEqual(Buffer.from(file.bytes), png)
      assert.equal(file.mime, mime)
    })
  test('a video arrives as the link to its page: VK hands out no file', async () => {
    const event = await stage.told(
      { do: 'media', type: 'video', bytes: png, mime: 'video/mp4', name: 'b.mp4' },
      'message',
    )
    assert.equal(event.parts[0]!.type, 'link')
    assert.match(JSON.stringify(event.parts[0]), /vk\.com\/video4201_/)
  })
  test('a file that is gone says so, and an address that is none is not asked', async () => {
    await assert.rejects(vk.media!(`${stage.world.baseUrl}/file/x/y`, stage.io), MediaGone)
    await assert.rejects(vk.media!('file:///etc/passwd', stage.io), MediaGone)
  })
  test('a place arrives', async () => {
    const place = await stage.told({ do: 'location', lat: 60.17, lon: 24.94, name: 'Home' }, 'message')
    assert.deepEqual(place.parts, [{ type: 'location', lat: 60.17, lon: 24.94, name: 'Home' }])
  })
  test('the start button names the link that led there', async () => {
    const started = await stage.told({ do: 'start', ref: 'flyer-7' }, 'started')
    assert.deepEqual(started.entry, { ref: 'flyer-7', source: 'link' })
  })
  test('a changed message, a reaction and its end arrive', async () => {
    const said = await stage.told({ do: 'text', text: 'two' }, 'message')
    const edited = await stage.told({ do: 'edit', bubble: said.id, text: 'three' }, 'edited')
    assert.deepEqual([edited.of, edited.parts], [said.id, [{ type: 'text', text: 'three' }]])
    const liked = await stage.told({ do: 'react', bubble: said.id, emoji: '🔥' }, 'reaction')
    assert.deepEqual([liked.of, liked.emoji], [said.id, '🔥'])
    assert.equal((await stage.told({ do: 'react', bubble: said.id, emoji: '' }, 'reaction')).emoji, '')
  })
  test('forbidding and allowing messages are consent, and in between nothing can be sent', async () => {
    assert.equal((await stage.told({ do: 'block' }, 'consent')).given, false)
    const refused = await vk.send({ type: 'text', text: 'still there?' }, fresh(), stage.io)
    assert.deepEqual(refused.ok ? '' : [refused.why, /\(901\)$/.test(refused.detail)], ['blocked', true])
    assert.equal((await stage.told({ do: 'unblock' }, 'consent')).given, true)
    assert.ok((await vk.send({ type: 'text', text: 'welcome back' }, fresh(), stage.io)).ok)
  })
  test('what VK does not tell communities is refused with a reason', () => {
    for (const act of [
      { do: 'delete', bubble: '1' },
      { do: 'contact', name: 'Eero', phone: '1' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(anna.id, act), /vk: communities are not told/)
  })
  test('an event nobody documented is kept as unsupported', async () => {
    stage.business.events.length = 0
    stage.world.emit('unknown', vkWire.unknownEvent(stage.world.people.get(anna.id)!, stage.world))
    const [event] = await stage.business.heard('unsupported')
    assert.deepEqual([event!.what, event!.from], ['message_hologram', anna.id])
  })
})

describe('vk: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
    for (const [url, mime, name] of [
      ['/m/png', 'image/png', 'a.png'],
      ['/m/pdf', 'application/pdf', 'c.pdf'],
      ['/m/ogg', 'audio/ogg', 'v.ogg'],
      ['/m/mp3', 'audio/mpeg', 'd.mp3'],
    ] as const)
      stage.files.set(url, { bytes: png, mime, name })
  })
  after(() => stage.close())

  async function shown(piece: Piece, where = fresh()) {
    const sent = await vk.send(piece, where, stage.io)
    assert.ok(sent.ok, JSON.stringify(sent))
    return stage.world.bubble(sent.id)!
  }

  test('words, a long text and a place reach the phone as they were', async () => {
    for (const piece of [
      { type: 'text', text: 'Спасибо! <b>&</b> "so" 😀' },
      { type: 'text', text: 'ж'.repeat(4096) },
      { type: 'location', lat: 60.17, lon: 24.94 },
    ] satisfies Piece[])
      assert.deepEqual((await shown(piece)).parts, [piece])
  })
  for (const [type, url] of [
    ['image', '/m/png'],
    ['file', '/m/pdf'],
    ['voice', '/m/ogg'],
  ] as const)
    test(`a file sent as ${type} is uploaded in three steps and shown`, async () => {
      const bubble = await shown({ type, url, caption: 'look' })
      const [words, part] = bubble.parts
      assert.deepEqual(words, { type: 'text', text: 'look' })
      assert.ok(part && 'ref' in part && part.ref)
      assert.equal(part.type, type)
      assert.deepEqual(Buffer.from(stage.world.files.get(part.ref)!.bytes), png)
    })
  test('a file that VK does not take is refused with its words', async () => {
    const refused = await vk.send({ type: 'file', url: '/m/mp3' }, fresh(), stage.io)
    assert.deepEqual(refused.ok ? '' : refused.why, 'invalid')
    assert.match(refused.ok ? '' : refused.detail, /this type is not allowed/)
  })
  test('a quote and a reaction find their message', async () => {
    const asked = stage.world.bubbles[0]!.id as never
    assert.equal((await shown({ type: 'text', text: 'yes' }, fresh({ replyTo: asked }))).replyTo, asked)
    for (const emoji of ['👍', ''])
      assert.ok((await vk.send({ type: 'reaction', emoji, of: asked }, fresh(), stage.io)).ok)
    assert.deepEqual(stage.world.bubble(asked)?.reactions, [])
  })
  test('buttons under a message are pressed as the customer’s client can: by a word, or silently and answered', async () => {
    const choices = [
      { id: 'size:m', label: 'Medium' },
      { id: 'size:l', label: 'Large' },
    ]
    for (const buttons of ['inline', 'inline callback', '']) {
      const last = { id: '4201:1' as never, at: new Date(), kept: { buttons } }
      const bubble = await shown({ type: 'choices', prompt: 'Which?', choices }, fresh({ last }))
      const [offered] = bubble.parts
      assert.ok(offered?.type === 'choices' && offered.prompt === 'Which?')
      stage.business.events.length = 0
      stage.world.act(anna.id, { do: 'press', bubble: bubble.id, choice: offered.choices[1]!.id })
      const [chosen] = await stage.business.heard('chosen')
      assert.deepEqual([chosen!.choice, chosen!.label], ['size:l', 'Large'])
      assert.equal(chosen!.of, buttons.includes('callback') ? bubble.id : undefined)
      await vk.acknowledge!(chosen!, stage.io)
    }
    const answers = stage.world.log.filter(line => line.what.endsWith('sendMessageEventAnswer'))
    assert.equal(answers.length, 1)
  })
  test('one key is one message, however often it is sent', async () => {
    const where = fresh()
    const before = stage.world.bubbles.length
    const ids = []
    for (const _ of [1, 2, 3]) ids.push(await vk.send({ type: 'text', text: 'once' }, where, stage.io))
    assert.equal(stage.world.bubbles.length, before + 1)
    assert.deepEqual(ids[1], ids[0])
  })
  test('what we send comes back as a receipt and never as another message', async () => {
    await stage.world.settled()
    stage.business.events.length = 0
    const bubble = await shown({ type: 'text', text: 'echo?' })
    await stage.world.settled()
    assert.deepEqual(
      stage.business.events.map(event => [event.type, 'of' in event && event.of]),
      [['receipt', bubble.id]],
    )
  })
  test('looking at the phone reads everything up to the last message', async () => {
    const bubble = await shown({ type: 'text', text: 'read me' })
    await stage.world.settled()
    stage.business.events.length = 0
    stage.world.act(anna.id, { do: 'look' })
    const [mark] = await stage.business.heard('watermark')
    assert.deepEqual([mark!.from, mark!.status], [anna.id, 'read'])
    const [receipt] = await stage.business.heard('receipt')
    assert.deepEqual([receipt!.of, receipt!.status], [bubble.id, 'read'])
  })
  test('a comment is answered by a comment under it', async () => {
    stage.business.events.length = 0
    commentOn('How much?', { person: anna }, stage.world)
    const [asked] = await stage.business.heard('message')
    assert.deepEqual(asked!.parts, [{ type: 'text', text: 'How much?' }])
    const where = fresh({ address: asked!.from, last: { id: asked!.id, at: asked!.at } })
    const sent = await vk.send({ type: 'text', text: '350 ₽' }, where, stage.io)
    assert.ok(sent.ok)
    assert.deepEqual(await vk.send({ type: 'text', text: '350 ₽' }, where, stage.io), sent)
    assert.equal(stage.world.bubble(sent.id)?.from, 'business')
    assert.equal((await stage.business.heard('receipt'))[0]!.of, sent.id)
    assert.equal((await vk.profile!(asked!.from, stage.io))?.name, 'Anna Virtanen')
  })
  test('a profile has a name and a picture, a chat its title, a stranger nothing', async () => {
    const { name, avatarUrl } = (await vk.profile!(to.address, stage.io))!
    assert.equal(name, 'Anna Virtanen')
    assert.match(avatarUrl!, /face\.jpg$/)
    assert.equal((await vk.profile!('2000000003' as Address, stage.io))?.name, 'Friends of Rowan & Rye')
    for (const stranger of ['77', '-5', 'nobody']) assert.equal(await vk.profile!(stranger as Address, stage.io), null)
  })
  test('typing and reading are told', async () => {
    await vk.typing!(to, stage.io)
    await vk.markRead!(stage.world.bubbles[0]!.id as never, to, stage.io)
    assert.equal(stage.world.bubbles[0]!.ticks, 'read')
    const told = stage.world.log.slice(-2).map(line => line.what)
    assert.deepEqual(told, ['POST messages.setActivity, typing', 'POST messages.markAsRead'])
  })
})

describe('vk: what the simulator refuses, as VK does', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  async function call(method: string, params: Record<string, string>) {
    const known = { access_token: stage.world.account.token, v: '5.199', random_id: '0', ...params }
    const body = new URLSearchParams(known)
    const answer = await fetch(`${stage.world.baseUrl}/method/${method}`, { method: 'POST', body })
    assert.equal(answer.status, 200)
    return (await answer.json()) as { error?: { error_code: number }; response?: unknown }
  }
  const keyboard = (buttons: object[][], more = {}) => JSON.stringify({ inline: true, buttons, ...more })
  const button = (label: string, more = {}) => ({ action: { type: 'text', label, ...more } })

  for (const [why, params, code] of [
    ['no version', { v: '' }, 8],
    ['a wrong token', { access_token: 'x' }, 5],
    ['no words', { peer_id: anna.id }, 100],
    ['nobody', { message: 'x' }, 100],
    ['a random_id that is no number', { peer_id: anna.id, message: 'x', random_id: 'a' }, 100],
    ['too many words', { peer_id: anna.id, message: 'x'.repeat(9001) }, 914],
    ['a stranger', { peer_id: '5', message: 'x' }, 936],
    ['an attachment that is not there', { peer_id: anna.id, attachment: 'photo-1_2' }, 100],
    ['a place off the globe', { peer_id: anna.id, lat: '91', long: '0' }, 100],
    ['a keyboard without buttons', { peer_id: anna.id, message: 'x', keyboard: '{}' }, 911],
    ['eleven inline buttons', { keyboard: keyboard(Array.from({ length: 6 }, () => [button('a'), button('b')])) }, 911],
    ['a long label', { keyboard: keyboard([[button('x'.repeat(41))]]) }, 911],
    ['a long payload', { keyboard: keyboard([[button('x', { payload: JSON.stringify('x'.repeat(255)) })]]) }, 911],
    ['six buttons in a row', { keyboard: keyboard([Array.from({ length: 6 }, () => button('a'))]) }, 911],
    ['an inline keyboard that goes', { keyboard: keyboard([[button('a')]], { one_time: true }) }, 911],
  ] as [string, Record<string, string>, number][])
    test(`${why} gets error ${code}`, async () => {
      const base: Record<string, string> = 'keyboard' in params ? { peer_id: anna.id, message: 'x' } : {}
      assert.equal((await call('messages.send', { ...base, ...params })).error?.error_code, code)
    })
  test('an unknown method, an unknown reaction and a file that was never uploaded are refused', async () => {
    assert.equal((await call('messages.levitate', {})).error?.error_code, 3)
    const reaction = { peer_id: anna.id, cmid: '1', reaction_id: '40' }
    assert.equal((await call('messages.sendReaction', reaction)).error?.error_code, 1009)
    assert.equal((await call('docs.save', { file: 'doc|0' })).error?.error_code, 105)
  })
  test('of several receivers each has an answer of its own', async () => {
    const { response } = await call('messages.send', { peer_ids: `${anna.id},5`, message: 'all' })
    const lines = response as { message_id: number; error?: { code: number } }[]
    assert.deepEqual(
      lines.map(line => [line.message_id > 0, line.error?.code]),
      [
        [true, undefined],
        [false, 936],
      ],
    )
  })
  test('an answer that is not the word ok is no answer: the event comes again', async () => {
    await stage.world.settled()
    const take = stage.business.requests.length
    const told: string[] = []
    const original = vkWire.took!
    assert.equal(original('ok'), true)
    for (const other of ['', 'OK', 'ok\n', '{"ok":true}']) told.push(String(original(other)))
    assert.deepEqual(told, ['false', 'false', 'false', 'false'])
    stage.world.act(anna.id, { do: 'text', text: 'once' })
    await stage.world.settled()
    assert.equal(stage.business.requests.length, take + 1)
  })
})
