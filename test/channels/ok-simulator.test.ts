import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import Fastify from 'fastify'
import { okWire } from '../../sandbox/ok.ts'
import { createReceiver } from '../../sandbox/receiver.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { Outgoing, Piece } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { ok } from '../../src/channels/ok/index.ts'
import { createIo } from './io.ts'

const anna = { id: '42', name: 'Anna', phone: '358401234567', language: 'fi', blocked: false }
const to: Outgoing = { address: address(anna.id), key: 'k1' }
const piece: Piece = { type: 'text', text: 'Kiitos! 😀' }
const world = createWorld(okWire, { name: 'Rowan & Rye', people: [anna], haste: 100 })
const app = Fastify()
const business = await createReceiver()

before(async () => {
  await app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
after(async () => {
  world.close()
  await app.close()
  await business.close()
})

const settings = () => ok.settings.parse({ ...okWire.settings(world), baseUrl: world.baseUrl })
const io = () => createIo(settings())

test('the webhook is registered, and what the customer writes arrives signed', async () => {
  assert.deepEqual(await ok.setup!(business.url, io()), { ok: true, account: 'Rowan & Rye' })
  world.act(anna.id, { do: 'text', text: 'Moi 👋' })
  await business.arrived(1)
  const { headers, body } = business.received[0]!
  const bytes = new TextEncoder().encode(body)
  const request = { method: 'POST', query: {}, headers: headers as Record<string, string>, body: bytes }
  assert.equal(ok.verify(request, settings(), world.now()).verdict, 'accept')
  const [event] = ok.parse(request)
  assert.equal(event!.type, 'message')
  assert.equal(event!.id, world.bubbles[0]!.id)
})

test('what the business sends reaches the phone', async () => {
  const sent = await ok.send(piece, to, io())
  assert.ok(sent.ok)
  assert.deepEqual(world.bubble(sent.id)?.parts, [piece])
})

test('faults say what happens next', async () => {
  const why = async () => {
    const result = await ok.send(piece, to, io())
    return result.ok ? 'ok' : result.why
  }
  world.faults.rate = 1
  assert.equal(await why(), 'rate')
  world.faults.down = 1
  assert.equal(await why(), 'down')
  world.faults.loseAnswer = 1
  assert.equal(await why(), 'unknown')
  world.act(anna.id, { do: 'block' })
  assert.equal(await why(), 'blocked')
})
