import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Piece } from '../../src/channels/contract.ts'
import { externalId } from '../../src/channels/kit.ts'
import { whatsapp } from '../../src/channels/whatsapp/index.ts'
import { ana, openShop, receipts, s, sent, told } from './whatsapp-shop.ts'
import { outgoing, type Stage, stage, until } from './whatsapp-stage.ts'

openShop()

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
