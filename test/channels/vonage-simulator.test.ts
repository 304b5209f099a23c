import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keysOf, numberOf } from '../../sandbox/vonage/account.ts'
import { vonageWire } from '../../sandbox/vonage.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { vonage } from '../../src/channels/vonage/index.ts'
import type { Settings } from '../../src/channels/vonage/settings.ts'
import { anna, joe, openStage, outgoing, type Stage } from './sms-stage.ts'
import { only, refusesAll, refusesSender, testCustomers, testWords } from './sms-told.ts'
import { png } from './wired.ts'

const to = anna.phone
let s: Stage<Settings>
before(async () => {
  s = await openStage(vonageWire, vonage)
  const detail = numberOf(s.world)
  assert.deepEqual(await vonage.setup!(s.hookUrl, s.io), { ok: true, account: 'Rowan & Rye', detail })
  assert.equal(s.world.webhookUrl, s.hookUrl)
})
after(() => s.close())

const carrier = { adapter: vonage, stage: () => s, to }

describe('vonage: what customers do', () => {
  test('words arrive from the number of the customer, for our number', async () => {
    const event = only(await s.told({ do: 'text', text: 'Moi 👋 & "ä"' }))
    assert.ok(event.type === 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Moi 👋 & "ä"' }])
    assert.deepEqual([event.from, event.sender, event.account], [to, { phone: to }, vonage.account!(s.settings)])
    assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    assert.equal(s.world.bubbles.at(-1)?.id, event.id)
    assert.equal(s.world.bubbles.at(-1)?.ticks, 'delivered')
  })
  for (const [type, mime, part] of [
    ['image', 'image/png', 'image'],
    ['video', 'video/mp4', 'video'],
    ['audio', 'audio/amr', 'audio'],
    ['voice', 'audio/ogg', 'audio'],
    ['sticker', 'image/webp', 'image'],
    ['file', 'application/pdf', 'file'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched`, async () => {
      const event = only(await s.told({ do: 'media', type, bytes: png, mime, name: 'a', caption: 'see' }))
      assert.ok(event.type === 'message')
      const [file] = event.parts
      assert.ok(file?.type === part && 'ref' in file && file.ref)
      assert.deepEqual([file.caption, file.name], ['see', 'a'])
      const fetched = await vonage.media!(file.ref, s.io)
      assert.deepEqual([Buffer.from(fetched.bytes), fetched.mime], [png, mime])
    })
  test('a file that was deleted is gone', async () => {
    await assert.rejects(vonage.media!(`${s.world.baseUrl}/v3/media/none`, s.io), MediaGone)
  })
  test('STOP and START are shown and count, and in between everything fails', async () => {
    const [said, withdrawn] = await s.told({ do: 'block' }, joe)
    assert.ok(said?.type === 'message' && withdrawn?.type === 'consent' && !withdrawn.given)
    const sent = await s.send({ type: 'text', text: 'Still there?' }, joe.phone)
    assert.ok(sent.ok)
    const [failed] = await s.receipts(sent.id)
    assert.deepEqual(failed?.failure, { why: 'blocked', detail: 'Illegal Number (1240)' })
    assert.equal(s.world.bubble(sent.id), undefined)
    const [, given] = await s.told({ do: 'unblock' }, joe)
    assert.ok(given?.type === 'consent' && given.given)
    const back = await s.send({ type: 'text', text: 'Welcome back' }, joe.phone)
    assert.ok(back.ok)
    assert.equal((await s.receipts(back.id)).at(-1)?.status, 'delivered')
  })
  testCustomers(carrier)
  test('an event nobody documented is kept as unsupported, with who it is from', async () => {
    const before = s.arrived.length
    s.world.emit('unknown', vonageWire.unknownEvent(anna, s.world))
    await s.world.settled()
    const event = only(s.arrived.slice(before).flatMap(a => a.events))
    assert.ok(event.type === 'unsupported')
    assert.deepEqual([event.what, event.from], ['hologram', to])
  })
})

describe('vonage: what the business sends', () => {
  testWords(carrier, 1000)
  for (const type of ['image', 'video', 'audio', 'file'] as const)
    test(`a file sent as ${type} is fetched by its link and shown`, async () => {
      const sent = await s.send({ type, url: '/m/1', ...(type === 'image' && { caption: 'Look' }) }, to)
      assert.ok(sent.ok)
      assert.equal((await s.receipts(sent.id)).at(-1)?.status, 'delivered')
      const [file] = s.world.bubble(sent.id)!.parts
      assert.ok(file?.type === type && 'ref' in file)
      assert.equal(file.caption, type === 'image' ? 'Look' : undefined)
      assert.deepEqual(Buffer.from(s.world.files.get(file.ref!)!.bytes), png)
    })
  test('a file that Vonage cannot load, and a number that nobody has, are told as failed', async () => {
    const io = { ...s.io, linkTo: () => s.link.replace('a.png', 'gone') }
    const sent = await vonage.send({ type: 'image', url: '/m/2' }, outgoing(to), io)
    assert.ok(sent.ok)
    const [told] = await s.receipts(sent.id)
    assert.deepEqual(told?.failure, { why: 'invalid', detail: 'Resource not found (1380)' })
    const nobody = await s.send({ type: 'text', text: 'Anybody?' }, '15559999999')
    assert.ok(nobody.ok)
    const failed = (await s.receipts(nobody.id)).find(r => r.status === 'failed')
    assert.deepEqual(failed?.failure, { why: 'invalid', detail: 'Absent subscriber, permanent (1190)' })
  })
  test('Vonage refuses at once what breaks its limits', async () => {
    await refusesAll(carrier, [
      [{ type: 'text', text: 'x'.repeat(1001) }, to, /1090/],
      [{ type: 'text', text: '' }, to, /1020/],
      [{ type: 'text', text: 'x' }, 'nobody', /1020/],
    ])
    await refusesSender(carrier, '15550000000', /does not allow this sender.*1120/)
  })
})

describe('vonage: connecting', () => {
  const privateKey = () => keysOf(s.world).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

  test('the key of the application sends, and fetches files', async () => {
    const io = { ...s.io, settings: { ...s.settings, privateKey: privateKey(), apiSecret: 'not needed' } }
    const sent = await vonage.send({ type: 'text', text: 'Signed' }, outgoing(to), io)
    assert.ok(sent.ok)
    await s.receipts(sent.id)
    s.world.files.set('f', { id: 'f', bytes: png, mime: 'image/png', name: 'f' })
    const file = await vonage.media!(`${s.world.baseUrl}/v3/media/f`, io)
    assert.deepEqual(Buffer.from(file.bytes), png)
  })
  test('a token that is refused before its time is made anew', async () => {
    const forgotten: string[] = []
    const settings = { ...s.settings, privateKey: privateKey() }
    const io = {
      ...s.io,
      settings,
      token: async () => 'a.b.c',
      forgetToken: async (name: string) => void forgotten.push(name),
    }
    const result = await vonage.send({ type: 'text', text: 'x' }, outgoing(to), io)
    assert.equal(!result.ok && result.why, 'auth')
    assert.match(forgotten[0]!, /^jwt /)
  })
  test('wrong credentials and foreign applications are told as what they are', async () => {
    const setup = (more: Partial<Settings>) =>
      vonage.setup!(s.hookUrl, { ...s.io, settings: { ...s.settings, ...more } })
    const whys = [
      await setup({ apiSecret: 'wrong' }),
      await setup({ apiKey: 'wrong' }),
      await setup({ applicationId: '00000000-0000-4000-8000-000000000000' }),
    ].map(result => (result.ok ? 'ok' : result.why))
    assert.deepEqual(whys, ['auth', 'auth', 'invalid'])
    s.world.faults.down = 1
    const down = await setup({})
    assert.equal(!down.ok && down.why, 'down')
  })
})
