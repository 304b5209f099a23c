import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { infobipWire, kannelWire, smsGatewayWire } from '../../sandbox/sms-gateway.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { smsGateway } from '../../src/channels/sms-gateway/index.ts'
import type { Settings } from '../../src/channels/sms-gateway/settings.ts'
import { anna, behindTheDoor, nowhere, openStage, outgoing, type Stage } from './sms-stage.ts'

async function connected(wire: Wire): Promise<Stage<Settings>> {
  const stage = await openStage(wire, behindTheDoor())
  stage.world.webhookUrl = `${stage.hookUrl}?secret=${encodeURIComponent(stage.settings.webhookSecret)}`
  return stage
}

for (const [name, wire] of [
  ['SMSC.ru', smsGatewayWire],
  ['Infobip', infobipWire],
  ['Kannel', kannelWire],
] as const)
  describe(`sms-gateway: ${name}`, () => {
    let stage: Stage<Settings>
    before(async () => {
      stage = await connected(wire)
    })
    after(() => stage.close())

    const texts = ['Hei! [€5] @home & more = 100%', 'Привет 👋 {text}', 'ж'.repeat(1000)]
    for (const text of texts)
      test(`"${text.slice(0, 20)}" reaches the phone as it was and is told delivered`, async () => {
        const sent = await stage.send({ type: 'text', text }, anna.phone, `key-${texts.indexOf(text)}`)
        assert.ok(sent.ok)
        assert.deepEqual(stage.world.bubble(sent.id)?.parts, [{ type: 'text', text }])
        assert.deepEqual(
          (await stage.receipts(sent.id)).map(({ status }) => status),
          ['delivered'],
        )
      })
    test('a phone that is off is told as failed', async () => {
      stage.world.act(anna.id, { do: 'block' })
      const sent = await stage.send({ type: 'text', text: 'anybody?' }, anna.phone, 'key-off')
      assert.ok(sent.ok)
      const [told] = await stage.receipts(sent.id)
      assert.deepEqual([told!.status, told!.failure?.why], ['failed', 'invalid'])
      stage.world.act(anna.id, { do: 'unblock' })
    })
    test('what a customer writes arrives, and STOP takes the consent away', async () => {
      const [said] = await stage.told({ do: 'text', text: 'Привет & moi = 😀' })
      assert.ok(said?.type === 'message')
      assert.deepEqual([said.from, said.parts], [anna.phone, [{ type: 'text', text: 'Привет & moi = 😀' }]])
      const [stop, consent] = await stage.told({ do: 'text', text: 'stop' })
      assert.deepEqual([consent?.type, consent?.id], ['consent', `${stop!.id} consent`])
      assert.ok(consent?.type === 'consent' && !consent.given)
    })
    test('the same webhook three times, late and out of order, tells the same', async () => {
      stage.world.faults.duplicate = 2
      stage.world.faults.reorder = 2
      const said = await stage.told({ do: 'text', text: 'one' })
      said.push(...(await stage.told({ do: 'text', text: 'two' })))
      stage.world.faults.duplicate = 0
      const all = new Map(said.map(event => [event.id, event]))
      assert.ok([...all.values()].every(event => said.filter(e => e.id === event.id).every(e => same(e, event))))
    })
    test('a webhook that is forged is refused, and the true one that follows is not', async () => {
      stage.world.faults.forge = 1
      const before = stage.arrived.length
      const [said] = await stage.told({ do: 'text', text: 'true' })
      assert.ok(said?.type === 'message')
      assert.deepEqual(
        stage.arrived.slice(before).map(({ verdict }) => verdict),
        ['reject', 'accept'],
      )
    })
    test('an event nobody documented is there as unsupported', async () => {
      const before = stage.arrived.length
      stage.world.emit('unknown', stage.world.wire.unknownEvent(anna, stage.world))
      await stage.world.settled()
      assert.deepEqual(
        stage.arrived.slice(before).flatMap(a => a.events.map(e => e.type)),
        ['unsupported'],
      )
    })
    test('faults of the gateway say what happens next', async () => {
      const why = async () => {
        const sent = await stage.send({ type: 'text', text: 'x' }, anna.phone, 'key-fault')
        return sent.ok ? 'ok' : sent.why
      }
      stage.world.faults.rate = 1
      assert.equal(await why(), 'rate')
      stage.world.faults.down = 1
      assert.equal(await why(), 'down')
      stage.world.faults.token = true
      assert.equal(await why(), 'auth')
      stage.world.faults.token = false
      assert.equal(await why(), 'ok')
    })
    test('a number that is none is refused for good', async () => {
      const sent = await stage.send({ type: 'text', text: 'x' }, '358409999999', 'key-nobody')
      assert.equal(sent.ok ? 'ok' : sent.why, 'invalid')
    })
    test('a gateway that is away is tried again', async () => {
      const io = { ...stage.io, settings: { ...stage.settings, baseUrl: await nowhere() } }
      const sent = await smsGateway.send({ type: 'text', text: 'x' }, outgoing(anna.phone), io)
      assert.equal(sent.ok ? 'ok' : sent.why, 'down')
    })
    test('connecting tries the password where that can be tried', async () => {
      const said = await smsGateway.setup!(stage.hookUrl, stage.io)
      assert.ok(said.ok)
      assert.match(said.detail ?? '', /\?secret=\.\.\. at the gateway/)
      assert.ok(!said.detail?.includes(stage.settings.webhookSecret))
      const wrong = { ...stage.io, settings: { ...stage.settings, password: 'wrong' } }
      const refused = await smsGateway.setup!(stage.hookUrl, wrong)
      assert.equal(refused.ok ? 'ok' : refused.why, wire === kannelWire ? 'ok' : 'auth')
    })
    test('what a telephone cannot do is said so', () => {
      assert.throws(() => stage.world.act(anna.id, { do: 'location', lat: 1, lon: 2 }), /cannot location/)
    })
  })

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

for (const wire of [smsGatewayWire, infobipWire])
  test(`sms-gateway: a lost answer is unknown, and the phone has the message (${wire === infobipWire ? 'Infobip' : 'SMSC.ru'})`, async () => {
    const stage = await connected(wire)
    stage.world.faults.loseAnswer = 1
    const sent = await stage.send({ type: 'text', text: 'hello' }, anna.phone)
    assert.equal(sent.ok ? 'ok' : sent.why, 'unknown')
    assert.equal(stage.world.bubbles.length, 1)
    await stage.close()
  })

test('sms-gateway: the simulator learns where to call when the channel is connected', async () => {
  const stage = await openStage(smsGatewayWire, behindTheDoor())
  assert.ok((await smsGateway.setup!(stage.hookUrl, stage.io)).ok)
  const [said] = await stage.told({ do: 'text', text: 'hei' })
  assert.equal(said?.type, 'message')
  await stage.close()
})
