import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { noFaults } from '../../sandbox/faults.ts'
import {
  batch,
  changeNumber,
  identify,
  missCall,
  preferMarketing,
  reviewTemplate,
} from '../../sandbox/whatsapp/index.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type InboundEvent, MediaGone, type Piece } from '../../src/channels/contract.ts'
import { externalId } from '../../src/channels/kit.ts'
import { whatsapp } from '../../src/channels/whatsapp/index.ts'
import { createIo } from './io.ts'
import { outgoing, type Stage, stage, until } from './whatsapp-stage.ts'

let s: Stage
let clock: number
const ana = '4915112345678'

before(async () => {
  clock = Date.now()
  s = await stage({ now: () => new Date(clock) })
})
after(() => s.close())
beforeEach(() => {
  // Every test begins a quiet day later, when the pace of earlier ones is forgotten, with Ana's window open.
  clock += 48 * 3600_000
  Object.assign(s.world.faults, noFaults())
  s.world.people.get('ana')!.wroteAt = clock
})

async function told(act: Act, who = 'ana'): Promise<InboundEvent[]> {
  const before = s.arrived.length
  s.world.act(who, act)
  await s.world.settled()
  return s.arrived.slice(before).flatMap(a => a.events)
}

const receipts = (id: string): string[] =>
  s.events().flatMap(e => (e.type === 'receipt' && e.of === id ? [e.status] : []))

async function sent(piece: Piece, replyTo?: string): Promise<string> {
  const result = await s.send(piece, ana, replyTo)
  assert.ok(result.ok, JSON.stringify(result))
  await until(() => receipts(result.id).includes('delivered') || piece.type === 'reaction')
  return result.id
}

const shown = (id: string) => s.world.bubble(id)!.parts

test('words and their quote appear on the phone, and sent and delivered come back', async () => {
  await told({ do: 'text', text: 'Hello' })
  const asked = s.world.bubbles.at(-1)!.id
  const id = await sent({ type: 'text', text: 'Grüße 👋' }, asked)
  assert.match(id, /^wamid\.[A-Za-z0-9+/]+=*$/)
  assert.deepEqual(shown(id), [{ type: 'text', text: 'Grüße 👋' }])
  assert.equal(s.world.bubble(id)!.replyTo, asked)
  assert.deepEqual(receipts(id), ['sent', 'delivered'])
})

test('every kind of file goes up and appears', async () => {
  const kinds = [
    ['image', 'image/png', 'image'],
    ['video', 'video/mp4', 'video'],
    ['audio', 'audio/mpeg', 'audio'],
    ['voice', 'audio/ogg', 'voice'],
    ['file', 'application/pdf', 'file'],
    ['sticker', 'image/webp', 'sticker'],
  ] as const
  for (const [type, mime, as] of kinds) {
    s.files.set(type, { bytes: Buffer.from(`bytes of ${type}`), mime, name: `my.${type}` })
    const caption = type === 'image' || type === 'file' ? { caption: 'Look' } : {}
    const id = await sent({ type, url: type, mime, name: `my.${type}`, ...caption })
    const part = shown(id)[0]!
    assert.equal(part.type, as)
    assert.deepEqual('caption' in part ? { caption: part.caption } : {}, caption)
    const stored = s.world.files.get('url' in part ? part.url : '')
    assert.equal(Buffer.from(stored!.bytes).toString(), `bytes of ${type}`)
  }
})

test('a document of a kind that cannot be uploaded is fetched by link', async () => {
  const site = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/csv' }).end('a,b'))
  await new Promise<void>(done => site.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/list.csv`
  const id = await sent({ type: 'file', url, mime: 'text/csv', name: 'list.csv' })
  const part = shown(id)[0]!
  site.close()
  assert.equal(Buffer.from(s.world.files.get('url' in part ? part.url : '')!.bytes).toString(), 'a,b')
})

test('a link that leads nowhere becomes a failure by webhook', async () => {
  const result = await s.send({ type: 'file', url: 'http://127.0.0.1:1/x.zip', mime: 'application/zip' }, ana)
  assert.ok(result.ok)
  const event = await until(() => s.events().find(e => e.type === 'receipt' && e.of === result.id))
  assert.equal(event.type === 'receipt' && event.status, 'failed')
})

test('places, cards, links, buttons, lists and templates appear', async () => {
  const choice = (id: string) => ({ id, label: `Label ${id}` })
  const pieces: Piece[] = [
    { type: 'location', lat: 52.52, lon: 13.405, name: 'Shop', address: 'Street 1' },
    { type: 'contact', name: 'Ada Lamp', phones: ['+49 151 000'] },
    { type: 'choices', prompt: 'Which?', choices: [choice('a'), choice('b')] },
    { type: 'choices', prompt: 'Which?', button: 'Open', choices: ['a', 'b', 'c', 'd'].map(choice) },
  ]
  for (const piece of pieces) assert.deepEqual(shown(await sent(piece)), [piece])
  const link = await sent({ type: 'link', url: 'https://example.com', title: 'Our shop' })
  assert.deepEqual(shown(link), [{ type: 'text', text: 'Our shop\nhttps://example.com' }])
  const template: Piece = { type: 'template', name: 'order_shipped', language: 'en_US', values: ['Ana', '77'] }
  const [part, choices] = shown(await sent(template))
  assert.deepEqual(part, template)
  assert.equal(choices?.type === 'choices' && choices.prompt, 'Hi Ana, your order 77 is on its way.')
})

test('a reaction of the business appears and goes away', async () => {
  await told({ do: 'text', text: 'Nice' })
  const { id } = s.world.bubbles.at(-1)!
  await sent({ type: 'reaction', emoji: '🔥', of: externalId(id) })
  await until(() => s.world.bubble(id)!.reactions.length === 1)
  await sent({ type: 'reaction', emoji: '', of: externalId(id) })
  await until(() => s.world.bubble(id)!.reactions.length === 0)
})

test('reading and typing reach the phone', async () => {
  await told({ do: 'text', text: 'Anybody there?' })
  const { id } = s.world.bubbles.at(-1)!
  let typing = 0
  s.world.events.on('typing', () => typing++)
  await whatsapp.typing!(outgoing(ana, id), s.io)
  assert.equal(typing, 1)
  await whatsapp.markRead!(externalId(id), outgoing(ana), s.io)
  assert.equal(s.world.bubble(id)!.ticks, 'read')
})

test('a person with a username is written to by user id and remains without a phone', async () => {
  const [event] = await told({ do: 'text', text: 'Hi' }, 'kim')
  assert.ok(event?.type === 'message')
  assert.match(event.from, /^GB\.\d{20}$/)
  assert.equal(event.aliases, undefined)
  assert.deepEqual(event.sender, { name: 'Kim 🌙', username: 'kim.moon' })
  const result = await s.send({ type: 'text', text: 'Hello Kim' }, event.from)
  assert.ok(result.ok)
  await until(() => receipts(result.id).includes('delivered'))
  assert.equal(s.world.bubble(result.id)?.person, 'kim')
})

test('a person may be known by both, or as before 2026 by the phone alone', async () => {
  const [both] = await told({ do: 'text', text: 'Hi' }, 'ana')
  assert.ok(both?.type === 'message')
  assert.match(both.from, /^DE\./)
  assert.deepEqual(both.aliases, [ana])
  identify(s.world, 'joe', 'phone')
  const [phone] = await told({ do: 'text', text: 'Hi' }, 'joe')
  assert.equal(phone?.type === 'message' && phone.from, '15551230001')
})

test('everything a customer can send arrives as what it is', async () => {
  const bytes = Buffer.from('voice')
  const acts: [Act, unknown][] = [
    [
      { do: 'text', text: 'Привет / 🎈' },
      { type: 'text', text: 'Привет / 🎈' },
    ],
    [
      { do: 'location', lat: 1.5, lon: -2.5, name: 'Beach' },
      { type: 'location', lat: 1.5, lon: -2.5, name: 'Beach', address: 'Beach' },
    ],
    [
      { do: 'contact', name: 'Bo Li', phone: '15550001' },
      { type: 'contact', name: 'Bo Li', phones: ['+15550001'] },
    ],
  ]
  for (const [act, part] of acts) {
    const [event] = await told(act)
    assert.deepEqual(event?.type === 'message' && event.parts, [part])
  }
  for (const type of ['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const) {
    const [event] = await told({ do: 'media', type, bytes, mime: 'audio/ogg', name: 'a.bin', caption: 'c' })
    const part = event?.type === 'message' ? event.parts[0] : undefined
    assert.equal(part?.type, type)
    const file = await whatsapp.media!(part && 'ref' in part ? part.ref! : '', s.io)
    assert.equal(Buffer.from(file.bytes).toString(), 'voice')
  }
})

test('coming from an ad carries the ad', async () => {
  const [event] = await told({ do: 'start', ref: 'spring-7' })
  assert.deepEqual(event?.type === 'message' && event.entry, { ref: 'spring-7', source: 'ad' })
  assert.throws(() => s.world.act('ana', { do: 'start' }), /WhatsApp says nothing/)
})

test('a file that is gone is told apart from one that may come later', async () => {
  await assert.rejects(whatsapp.media!('12345', s.io), MediaGone)
  s.world.faults.down = 1
  await assert.rejects(whatsapp.media!('12345', s.io), error => !(error instanceof MediaGone))
})

test('buttons, list rows and template replies come back as the choice', async () => {
  const choices = ['a', 'b', 'c', 'd'].map(id => ({ id, label: id.toUpperCase() }))
  const offers: Piece[] = [
    { type: 'choices', prompt: 'Which?', choices: choices.slice(0, 2) },
    { type: 'choices', prompt: 'Which?', choices },
  ]
  for (const offer of offers) {
    const id = await sent(offer)
    const [event] = await told({ do: 'press', bubble: id, choice: 'b' })
    assert.ok(event?.type === 'chosen')
    assert.deepEqual([event.choice, event.label, event.of], ['b', 'B', id])
  }
  const id = await sent({ type: 'template', name: 'order_shipped', language: 'en_US', values: ['A', '1'] })
  const [event] = await told({ do: 'press', bubble: id, choice: 'Stop' })
  assert.equal(event?.type === 'chosen' && event.choice, 'Stop')
})

test('reactions, changes and deletions of the customer arrive', async () => {
  await told({ do: 'text', text: 'Tusday' })
  const { id } = s.world.bubbles.at(-1)!
  const [edited] = await told({ do: 'edit', bubble: id, text: 'Tuesday' })
  assert.deepEqual(edited?.type === 'edited' && [edited.of, edited.parts], [id, [{ type: 'text', text: 'Tuesday' }]])
  const [deleted] = await told({ do: 'delete', bubble: id })
  assert.equal(deleted?.type === 'deleted' && deleted.of, id)
  const ours = await sent({ type: 'text', text: 'Fine' })
  const [up] = await told({ do: 'react', bubble: ours, emoji: '👍' })
  const [off] = await told({ do: 'react', bubble: ours, emoji: '' })
  assert.deepEqual(
    [up, off].map(e => e?.type === 'reaction' && e.emoji),
    ['👍', ''],
  )
})

test('looking at the phone reads what was delivered', async () => {
  const id = await sent({ type: 'text', text: 'Look here' })
  await told({ do: 'look' })
  assert.deepEqual(receipts(id), ['sent', 'delivered', 'read'])
})

test('a closed window lets only templates through', async () => {
  clock += 25 * 3600_000
  const text = await s.send({ type: 'text', text: 'Too late' }, ana)
  assert.ok(text.ok)
  const failed = await until(() => s.events().find(e => e.type === 'receipt' && e.of === text.id))
  assert.equal(failed.type === 'receipt' && failed.failure?.why, 'window-closed')
  await sent({ type: 'template', name: 'hello_world', language: 'en_US', values: [] })
})

test('messages to one who blocked us, or is not on WhatsApp, fail by webhook', async () => {
  await told({ do: 'block' })
  const blocked = await s.send({ type: 'text', text: 'Hello?' }, ana)
  await told({ do: 'unblock' })
  const nobody = await s.send({ type: 'text', text: 'Hello?' }, '15559999999')
  for (const result of [blocked, nobody]) {
    assert.ok(result.ok)
    const event = await until(() => s.events().find(e => e.type === 'receipt' && e.of === result.id))
    assert.equal(event.type === 'receipt' && event.failure?.why, 'blocked')
  }
})

test('Meta refuses at once what breaks its limits', async () => {
  const refusals: [Piece, RegExp][] = [
    [{ type: 'text', text: 'x'.repeat(4097) }, /at most 4096 characters.*\(100\)/],
    [
      {
        type: 'choices',
        prompt: '?',
        choices: [
          { id: 'a', label: 'A' },
          { id: 'b', label: 'A' },
        ],
      },
      /Duplicated.*131009/,
    ],
    [{ type: 'template', name: 'nope', language: 'en_US', values: [] }, /does not exist in en_US.*132001/],
    [{ type: 'template', name: 'order_shipped', language: 'en_US', values: ['1'] }, /expected number.*132000/],
    [{ type: 'template', name: 'paused_one', language: 'en_US', values: ['1'] }, /paused.*132015/],
    [{ type: 'template', name: 'with_picture', language: 'en_US', values: [] }, /132012/],
  ]
  for (const [piece, why] of refusals) {
    const result = await s.send(piece, ana)
    assert.ok(!result.ok)
    assert.equal(result.why, 'invalid')
    assert.match(result.detail, why)
  }
  s.files.set('big', { bytes: Buffer.alloc(6_000_000), mime: 'image/png', name: 'big.png' })
  const big = await s.send({ type: 'image', url: 'big', mime: 'image/png' }, ana)
  assert.match(big.ok ? '' : big.detail, /too big.*131053/)
})

test('too many messages to one person are refused for a while', async () => {
  const results = await Promise.all(Array.from({ length: 50 }, () => s.send({ type: 'text', text: 'x' }, ana)))
  const refused = results.filter(r => !r.ok)
  assert.equal(refused.length, 5)
  for (const r of refused) assert.deepEqual([r.why, r.retryAfterSeconds], ['rate', 6])
})

test('the ordered faults are told as what they are', async () => {
  const text: Piece = { type: 'text', text: 'Hi' }
  const { faults } = s.world
  Object.assign(faults, { rate: 1, retryAfter: 9 })
  const rate = await s.send(text, ana)
  assert.deepEqual(!rate.ok && [rate.why, rate.retryAfterSeconds], ['rate', 9])
  faults.down = 1
  const down = await s.send(text, ana)
  assert.equal(!down.ok && down.why, 'down')
  faults.token = true
  const token = await s.send(text, ana)
  assert.equal(!token.ok && token.why, 'auth')
  faults.token = false
  faults.loseAnswer = 1
  const lost = await s.send({ type: 'text', text: 'Did it arrive?' }, ana)
  assert.equal(!lost.ok && lost.why, 'unknown')
  await until(() => s.world.bubbles.some(b => b.parts.some(p => p.type === 'text' && p.text === 'Did it arrive?')))
  s.files.set('pic', { bytes: Buffer.from('x'), mime: 'image/png', name: 'a.png' })
  faults.loseAnswer = 1
  const upload = await s.send({ type: 'image', url: 'pic', mime: 'image/png' }, ana)
  assert.equal(!upload.ok && upload.why, 'down', 'an upload whose answer is lost has reached nobody')
  const gone = await whatsapp.send(text, outgoing(ana), createIo({ ...s.io.settings, baseUrl: await deadAddress() }))
  assert.equal(!gone.ok && gone.why, 'down')
})

test('repeated, reordered and forged webhooks behave', async () => {
  const { faults } = s.world
  faults.duplicate = 1
  const twice = await told({ do: 'text', text: 'Twice' })
  assert.equal(twice.length, 2)
  assert.equal(twice[0]!.id, twice[1]!.id)
  faults.duplicate = 0
  faults.reorder = 2
  s.world.act('ana', { do: 'text', text: 'first' })
  const pair = await told({ do: 'text', text: 'second' })
  assert.deepEqual(
    pair.map(e => e.type === 'message' && e.parts),
    [[{ type: 'text', text: 'second' }], [{ type: 'text', text: 'first' }]],
  )
  faults.forge = 1
  const before = s.arrived.length
  const [event] = await told({ do: 'text', text: 'Really me' })
  assert.deepEqual(
    s.arrived.slice(before).map(a => a.verdict),
    ['reject', 'accept'],
  )
  assert.equal(event?.type, 'message')
})

test('an event kind of tomorrow is not lost', async () => {
  const before = s.arrived.length
  s.world.emit('unknown', s.world.wire.unknownEvent(s.world.people.get('ana')!, s.world))
  await s.world.settled()
  const [event] = s.arrived.slice(before).flatMap(a => a.events)
  assert.equal(event?.type === 'unsupported' && event.what, 'hologram')
})

test('many events may travel in one webhook', async () => {
  const before = s.arrived.length
  batch(s.world, 40)
  for (let i = 0; i < 45; i++) s.world.act(i % 3 ? 'ana' : 'kim', { do: 'text', text: `No. ${i}` })
  batch(s.world, 1)
  await s.world.settled()
  const mail = s.arrived.slice(before)
  assert.deepEqual(
    mail.map(m => m.events.length),
    [40, 5],
  )
  const words = mail.flatMap(m => m.events).flatMap(e => (e.type === 'message' ? e.parts : []))
  assert.deepEqual(
    words.map(p => p.type === 'text' && p.text),
    Array.from({ length: 45 }, (_, i) => `No. ${i}`),
  )
})

test('calls, new numbers, marketing wishes and template reviews arrive', async () => {
  const tell = async (run: () => void) => {
    const before = s.arrived.length
    run()
    await s.world.settled()
    return s.arrived.slice(before).flatMap(a => a.events)
  }
  const calls = await tell(() => missCall(s.world, 'ana'))
  assert.deepEqual(
    calls.map(e => e.type === 'happened' && e.what),
    ['call-incoming', 'call-missed'],
  )
  const [stop] = await tell(() => preferMarketing(s.world, 'ana', 'stop'))
  assert.deepEqual(stop?.type === 'consent' && [stop.given, stop.purpose], [false, 'marketing'])
  const [review] = await tell(() => reviewTemplate(s.world, 'appointment', 'REJECTED'))
  assert.deepEqual(review?.type === 'account' && [review.what, review.level], [
    'message-template-status-rejected',
    'warning',
  ])
  const [before] = await told({ do: 'text', text: 'old number' }, 'joe')
  const [moved] = await tell(() => changeNumber(s.world, 'joe', '15551230002'))
  assert.ok(before?.type === 'message' && moved?.type === 'moved')
  assert.deepEqual([moved.from, moved.to], [before.from, '15551230002'])
})

test('set-up checks the token, registers the webhook with a handshake, and says what to click otherwise', async () => {
  const fresh = await stage({ hooked: 'no' })
  const done = await whatsapp.setup!(fresh.hookUrl, fresh.io)
  assert.ok(done.ok)
  assert.match(done.account, /^shop, \+1 555-/)
  assert.equal(fresh.world.webhookUrl, fresh.hookUrl)
  const wrong = (more: object) =>
    whatsapp.setup!(fresh.hookUrl, { ...fresh.io, settings: { ...fresh.io.settings, ...more } })
  const badToken = await wrong({ accessToken: 'other' })
  assert.equal(!badToken.ok && badToken.why, 'auth')
  const badVerify = await wrong({ verifyToken: 'other' })
  assert.match(badVerify.ok ? '' : badVerify.detail, /HTTP Status Code = 403/)
  const byHand = await wrong({ businessAccountId: undefined })
  assert.match((byHand.ok && byHand.detail) || '', /Callback URL: http/)
  await fresh.close()
})

test('templates come in pages, without those that need more than words in the body', async () => {
  const all = await whatsapp.templates!(s.io)
  const names = all.map(t => `${t.name} ${t.language} ${t.status} ${t.values}`)
  assert.ok(names.includes('order_shipped ru approved 2'))
  assert.ok(names.includes('refused_one en_US rejected 1'))
  assert.ok(!all.some(t => t.name === 'with_picture'))
  assert.deepEqual(await whatsapp.templates!({ ...s.io, http: inSmallPages }), all)
})

const inSmallPages: Stage['io']['http'] = call => s.io.http({ ...call, url: call.url.replace('limit=100', 'limit=3') })

/** An address where nobody listens any more. */
async function deadAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}
