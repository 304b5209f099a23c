import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { WhatsAppAPI } from 'whatsapp-api-js'
import { ActionButtons, Body, Button, Image, Interactive, Text } from 'whatsapp-api-js/messages'
import type { PostData } from 'whatsapp-api-js/types'
import { batch } from '../../sandbox/whatsapp/index.ts'
import type { Act } from '../../sandbox/wire.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { externalId } from '../../src/channels/kit.ts'
import { render } from '../../src/channels/whatsapp/send.ts'
import { metaSchemas, withPhone } from './whatsapp-schema.ts'
import { outgoing, type Stage, stage, until } from './whatsapp-stage.ts'

const schema = metaSchemas()
let s: Stage

before(async () => {
  s = await stage()
})
after(() => s.close())
beforeEach(() => {
  s.arrived.length = 0
})

const choices = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `id-${i}`, label: `Choice ${i}` }))

const pieces: Piece[] = [
  { type: 'text', text: 'Hello' },
  { type: 'link', url: 'https://example.com', title: 'Shop' },
  ...(['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const).map(
    (type): Piece => ({ type, url: 'x', name: 'a.bin', caption: 'Look', mime: 'image/png' }),
  ),
  { type: 'location', lat: 1.25, lon: -2, name: 'Beach', address: 'Sand 1' },
  { type: 'contact', name: 'Ada', phones: ['+44 7700 900456'], emails: ['a@example.com'], company: 'Lamp Ltd' },
  { type: 'choices', prompt: 'Which?', choices: choices(3) },
  { type: 'choices', prompt: 'Which?', choices: choices(10), button: 'Open' },
  { type: 'template', name: 'order_shipped', language: 'en_US', values: ['Ana', '7'] },
  { type: 'template', name: 'hello_world', language: 'en_US', values: [] },
  { type: 'reaction', emoji: '👍', of: externalId('wamid.A') },
]

test('Meta’s own description accepts every request we make', t => {
  if (!schema) return t.diagnostic('Meta’s description is not on this machine')
  const valid = schema('Message')
  for (const piece of pieces) {
    // Documented, but missing from the description.
    const { biz_opaque_callback_data: key, ...body } = render(piece, outgoing('4915112345678', 'wamid.Q'), {
      id: '123',
    })
    assert.equal(key, 'key')
    assert.ok(valid(plain(body)), `${piece.type}: ${JSON.stringify(valid.errors, null, 1)}`)
  }
})

test('Meta’s description refuses what is wrong, so its yes means something', t => {
  if (!schema) return t.diagnostic('Meta’s description is not on this machine')
  const valid = schema('Message')
  const good = { ...plain(render({ type: 'text', text: 'Hello' }, outgoing('4915112345678'))) }
  delete good.biz_opaque_callback_data
  assert.equal(valid(good), true)
  for (const bad of [
    { ...good, colour: 'red' },
    { ...good, type: 'image' },
    { ...good, recipient_type: 'crowd' },
  ])
    assert.equal(valid(bad), false)
})

const plain = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value))

const acts: Act[] = [
  { do: 'text', text: 'Grüße / 🎈' },
  { do: 'location', lat: 1.5, lon: 2.5, name: 'Beach' },
  { do: 'contact', name: 'Bo Li', phone: '15550001' },
  { do: 'start', ref: 'spring' },
  ...(['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const).map(
    (type): Act => ({ do: 'media', type, bytes: Buffer.from('x'), mime: 'image/jpeg', name: 'a.bin', caption: 'c' }),
  ),
]

function judgeArrived(valid: ValidateFunction): number {
  for (const { request } of s.arrived) {
    const payload = withPhone(JSON.parse(Buffer.from(request.body).toString()))
    assert.ok(valid(payload), `${JSON.stringify(payload)} ${JSON.stringify(valid.errors?.slice(0, 6), null, 1)}`)
  }
  return s.arrived.length
}

test('Meta’s description accepts every webhook of the simulator', async t => {
  if (!schema) return t.diagnostic('Meta’s description is not on this machine')
  const valid = schema('WebhookPayload')
  for (const who of ['ana', 'kim']) for (const act of acts) s.world.act(who, act)
  const kim = s.events().at(-1)
  const asked = await s.send({ type: 'choices', prompt: 'Which?', choices: choices(2) }, '4915112345678')
  const listed = await s.send(
    { type: 'choices', prompt: 'Which?', choices: choices(4).map(c => ({ ...c, description: 'd' })) },
    '4915112345678',
  )
  const template = await s.send(
    { type: 'template', name: 'order_shipped', language: 'ru', values: ['Ана', '7'] },
    '4915112345678',
  )
  await s.send({ type: 'text', text: 'nobody' }, '15559999999')
  assert.ok(asked.ok && listed.ok && template.ok, JSON.stringify(kim))
  await until(() => s.world.bubble(template.id))
  s.world.act('ana', { do: 'press', bubble: asked.id, choice: 'id-1' })
  s.world.act('ana', { do: 'press', bubble: listed.id, choice: 'id-3' })
  s.world.act('ana', { do: 'press', bubble: template.id, choice: 'Стоп' })
  s.world.act('ana', { do: 'react', bubble: asked.id, emoji: '👍' })
  s.world.act('ana', { do: 'look' })
  await s.world.settled()
  assert.ok(judgeArrived(valid) > 30)
})

test('Meta’s description accepts webhooks with many events', async t => {
  if (!schema) return t.diagnostic('Meta’s description is not on this machine')
  batch(s.world, 30)
  for (let i = 0; i < 30; i++) s.world.act(i % 2 ? 'ana' : 'kim', { do: 'text', text: `No. ${i}` })
  batch(s.world, 1)
  await s.world.settled()
  assert.equal(judgeArrived(schema('WebhookPayload')), 1)
})

/** The SDK with its addresses bent to the simulator: it knows only graph.facebook.com. */
function sdk() {
  const bent: typeof fetch = (url, options) =>
    fetch(String(url).replace('https://graph.facebook.com', s.world.baseUrl), options)
  const { token, secret } = s.world.account
  return new WhatsAppAPI({ token, appSecret: secret, webhookVerifyToken: 'v', v: 'v24.0', ponyfill: { fetch: bent } })
}

test('an SDK as client sends, uploads, downloads and marks read at the simulator', async () => {
  const api = sdk()
  const phone = s.world.account.id
  s.world.act('ana', { do: 'text', text: 'Hello' })
  const hello = s.world.bubbles.at(-1)!
  const to = { phone: '4915112345678', bsuid: '' }
  const answered = async (message: Text | Image | Interactive) => {
    const answer = (await api.sendMessage(phone, to, message, hello.id)) as { messages: { id: string }[] }
    const bubble = await until(() => s.world.bubble(answer.messages[0]!.id))
    assert.equal(bubble.replyTo, hello.id)
    return bubble.parts[0]!
  }
  assert.deepEqual(await answered(new Text('Hi Ana')), { type: 'text', text: 'Hi Ana' })
  const ask = new Interactive(new ActionButtons(new Button('y', 'Yes'), new Button('n', 'No')), new Body('Sure?'))
  assert.equal((await answered(ask)).type, 'choices')
  const form = new FormData()
  form.set('file', new Blob(['picture'], { type: 'image/png' }), 'a.png')
  form.set('messaging_product', 'whatsapp')
  const { id } = (await api.uploadMedia(phone, form)) as { id: string }
  assert.equal((await answered(new Image(id, true))).type, 'image')
  const found = (await api.retrieveMedia(id)) as { url: string; sha256: string }
  assert.equal(await (await api.fetchMedia(found.url)).text(), 'picture')
  assert.deepEqual(await api.markAsRead(phone, hello.id, 'text'), { success: true })
  assert.deepEqual(await api.deleteMedia(id), { success: true })
})

test('an SDK’s own signature check and parser accept the simulator’s webhooks', async () => {
  const api = sdk()
  const heard: string[] = []
  api.on.message = ({ message, contact }) => {
    heard.push(`${contact.profile?.name}: ${message.type}`)
  }
  api.on.status = ({ status, pricing }) => {
    heard.push(`${status} ${pricing?.category}`)
  }
  s.world.act('ana', { do: 'text', text: 'Grüße 🎈' })
  s.world.act('kim', { do: 'location', lat: 1, lon: 2 })
  const result = await s.send({ type: 'text', text: 'Hi' }, '4915112345678')
  assert.ok(result.ok)
  await until(() => s.arrived.length >= 4)
  for (const { request } of s.arrived) {
    const body = Buffer.from(request.body).toString()
    await api.post(JSON.parse(body) as PostData, body, request.headers['x-hub-signature-256']!)
    await assert.rejects(async () =>
      api.post(JSON.parse(body) as PostData, `${body} `, request.headers['x-hub-signature-256']!),
    )
  }
  const wanted = ['Ana Ünlü: text', 'Kim 🌙: location', 'sent service', 'delivered service']
  assert.deepEqual(heard.toSorted(), wanted.toSorted())
})

test('an SDK addresses a person by user id', async () => {
  s.world.act('kim', { do: 'text', text: 'Hi' })
  await s.world.settled()
  const [event] = s.events()
  assert.ok(event?.type === 'message')
  const answer = (await sdk().sendMessage(s.world.account.id, { bsuid: event.from }, new Text('Hello'))) as {
    contacts: { user_id: string; wa_id?: string }[]
  }
  assert.deepEqual(answer.contacts, [{ input: event.from, user_id: event.from }])
})
