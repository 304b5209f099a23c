import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { batch } from '../../sandbox/whatsapp/index.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { whatsapp } from '../../src/channels/whatsapp/index.ts'
import { createIo } from './io.ts'
import { ana, openShop, pass, s, sent, told } from './whatsapp-shop.ts'
import { outgoing, until } from './whatsapp-stage.ts'

openShop()

test('a closed window lets only templates through', async () => {
  pass(25)
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
  const arrived = await until(() =>
    s.world.bubbles.find(b => b.parts.some(p => p.type === 'text' && p.text === 'Did it arrive?')),
  )
  const settled = await until(() => s.events().find(e => e.type === 'receipt' && e.of === arrived.id))
  assert.equal(settled.type === 'receipt' && settled.key, 'key', 'our key comes back with the status')
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

/** An address where nobody listens any more. */
async function deadAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}
