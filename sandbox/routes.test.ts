import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { customers } from './people.ts'
import { createReceiver } from './receiver.ts'
import { registerSandbox } from './routes.ts'
import { whatsappWire } from './whatsapp/index.ts'
import { createWorld } from './world.ts'

const katja = { ...customers.whatsapp, blocked: false }

/** A phone of Katja's, the simulated WhatsApp behind it, and a business that writes down what arrives. */
async function sandbox(t: TestContext) {
  const world = createWorld(whatsappWire, { name: 'Rowan & Rye', people: [katja], haste: 1000 })
  const app = Fastify()
  const business = await createReceiver()
  await registerSandbox(app, { worlds: [world], origin: 'http://sandbox.test', page: '/nowhere', shop: '/nowhere' })
  world.webhookUrl = business.url
  t.after(async () => {
    world.close()
    await app.close()
    await business.close()
  })
  const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) =>
    app.inject({ method, url: `/sandbox/api${path}`, ...(payload && { payload }) })
  const act = (deed: object) => call('POST', '/act', { kind: 'whatsapp', person: katja.id, act: deed })
  const order = (faults: object) => call('PATCH', '/faults', { kind: 'whatsapp', ...faults })
  const send = () =>
    app.inject({
      method: 'POST',
      url: `/sandbox/providers/whatsapp/v24.0/${world.account.id}/messages`,
      headers: { authorization: `Bearer ${world.account.token}` },
      payload: { messaging_product: 'whatsapp', to: katja.phone, type: 'text', text: { body: 'Hello Katja' } },
    })
  const shown = () => world.bubbles.filter(bubble => bubble.from === 'business').length
  return { world, app, business, call, act, order, send, shown }
}

const said = (body: string): string => JSON.parse(body).entry[0].changes[0].value.messages?.[0]?.text?.body ?? 'no text'

test('what a customer writes arrives at the business, signed', async t => {
  const { act, business, world } = await sandbox(t)
  assert.equal((await act({ do: 'text', text: 'Is there bread left?' })).statusCode, 204)
  await world.settled()
  const { body, headers } = business.received[0]!
  assert.equal(said(body), 'Is there bread left?')
  const signature = createHmac('sha256', world.account.secret).update(body).digest('hex')
  assert.equal(headers['x-hub-signature-256'], `sha256=${signature}`)
})

test('a photo sent from a phone can be looked at on the page', async t => {
  const { act, call, world } = await sandbox(t)
  const bytes = Buffer.from('not really a picture')
  const file = { type: 'image', mime: 'image/jpeg', name: 'cake.jpg', base64: bytes.toString('base64') }
  await act({ do: 'media', ...file })
  const state = (await call('GET', '/state')).json()
  const { url } = state.worlds[0].bubbles[0].parts[0]
  const loaded = await call('GET', url.replace('/sandbox/api', ''))
  assert.equal(loaded.headers['content-type'], 'image/jpeg')
  assert.deepEqual(loaded.rawPayload, bytes)
  await world.settled()
})

test('an event ordered twice comes twice, the same both times', async t => {
  const { act, order, business } = await sandbox(t)
  await order({ duplicate: 1 })
  await act({ do: 'text', text: 'Once' })
  await business.arrived(2)
  assert.equal(business.received[0]!.body, business.received[1]!.body)
})

test('reordered events are held, then come last first', async t => {
  const { act, order, business, world } = await sandbox(t)
  await order({ reorder: 3 })
  for (const text of ['one', 'two', 'three']) await act({ do: 'text', text })
  await business.arrived(3)
  assert.deepEqual(
    business.received.map(({ body }) => said(body)),
    ['three', 'two', 'one'],
  )
  assert.equal(world.faults.reorder, 0)
})

test('an event signed with another key is sent again with the right one', async t => {
  const { act, order, business, world } = await sandbox(t)
  await order({ forge: 1 })
  await act({ do: 'text', text: 'Who signs this?' })
  await business.arrived(2)
  const isRight = business.received.map(({ body, headers }) => {
    const signature = createHmac('sha256', world.account.secret).update(body).digest('hex')
    return headers['x-hub-signature-256'] === `sha256=${signature}`
  })
  assert.deepEqual(isRight, [false, true])
})

test('what the business does not take is brought until it does', async t => {
  const { act, business, world } = await sandbox(t)
  business.status = 500
  await act({ do: 'text', text: 'Still there?' })
  await business.arrived(2)
  business.status = 200
  await world.settled()
  assert.match(world.log.at(-1)!.result, /^200 in/)
})

test('an event of a kind that nobody documented arrives', async t => {
  const { call, business } = await sandbox(t)
  await call('POST', '/happen', { kind: 'whatsapp', person: katja.id, what: 'unknown' })
  await business.arrived(1)
  assert.match(business.received[0]!.body, /hologram/)
})

test('a lost answer: the message is on the phone, the caller hears nothing', async t => {
  const { app, act, order, world, shown } = await sandbox(t)
  await act({ do: 'text', text: 'Hello' })
  await order({ loseAnswer: 1 })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const call = () =>
    fetch(`${address}/sandbox/providers/whatsapp/v24.0/${world.account.id}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.account.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: katja.phone, type: 'text', text: { body: 'Hi' } }),
    })
  await assert.rejects(call(), TypeError)
  assert.equal(shown(), 1)
  assert.equal(world.log.findLast(line => line.way === 'in')!.result, 'no answer')
  assert.equal((await call()).status, 200)
})

test('too many calls are refused with the seconds that remain, and then no more', async t => {
  const { world, act, order, send } = await sandbox(t)
  await act({ do: 'text', text: 'Hello' })
  let now = Date.now()
  world.now = () => new Date(now)
  await order({ rateForSeconds: 20 })
  now += 5000
  const refused = await send()
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.headers['retry-after'], '15')
  now += 15_000
  assert.equal((await send()).statusCode, 200)
})

test('a provider that is down or a token that expired stays so until switched off', async t => {
  const { act, order, send } = await sandbox(t)
  await act({ do: 'text', text: 'Hello' })
  await order({ down: -1 })
  assert.equal((await send()).statusCode, 503)
  assert.equal((await send()).statusCode, 503)
  await order({ down: 0, token: true })
  assert.equal((await send()).statusCode, 401)
  await order({ token: false })
  assert.equal((await send()).statusCode, 200)
})

test('after 24 hours pass at once the network takes no free text', async t => {
  const { act, call, send, world, business } = await sandbox(t)
  await act({ do: 'text', text: 'Hello' })
  await call('POST', '/happen', { kind: 'whatsapp', person: katja.id, what: 'window' })
  await send()
  await world.settled()
  assert.ok(business.received.some(({ body }) => body.includes('131047')))
})

test('an open page hears of everything that happens', async t => {
  const { app, act } = await sandbox(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const stream = await fetch(`${address}/sandbox/api/live`)
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  await act({ do: 'text', text: 'Seen live' })
  let heard = ''
  while (!/"way":"out"/.test(heard)) heard += (await reader.read()).value
  assert.match(heard, /"bubble":\{.*Seen live/)
  await reader.cancel()
})

test('a phone added has a name of its own and can write at once', async t => {
  const { call, world, business } = await sandbox(t)
  const added = await call('POST', '/people', { kind: 'whatsapp' })
  assert.equal(added.statusCode, 201)
  const person = added.json()
  assert.notEqual(person.name, katja.name)
  const act = { do: 'text', text: 'I am new' }
  assert.equal((await call('POST', '/act', { kind: 'whatsapp', person: person.id, act })).statusCode, 204)
  await world.settled()
  assert.ok(business.received[0]!.body.includes(person.phone))
})

test('what cannot be done is told as a problem in words', async t => {
  const { act, call } = await sandbox(t)
  const cases = [
    [await act({ do: 'sing' }), 400],
    [await act({ do: 'press', bubble: 'none', choice: 'a' }), 409],
    [await call('POST', '/act', { kind: 'whatsapp', person: 'nobody', act: { do: 'look' } }), 404],
    [await call('PATCH', '/faults', { kind: 'pigeon', down: 1 }), 404],
    [await call('PATCH', '/faults', { kind: 'whatsapp', fire: 1 }), 400],
    [await call('POST', '/story'), 404],
  ] as const
  for (const [answer, status] of cases) {
    assert.equal(answer.statusCode, status)
    assert.match(String(answer.headers['content-type']), /application\/problem\+json/)
    assert.ok(answer.json().detail.length > 10)
  }
})

test('a change on a phone is told to the screens once', async t => {
  const { act, world } = await sandbox(t)
  const told = once(world.events, 'bubble')
  await act({ do: 'text', text: 'Ping' })
  const [bubble] = await told
  assert.deepEqual(bubble.parts, [{ type: 'text', text: 'Ping' }])
  await world.settled()
})
