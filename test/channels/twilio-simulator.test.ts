import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { numberOf, serviceSid } from '../../sandbox/twilio/account.ts'
import { twilioWire } from '../../sandbox/twilio.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type InboundEvent, MediaGone, type Piece } from '../../src/channels/contract.ts'
import { twilio } from '../../src/channels/twilio/index.ts'
import type { Settings } from '../../src/channels/twilio/settings.ts'
import { anna, joe, openStage, outgoing, type Stage } from './sms-stage.ts'
import { png } from './wired.ts'

const to = `+${anna.phone}`
let s: Stage<Settings>
before(async () => {
  s = await openStage(twilioWire, twilio)
  assert.deepEqual(await twilio.setup!(s.hookUrl, s.io), {
    ok: true,
    account: 'Rowan & Rye',
    detail: numberOf(s.world),
  })
})
after(() => s.close())

const only = (events: InboundEvent[]): InboundEvent => {
  assert.equal(events.length, 1)
  return events[0]!
}

describe('twilio: what customers do', () => {
  test('words arrive from the number of the customer', async () => {
    const event = only(await s.told({ do: 'text', text: 'Moi 👋 & = +' }))
    assert.ok(event.type === 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Moi 👋 & = +' }])
    assert.deepEqual([event.from, event.sender], [to, { phone: to }])
    assert.match(event.id, /^SM[0-9a-f]{32}$/)
    assert.equal(s.world.bubbles.at(-1)?.id, event.id)
    assert.equal(s.world.bubbles.at(-1)?.ticks, 'delivered')
  })
  test('whom Twilio calls it answers with nothing, as TwiML', async () => {
    const answered = await fetch(s.hookUrl, {
      method: 'POST',
      headers: s.arrived[0]!.request.headers,
      body: s.arrived[0]!.body,
    })
    assert.equal(await answered.text(), '<?xml version="1.0" encoding="UTF-8"?><Response/>')
  })
  for (const [type, mime, part] of [
    ['image', 'image/png', 'image'],
    ['video', 'video/mp4', 'video'],
    ['audio', 'audio/amr', 'audio'],
    ['voice', 'audio/ogg', 'audio'],
    ['sticker', 'image/webp', 'image'],
    ['file', 'application/pdf', 'file'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched over the redirect`, async () => {
      const event = only(await s.told({ do: 'media', type, bytes: png, mime, name: 'a', caption: 'see' }))
      assert.ok(event.type === 'message')
      assert.match(event.id, /^MM/)
      const [words, file] = event.parts
      assert.deepEqual(words, { type: 'text', text: 'see' })
      assert.ok(file?.type === part && 'ref' in file && file.ref)
      const fetched = await twilio.media!(file.ref, s.io)
      assert.deepEqual([Buffer.from(fetched.bytes), fetched.mime], [png, mime])
    })
  test('a card arrives as a file', async () => {
    const event = only(await s.told({ do: 'contact', name: 'Eero', phone: '358501112233' }))
    assert.ok(event.type === 'message' && event.parts[0]!.type === 'file')
    const card = await twilio.media!(event.parts[0].ref!, s.io)
    assert.match(Buffer.from(card.bytes).toString(), /FN:Eero/)
  })
  test('a file that was deleted is gone', async () => {
    const url = `${s.world.baseUrl}/2010-04-01/Accounts/${s.settings.accountSid}/Messages/MM1/Media/ME1`
    await assert.rejects(twilio.media!(url, s.io), MediaGone)
  })
  test('a reaction arrives in words', async () => {
    const said = await s.send({ type: 'text', text: 'Hello' }, to)
    assert.ok(said.ok)
    await s.receipts(said.id)
    const event = only(await s.told({ do: 'react', bubble: said.id, emoji: '👍' }))
    assert.deepEqual(event.type === 'message' && event.parts, [{ type: 'text', text: 'Reacted 👍 to “Hello”' }])
  })
  test('STOP and START are shown and count, and in between nothing can be sent', async () => {
    const [said, withdrawn] = await s.told({ do: 'block' }, joe)
    assert.deepEqual([said?.type, withdrawn?.type], ['message', 'consent'])
    assert.ok(withdrawn?.type === 'consent' && !withdrawn.given)
    assert.equal(withdrawn.id, `${said!.id} consent`)
    const refused = await s.send({ type: 'text', text: 'Still there?' }, `+${joe.phone}`)
    assert.deepEqual([!refused.ok && refused.why, !refused.ok && /21610/.test(refused.detail)], ['blocked', true])
    const [, given] = await s.told({ do: 'unblock' }, joe)
    assert.ok(given?.type === 'consent' && given.given)
    const sent = await s.send({ type: 'text', text: 'Welcome back' }, `+${joe.phone}`)
    assert.ok(sent.ok)
    await s.receipts(sent.id)
  })
  test('"yes" and "help" are words like others', async () => {
    assert.equal(only(await s.told({ do: 'text', text: 'YES' })).type, 'message')
    assert.equal(only(await s.told({ do: 'text', text: 'HELP' })).type, 'message')
  })
  test('what an SMS cannot carry is refused with a reason', () => {
    const acts: Act[] = [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'delete', bubble: '1' },
      { do: 'press', bubble: '1', choice: 'a' },
      { do: 'location', lat: 1, lon: 2 },
      { do: 'start' },
    ]
    for (const act of acts) assert.throws(() => s.world.act(anna.id, act), /twilio: an SMS cannot carry/)
    assert.doesNotThrow(() => s.world.act(anna.id, { do: 'look' }))
  })
  test('an event nobody documented is kept as unsupported', async () => {
    const before = s.arrived.length
    s.world.emit('unknown', twilioWire.unknownEvent(anna, s.world))
    await s.world.settled()
    const event = only(s.arrived.slice(before).flatMap(a => a.events))
    assert.equal(event.type === 'unsupported' && event.what, 'onHologramAdded')
  })
})

describe('twilio: what the business sends', () => {
  test('words reach the phone as they were, and are told sent and delivered with our key', async () => {
    for (const text of ['Kiitos! <b>&</b> "so" 😀', 'ж'.repeat(1600)]) {
      const sent = await s.send({ type: 'text', text }, to, '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162')
      assert.ok(sent.ok)
      assert.deepEqual(s.world.bubble(sent.id)?.parts, [{ type: 'text', text }])
      const heard = await s.receipts(sent.id)
      assert.deepEqual(heard.map(r => r.status).sort(), ['delivered', 'sent'])
      assert.ok(heard.every(r => r.key === '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162'))
      assert.equal(s.world.bubble(sent.id)?.ticks, 'delivered')
    }
  })
  for (const type of ['image', 'video', 'audio', 'file'] as const)
    test(`a file sent as ${type} is fetched by its link and shown with its words`, async () => {
      const sent = await s.send({ type, url: '/m/1', caption: 'Look' }, to)
      assert.ok(sent.ok)
      assert.equal((await s.receipts(sent.id)).at(-1)?.status, 'delivered')
      const [words, file] = s.world.bubble(sent.id)!.parts
      assert.deepEqual(words, { type: 'text', text: 'Look' })
      assert.ok(file && 'ref' in file)
      assert.deepEqual(Buffer.from(s.world.files.get(file.ref!)!.bytes), png)
    })
  test('a file that Twilio cannot load is told as failed', async () => {
    const io = { ...s.io, linkTo: () => s.link.replace('a.png', 'gone') }
    const sent = await twilio.send({ type: 'image', url: '/m/2' }, outgoing(to), io)
    assert.ok(sent.ok)
    const [told] = await s.receipts(sent.id)
    assert.deepEqual([told?.status, told?.failure?.detail], ['failed', 'Twilio says: failed (11200)'])
  })
  test('a number that nobody has is told as failed, and no number at all is refused', async () => {
    const sent = await s.send({ type: 'text', text: 'Anybody?' }, '+15559999999')
    assert.ok(sent.ok)
    const failed = (await s.receipts(sent.id)).find(r => r.status === 'failed')
    assert.deepEqual(failed?.failure, {
      why: 'invalid',
      detail: 'The number is not in use: Twilio says: undelivered (30005)',
    })
    const refused = await s.send({ type: 'text', text: 'Anybody?' }, 'Rowan')
    assert.equal(!refused.ok && refused.why, 'invalid')
  })
  test('Twilio refuses at once what breaks its limits', async () => {
    const wrong: [Piece, string, RegExp][] = [
      [{ type: 'text', text: 'x'.repeat(1601) }, to, /21617/],
      [{ type: 'text', text: '' }, to, /21602/],
    ]
    for (const [piece, whom, code] of wrong) {
      const result = await s.send(piece, whom)
      assert.ok(!result.ok)
      assert.equal(result.why, 'invalid')
      assert.match(result.detail, code)
    }
    const stranger = { ...s.io, settings: { ...s.settings, from: '+15550000000' } }
    const result = await twilio.send({ type: 'text', text: 'x' }, outgoing(to), stranger)
    assert.match(result.ok ? '' : result.detail, /no number of this account.*21606/)
  })
})

describe('twilio: connecting', () => {
  const setup = (more: Partial<Settings>) => twilio.setup!(s.hookUrl, { ...s.io, settings: { ...s.settings, ...more } })

  test('a messaging service receives for all its numbers, and sends', async () => {
    const settings = { ...s.settings, from: undefined, messagingServiceSid: serviceSid(s.world) }
    const io = { ...s.io, settings }
    const connected = await twilio.setup!(s.hookUrl, io)
    assert.deepEqual(connected, { ok: true, account: 'Rowan & Rye', detail: 'Rowan & Rye service' })
    const sent = await twilio.send({ type: 'text', text: 'From the service' }, outgoing(to), io)
    assert.ok(sent.ok)
    assert.equal((await s.receipts(sent.id)).length, 2)
  })
  test('a name can only send: nothing is led here', async () => {
    assert.deepEqual(await setup({ from: 'Rowan' }), { ok: true, account: 'Rowan & Rye', detail: 'Rowan' })
  })
  test('wrong credentials, foreign numbers and services are told as what they are', async () => {
    const whys = [
      await setup({ authToken: 'wrong' }),
      await setup({ accountSid: `AC${'0'.repeat(32)}` }),
      await setup({ from: '+15550000000' }),
      await setup({ from: '28281' }),
      await setup({ messagingServiceSid: `MG${'0'.repeat(32)}` }),
    ].map(result => (result.ok ? 'ok' : result.why))
    assert.deepEqual(whys, ['auth', 'auth', 'invalid', 'invalid', 'invalid'])
    s.world.faults.down = 1
    const down = await setup({})
    assert.equal(!down.ok && down.why, 'down')
  })
})
