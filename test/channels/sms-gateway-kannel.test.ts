import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { passwordOf, systemIdOf } from '../../sandbox/smpp/account.ts'
import { centreOf, cutOff } from '../../sandbox/smpp/centre.ts'
import { smppWire } from '../../sandbox/smpp.ts'
import type { InboundEvent } from '../../src/channels/contract.ts'
import { smsGateway } from '../../src/channels/sms-gateway/index.ts'
import type { Settings } from '../../src/channels/sms-gateway/settings.ts'
import { hasKannel, openKannel } from './kannel.ts'
import { freePorts, seen } from './programs.ts'
import { anna, behindTheDoor, openStage, outgoing, type Stage } from './sms-stage.ts'

const user = { account: 'parley', password: 'pass word&1' }
const webhookSecret = 'a secret & of=the+webhook/100%'

/** What Kannel stands before: it is the gateway of the adapter, and the client of our message centre. */
const wire = { ...smppWire, kind: 'sms-gateway', settings: () => ({ ...user, preset: 'kannel', webhookSecret }) }

const texts: [string, string][] = [
  ['GSM words', 'Hei! [€5] @home & more = 100% à la carte'],
  ['UCS-2 words', 'Привет 👋 {text}'],
  ['a long GSM text', 'one two {three} €'.repeat(30)],
  ['a long UCS-2 text', 'жук 👋'.repeat(60)],
]

if (hasKannel)
  describe('sms-gateway: Kannel between the adapter and our message centre', () => {
    let stage: Stage<Settings>
    let centre: { close(): void | Promise<void> }
    let kannel: { close(): Promise<void> }
    before(async () => {
      const [port = 0] = await freePorts(1)
      stage = await openStage(wire, behindTheDoor(), { baseUrl: `http://127.0.0.1:${port}`, sender: '16400' })
      centre = await smppWire.serve!(stage.world)
      kannel = await openKannel({
        centre: {
          port: centreOf(stage.world).port,
          systemId: systemIdOf(stage.world),
          password: passwordOf(stage.world),
        },
        port,
        user,
        postUrl: `${stage.hookUrl}?secret=${encodeURIComponent(webhookSecret)}&id=%I&from=%p&time=%t`,
      })
    })
    after(async () => {
      await kannel?.close()
      await centre?.close()
      await stage?.close()
    })
    const heard = <T extends InboundEvent['type']>(type: T, is: (event: Event<T>) => boolean): Promise<Event<T>> =>
      seen(() => {
        const events = stage.arrived.flatMap(arrived => arrived.events)
        return events.find((event): event is Event<T> => event.type === type && is(event as Event<T>))
      }, `a ${type} arrives`)
    const say = async (text: string, key: string) => {
      const sent = await stage.send({ type: 'text', text }, anna.phone, key)
      assert.ok(sent.ok)
      return sent.id
    }
    const onPhone = (text: string) =>
      stage.world.bubbles.filter(({ parts: [part] }) => part?.type === 'text' && part.text === text)

    for (const [what, text] of texts)
      test(`${what} go over it to the phone as they were, and are told delivered`, async () => {
        const of = await say(text, `key-${texts.findIndex(one => one[1] === text)}`)
        await heard('receipt', event => event.of === of && event.status === 'delivered')
        assert.equal(onPhone(text).length, 1)
      })
    for (const [what, text] of texts)
      test(`${what} of a customer come over it as they were`, async () => {
        stage.world.act(anna.id, { do: 'text', text: `${text}!` })
        const said = await heard('message', ({ parts: [part] }) => part?.type === 'text' && part.text === `${text}!`)
        assert.equal(said.from, anna.phone)
        assert.ok(Math.abs(said.at.getTime() - Date.now()) < 3_600_000, said.at.toISOString())
      })
    test('STOP takes the consent away', async () => {
      stage.world.act(anna.id, { do: 'text', text: 'stop' })
      assert.equal((await heard('consent', () => true)).given, false)
    })
    test('a phone that is off, and a number that is none, are told as failed', async () => {
      stage.world.act(anna.id, { do: 'block' })
      const off = await say('anybody?', 'off')
      assert.equal(
        (await heard('receipt', ({ of, status }) => of === off && status === 'failed')).failure?.why,
        'invalid',
      )
      stage.world.act(anna.id, { do: 'unblock' })
      const nobody = await stage.send({ type: 'text', text: 'x' }, '358409999999', 'nobody')
      assert.ok(nobody.ok)
      await heard('receipt', ({ of, status }) => of === 'nobody' && status === 'failed')
    })
    test('a wrong password is said to be one', async () => {
      const io = { ...stage.io, settings: { ...stage.settings, password: 'wrong' } }
      const refused = await smsGateway.send({ type: 'text', text: 'x' }, outgoing(anna.phone), io)
      assert.equal(refused.ok ? 'ok' : refused.why, 'auth')
    })
    test('what our message centre puts off, Kannel sends again', async () => {
      stage.world.faults.rate = 1
      const of = await say('too fast', 'throttled')
      await heard('receipt', event => event.of === of && event.status === 'delivered')
      assert.equal(onPhone('too fast').length, 1)
    })
    test('a bind that was cut is made anew, and what was said meanwhile arrives', async () => {
      cutOff(stage.world)
      const of = await say('are you back?', 'cut')
      stage.world.act(anna.id, { do: 'text', text: 'and you?' })
      await heard('receipt', event => event.of === of && event.status === 'delivered')
      await heard('message', ({ parts: [part] }) => part?.type === 'text' && part.text === 'and you?')
    })
  })

type Event<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>
