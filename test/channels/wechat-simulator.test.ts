import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { enterServer } from '../../sandbox/wechat/account.ts'
import { menuOf, revoke } from '../../sandbox/wechat/api.ts'
import { answerNotices, wechatWire } from '../../sandbox/wechat.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type Address, type InboundEvent, MediaGone, type Piece, type SendResult } from '../../src/channels/contract.ts'
import { wechat } from '../../src/channels/wechat/index.ts'
import { createIo } from './io.ts'
import { closeStage, connected, inTouch, mei, nowhere, openStage, png, type Stage, to, writes } from './wechat-stage.ts'

const why = (result: SendResult): string => (result.ok ? 'ok' : result.why)
const hours = 3_600_000
type Template = Piece & { type: 'template' }

describe('wechat: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => closeStage(stage))

  test('checks the secret, says what to enter, and the console takes the address', async () => {
    const result = await wechat.setup!(stage.business.url, stage.io)
    assert.ok(result.ok)
    assert.equal(result.account, stage.io.settings.appId)
    assert.match(result.detail!, /hooks\/1 as the server address.*"Safe"/)
    assert.equal(await enterServer(stage.business.url, stage.world), true)
    assert.deepEqual(stage.business.verdicts, ['answer'])
    assert.equal(await enterServer(`${await nowhere()}/hooks/1`, stage.world), false)
  })
  test('makes the menu that is set, and refuses one that is too large', async () => {
    const menu = 'Hours = HOURS\nShop = https://shop.example'
    assert.equal((await wechat.setup!('u', createIo({ ...stage.io.settings, menu }))).ok, true)
    assert.deepEqual(
      menuOf(stage.world).map(b => b.type),
      ['click', 'view'],
    )
    const wide = createIo({ ...stage.io.settings, menu: 'a=1\nb=2\nc=3\nd=4' })
    assert.equal((await wechat.setup!('u', wide)).ok, false)
  })
  test('a menu of entries does the same, and without entries it is taken away', async () => {
    const entries = [
      { label: 'Hours', says: 'HOURS' },
      { label: 'Person' },
      { label: 'Shop', opens: 'https://shop.example' },
    ]
    assert.equal((await wechat.setup!('u', createIo({ ...stage.io.settings, menu: { entries } }))).ok, true)
    assert.deepEqual(menuOf(stage.world), [
      { type: 'click', name: 'Hours', key: 'HOURS' },
      { type: 'click', name: 'Person', key: 'Person' },
      { type: 'view', name: 'Shop', url: 'https://shop.example' },
    ])
    assert.equal((await wechat.setup!('u', createIo({ ...stage.io.settings, menu: { entries: [] } }))).ok, true)
    assert.deepEqual(menuOf(stage.world), [])
  })
  test('says so when the secret or the account is wrong, or nobody answers', async () => {
    const refused = async (fields: object) => {
      const result = await wechat.setup!('u', createIo({ ...stage.io.settings, ...fields }))
      return result.ok ? 'ok' : result.why
    }
    assert.equal(await refused({ appSecret: 'x' }), 'auth')
    assert.equal(await refused({ appId: 'wx0000000000000000' }), 'auth')
    assert.equal(await refused({ baseUrl: await nowhere() }), 'down')
  })
})

describe('wechat: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  beforeEach(() => writes(stage))
  after(() => closeStage(stage))

  const choices = [
    { id: 'size:m', label: 'Medium' },
    { id: 'size:l', label: '大号 & wide' },
  ]
  const sendable: [string, Piece][] = [
    ['words', { type: 'text', text: '谢谢! <b>&</b> "so" 😀\n\u0001' }],
    ['a long text', { type: 'text', text: '字'.repeat(682) }],
    ['choices', { type: 'choices', prompt: 'Which size?', choices }],
    ['a link', { type: 'link', url: 'https://shop.example/boots', title: 'Boots' }],
  ]
  for (const [what, piece] of sendable)
    test(`${what} reaches the phone as it was`, async () => {
      const sent = await wechat.send(piece, to, stage.io)
      assert.deepEqual(sent, { ok: true, id: to.key })
      assert.deepEqual(stage.world.bubbles.at(-1)?.parts, [piece])
    })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'boots.png'],
    ['image', 'image/jpeg', 'no ending'],
    ['video', 'video/mp4', 'tour.mp4'],
    ['voice', 'audio/amr', 'hello.amr'],
    ['audio', 'audio/mpeg', 'song'],
  ] as const)
    test(`${name}, sent as ${type}, is uploaded and shown`, async () => {
      stage.files.set('/m/1', { bytes: png, mime, name })
      const sent = await wechat.send({ type, url: '/m/1', mime }, to, stage.io)
      assert.ok(sent.ok, JSON.stringify(sent))
      const part = stage.world.bubbles.at(-1)!.parts[0] as { type: string; ref: string }
      assert.equal(part.type, type === 'audio' ? 'voice' : type)
      assert.deepEqual(Buffer.from(stage.world.files.get(part.ref)!.bytes), png)
    })
  test('a file of a wrong kind is refused with words', async () => {
    stage.files.set('/m/2', { bytes: png, mime: 'image/webp', name: 'a.webp' })
    const sent = await wechat.send({ type: 'image', url: '/m/2' }, to, stage.io)
    assert.deepEqual(why(sent), 'invalid')
    assert.match(sent.ok ? '' : sent.detail, /did not take the file.*40004/)
  })
  test('a template is listed, sent with its values, and told delivered', async () => {
    const [template, notice] = await wechat.templates!(stage.io)
    assert.equal(template!.values, 3)
    assert.match(template!.name, /^template\/ngqIp.*\/thing1,character_string2,time3$/)
    const piece: Template = {
      type: 'template',
      name: template!.name,
      language: 'zh_CN',
      values: ['Boots', '4711', '12:00'],
    }
    const sent = await wechat.send(piece, to, stage.io)
    assert.ok(sent.ok)
    assert.deepEqual(stage.world.bubble(sent.id)?.parts, [
      { type: 'text', text: 'Order shipped\nBoots\nOrder: 4711\nTime: 12:00' },
    ])
    const [receipt] = await stage.business.heard('receipt')
    assert.deepEqual([receipt!.of, receipt!.status], [sent.id, 'delivered'])
    assert.equal(why(await wechat.send({ ...piece, values: ['Boots'] }, to, stage.io)), 'invalid')
    assert.match(notice!.name, /^subscribe\//)
  })
  test('a notice goes only to a customer who allowed it, once', async () => {
    const notice = (await wechat.templates!(stage.io))[1]!
    const piece: Template = { type: 'template', name: notice.name, language: 'zh_CN', values: ['Boots', 'here'] }
    assert.equal(why(await wechat.send(piece, to, stage.io)), 'blocked')
    answerNotices(mei.id, 'accept', stage.world)
    assert.equal((await stage.business.heard('happened'))[0]!.what, 'notices-allowed')
    const sent = await wechat.send(piece, to, stage.io)
    assert.equal((await stage.business.heard('receipt'))[0]!.of, sent.ok && sent.id)
    assert.equal(why(await wechat.send(piece, to, stage.io)), 'blocked')
  })
  test('typing is shown, and a profile has the remark and a language', async () => {
    const shown: unknown[] = []
    stage.world.events.on('typing', person => shown.push(person?.id))
    await wechat.typing!(to, stage.io)
    assert.deepEqual(shown, [mei.id])
    assert.deepEqual(await wechat.profile!(to.address, stage.io), { name: 'Mei', language: 'zh_CN' })
    assert.equal(await wechat.profile!('nobody' as Address, stage.io), null)
  })
})

describe('wechat: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => closeStage(stage))

  async function after1<T extends InboundEvent['type']>(act: Act, type: T) {
    stage.business.events.length = 0
    stage.world.act(mei.id, act)
    return (await stage.business.heard(type))[0]!
  }

  test('words arrive encrypted, with an id beyond 2^53, and are answered with success', async () => {
    const event = await after1({ do: 'text', text: '你好 👋 ]]> <b>' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: '你好 👋 ]]> <b>' }])
    assert.equal(event.from, mei.id)
    assert.ok(BigInt(event.id) > BigInt(Number.MAX_SAFE_INTEGER))
    assert.equal(stage.business.answers.at(-1), 'success')
    assert.ok(!Buffer.from(stage.business.requests.at(-1)!.body).includes('你好'))
  })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'a.png'],
    ['video', 'video/mp4', 'b.mp4'],
    ['voice', 'audio/amr', 'c.amr'],
  ] as const)
    test(`a ${type} arrives and can be fetched`, async () => {
      const event = await after1({ do: 'media', type, bytes: png, mime, name }, 'message')
      const part = event.parts[0]!
      assert.ok(part.type === type && part.ref)
      const file = await wechat.media!(part.ref, stage.io)
      assert.deepEqual(Buffer.from(file.bytes), png)
      assert.equal(file.mime, mime)
    })
  test('what was recognised in a voice message is its caption', async () => {
    const deed = {
      do: 'media',
      type: 'voice',
      bytes: png,
      mime: 'audio/amr',
      name: 'v.amr',
      caption: '几点开门',
    } as const
    assert.equal((await after1(deed, 'message')).parts.map(p => ('caption' in p ? p.caption : ''))[0], '几点开门')
  })
  test('a file that is gone says so', async () => {
    await assert.rejects(wechat.media!('gone', stage.io), MediaGone)
    await assert.rejects(wechat.media!(`${stage.world.baseUrl}/video/gone`, stage.io), MediaGone)
  })
  test('a place arrives', async () => {
    const event = await after1({ do: 'location', lat: 30.65, lon: 104.06, name: '成都' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'location', lat: 30.65, lon: 104.06, address: '成都' }])
  })
  test('a tapped line and a button of the menu arrive as choices', async () => {
    const choices = [{ id: 'size:m', label: 'Medium' }]
    assert.ok((await wechat.send({ type: 'choices', prompt: 'Size?', choices }, to, stage.io)).ok)
    const bubble = stage.world.bubbles.at(-1)!
    const tapped = await after1({ do: 'press', bubble: bubble.id, choice: 'size:m' }, 'chosen')
    assert.deepEqual([tapped.choice, tapped.label], ['size:m', 'Medium'])
    const menu = await after1({ do: 'press', bubble: 'menu', choice: 'HOURS' }, 'chosen')
    assert.equal(menu.choice, 'HOURS')
  })
  test('a scanned code names its scene; leaving and following again are consent', async () => {
    assert.deepEqual((await after1({ do: 'start', ref: 'flyer-7' }, 'started')).entry, { ref: 'flyer-7', source: 'qr' })
    assert.equal((await after1({ do: 'block' }, 'consent')).given, false)
    assert.equal(why(await wechat.send({ type: 'text', text: 'still there?' }, to, stage.io)), 'window-closed')
    const template = (await wechat.templates!(stage.io))[0]!
    const piece: Template = { type: 'template', name: template.name, language: '', values: ['a', 'b', 'c'] }
    assert.equal(why(await wechat.send(piece, to, stage.io)), 'blocked')
    assert.equal((await after1({ do: 'unblock' }, 'consent')).given, true)
    assert.ok((await wechat.send({ type: 'text', text: 'welcome back' }, to, stage.io)).ok)
    await after1({ do: 'block' }, 'consent')
    assert.deepEqual((await after1({ do: 'start', ref: 'flyer-8' }, 'started')).entry, { ref: 'flyer-8', source: 'qr' })
    assert.equal((await stage.business.heard('consent'))[0]!.given, true)
  })
  test('what WeChat does not tell accounts is refused with a reason, an unknown event is kept', async () => {
    for (const act of [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'react', bubble: '1', emoji: '👍' },
      { do: 'contact', name: 'a', phone: '1' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(mei.id, act), /wechat: accounts are not told/)
    stage.business.events.length = 0
    stage.world.emit('unknown', wechatWire.unknownEvent(stage.world.people.get(mei.id)!, stage.world))
    assert.equal((await stage.business.heard('unsupported'))[0]!.what, 'event hologram_call')
  })
})

describe('wechat: what the simulator refuses, as WeChat does', () => {
  let stage: Stage
  before(async () => {
    stage = await connected()
  })
  after(() => closeStage(stage))
  const piece: Piece = { type: 'text', text: 'hello' }

  test('nobody can be written to first, five answers are the most, and after 48 hours there are none', async () => {
    assert.match(JSON.stringify(await wechat.send(piece, to, stage.io)), /window-closed.*45015/)
    await writes(stage)
    for (let i = 0; i < 5; i++) assert.ok((await wechat.send(piece, to, stage.io)).ok)
    assert.match(JSON.stringify(await wechat.send(piece, to, stage.io)), /window-closed.*45047/)
    await writes(stage)
    stage.pass(48 * hours + 1000)
    revoke(stage.world)
    assert.match(JSON.stringify(await wechat.send(piece, to, stage.io)), /window-closed.*45015/)
  })
  test('a menu button opens three answers for a minute', async () => {
    stage.world.act(mei.id, { do: 'press', bubble: 'menu', choice: 'HOURS' })
    for (let i = 0; i < 3; i++) assert.ok((await wechat.send(piece, to, stage.io)).ok)
    assert.equal(why(await wechat.send(piece, to, stage.io)), 'window-closed')
  })

  async function call(path: string, body: unknown, token?: string) {
    const access = token ?? (await stage.io.token('access', async () => assert.fail('there is a token')))
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }
    const answer = await fetch(`${stage.world.baseUrl}${path}?access_token=${access}`, init)
    assert.equal(answer.status, 200)
    return ((await answer.json()) as { errcode: number }).errcode
  }
  const send = '/cgi-bin/message/custom/send'
  for (const [what, fields, code] of [
    ['a stranger', { touser: 'o0' }, 40003],
    ['no kind', { msgtype: undefined }, 40008],
    ['no words', { text: { content: '' } }, 44004],
    ['2049 bytes', { text: { content: 'x'.repeat(2049) } }, 45002],
    ['an unknown file', { msgtype: 'image', image: { media_id: 'x' } }, 40007],
    ['two articles', { msgtype: 'news', news: { articles: [{ url: 'a', title: 'a' }, { url: 'a' }] } }, 45002],
  ] as const)
    test(`${what} gets ${code}`, async () => {
      await writes(stage)
      assert.equal(await call(send, { touser: mei.id, msgtype: 'text', text: { content: 'x' }, ...fields }), code)
    })
  test('broken JSON, letters written as \\u and tokens are told apart', async () => {
    assert.equal(await call(send, '{"touser"'), 47001)
    assert.equal(await call(send, `{"touser":"${mei.id}","msgtype":"text","text":{"content":"\\u4f60"}}`), 40033)
    assert.equal(await call(send, {}, 'x'), 40001)
    assert.equal(await call(send, {}, ''), 41001)
    assert.equal(await call('/cgi-bin/message/template/send', { touser: mei.id, template_id: 'x' }), 40037)
  })
})
