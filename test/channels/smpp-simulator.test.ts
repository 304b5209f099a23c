import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { smpp } from '../../src/channels/smpp/index.ts'
import { anna, listenTo, openStage, type Stage, to, wordsOf } from './smpp-stage.ts'

const texts: [string, string][] = [
  ['plain words', 'Hei! [€5] @home'],
  ['Cyrillic and emoji', 'Привет 👋'],
  ['a long text', `${'one two three '.repeat(40)}€`],
  ['a long text in UCS-2', 'жук 👋 '.repeat(60)],
]

describe('smpp: what goes both ways', () => {
  let stage: Stage
  let business: ReturnType<typeof listenTo>
  before(async () => {
    stage = await openStage()
    business = listenTo(stage.io)
    await business.connected
  })
  after(async () => {
    await business.stop()
    await stage.close()
  })

  for (const [what, text] of texts)
    test(`${what} from the business reaches the phone as it was and is told delivered`, async () => {
      const sent = await stage.say(text, { key: `key of ${what}` })
      assert.ok(sent.ok)
      assert.deepEqual(stage.world.bubble(sent.id)?.parts, [{ type: 'text', text }])
      for (const id of [sent.id, ...(sent.more ?? [])]) assert.equal((await business.receipt(id)).status, 'delivered')
      assert.equal(stage.world.bubble(sent.id)?.ticks, 'delivered')
    })
  for (const [what, text] of texts)
    test(`${what} of the customer arrives whole`, async () => {
      const before = (await business.heard('message', 0)).length
      stage.world.act(anna.id, { do: 'text', text })
      const event = (await business.heard('message', before + 1)).at(-1)!
      assert.deepEqual(event.parts, [{ type: 'text', text }])
      assert.equal(event.from, anna.phone)
    })
  for (const longMessages of ['udh16', 'sar', 'payload'] as const)
    for (const [what, text] of texts)
      test(`${what} reaches the phone with long messages as ${longMessages}`, async () => {
        const io = stage.ioWith({ longMessages })
        const sent = await smpp.send({ type: 'text', text }, { ...to, key: `${longMessages} ${what}` }, io)
        assert.ok(sent.ok)
        assert.deepEqual(stage.world.bubble(sent.id)?.parts, [{ type: 'text', text }])
        await io.drop('session')
      })
  test('STOP is a message and takes the consent away; START gives it back', async () => {
    stage.world.act(anna.id, { do: 'text', text: 'STOP' })
    stage.world.act(anna.id, { do: 'text', text: 'start' })
    const [stop, start] = await business.heard('consent', 2)
    assert.deepEqual([stop!.given, start!.given], [false, true])
    const said = business.events().filter(e => e.type === 'message')
    assert.deepEqual(said.slice(-2).map(wordsOf), ['STOP', 'start'])
    assert.equal(stop!.id, `${said.at(-2)!.id} consent`)
  })
  test('the same words twice are two messages', async () => {
    const before = (await business.heard('message', 0)).length
    for (const _ of [1, 2]) stage.world.act(anna.id, { do: 'text', text: 'yes' })
    const said = await business.heard('message', before + 2)
    assert.deepEqual(said.slice(-2).map(wordsOf), ['yes', 'yes'])
  })
  test('a phone that is off is told as failed', async () => {
    stage.world.act(anna.id, { do: 'block' })
    const sent = await stage.say('anybody there?', { key: 'off' })
    assert.ok(sent.ok)
    const told = await business.receipt(sent.id)
    assert.equal(told.status, 'failed')
    assert.match(told.failure?.detail ?? '', /UNDELIV, error 027/)
    stage.world.act(anna.id, { do: 'unblock' })
  })
  test('a stranger’s number and a sender that is not registered are refused in the centre’s words', async () => {
    const nobody = await stage.say('hello', { address: '358409999999' as never })
    assert.ok(!nobody.ok)
    assert.deepEqual([nobody.why, /ESME_RINVDSTADR/.test(nobody.detail)], ['invalid', true])
    const io = stage.ioWith({ sender: '+4917012345678' })
    const unregistered = await smpp.send({ type: 'text', text: 'hello' }, to, io)
    assert.ok(!unregistered.ok)
    assert.match(unregistered.detail, /ESME_RINVSRCADR/)
  })
  test('connecting binds and says who it is', async () => {
    const { systemId } = stage.io.settings
    assert.deepEqual(await smpp.setup!('', stage.io), { ok: true, account: systemId })
    const wrong = await smpp.setup!('', stage.ioWith({ password: 'wrong' }))
    assert.deepEqual(wrong, { ok: false, why: 'auth', detail: 'The password is wrong: ESME_RINVPASWD (0x0000000e)' })
  })
  test('what nobody expected is there as unsupported', async () => {
    assert.equal(stage.world.wire.unknownEvent(anna, stage.world), undefined)
    assert.deepEqual(
      (await business.heard('unsupported')).map(({ what, from }) => [what, from]),
      [['alert_notification', anna.phone]],
    )
  })
  test('what a telephone cannot do is said so', () => {
    assert.throws(() => stage.world.act(anna.id, { do: 'location', lat: 1, lon: 2 }), /cannot location/)
  })
})

describe('smpp: one bind for each way', () => {
  test('words go and come over two connections', async () => {
    const stage = await openStage({ bind: 'separate' })
    const business = listenTo(stage.io)
    await business.connected
    const sent = await stage.say('moi')
    assert.ok(sent.ok)
    stage.world.act(anna.id, { do: 'text', text: 'hei' })
    assert.equal(wordsOf((await business.heard('message'))[0]!), 'hei')
    assert.equal((await business.heard('receipt'))[0]!.of, sent.id)
    await business.stop()
    await stage.close()
  })
})
