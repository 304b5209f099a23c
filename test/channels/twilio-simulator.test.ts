import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { numberOf, serviceSid } from '../../sandbox/twilio/account.ts'
import { twilioWire } from '../../sandbox/twilio.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { twilio } from '../../src/channels/twilio/index.ts'
import type { Settings } from '../../src/channels/twilio/settings.ts'
import { anna, joe, openStage, outgoing, type Stage } from './sms-stage.ts'
import { only, refusesAll, refusesSender, testCustomers, testWords } from './sms-told.ts'
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

const carrier = { adapter: twilio, stage: () => s, to }

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
  test('a file that was deleted is gone', async () => {
    const url = `${s.world.baseUrl}/2010-04-01/Accounts/${s.settings.accountSid}/Messages/MM1/Media/ME1`
    await assert.rejects(twilio.media!(url, s.io), MediaGone)
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
  testCustomers(carrier)
  test('an event nobody documented is kept as unsupported', async () => {
    const before = s.arrived.length
    s.world.emit('unknown', twilioWire.unknownEvent(anna, s.world))
    await s.world.settled()
    const event = only(s.arrived.slice(before).flatMap(a => a.events))
    assert.equal(event.type === 'unsupported' && event.what, 'onHologramAdded')
  })
})

describe('twilio: what the business sends', () => {
  testWords(carrier, 1600)
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
    await refusesAll(carrier, [
      [{ type: 'text', text: 'x'.repeat(1601) }, to, /21617/],
      [{ type: 'text', text: '' }, to, /21602/],
    ])
    await refusesSender(carrier, '+15550000000', /no number of this account.*21606/)
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
