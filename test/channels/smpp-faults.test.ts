import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { pieceOfAir } from '../../sandbox/smpp/air.ts'
import { centreOf, cutOff, post } from '../../sandbox/smpp/centre.ts'
import { AnswerLost, NotSent } from '../../src/channels/contract.ts'
import { smpp } from '../../src/channels/smpp/index.ts'
import { createCutter, decode, encode, type Fields, type Pdu, responseTo } from '../../src/channels/smpp/pdu.ts'
import { openSession, sending } from '../../src/channels/smpp/session.ts'
import { anna, emptied, listenTo, openStage, type Stage, storage, to, wordsOf } from './smpp-stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

const whyOf = (result: Awaited<ReturnType<Stage['say']>>) => (result.ok ? 'ok' : result.why)
const submitted = () => centreOf(stage.world).heard.filter(({ command }) => command === 'submit_sm').length
const write = (text: string) => stage.world.act(anna.id, { do: 'text', text })
const send = (fields: Fields) => {
  const route = { source: anna.phone, sourceTon: 1, sourceNpi: 1, dest: '16400', destTon: 3 }
  post({ what: 'part', command: 'deliver_sm', content: { fields: { ...route, ...fields } }, attempt: 0 }, stage.world)
}

describe('smpp: when sending goes wrong', () => {
  test('a centre that is away is tried again, and found when it is back', async () => {
    const { port } = centreOf(stage.world)
    await stage.close()
    assert.equal(whyOf(await stage.say('hello')), 'down')
    stage = await openStage()
    assert.notEqual(centreOf(stage.world).port, port)
    assert.equal(whyOf(await stage.say('hello')), 'ok')
  })
  test('a centre that started anew is bound to again', async () => {
    assert.equal(whyOf(await stage.say('one')), 'ok')
    const session = await sending(stage.io)
    cutOff(stage.world)
    assert.match(await session.ended, /lost/)
    assert.equal(whyOf(await stage.say('two', { key: 'two' })), 'ok')
  })
  test('too many messages are a matter of waiting', async () => {
    stage.world.faults.rate = 1
    assert.deepEqual(await stage.say('hello'), {
      ok: false,
      why: 'rate',
      detail: 'More messages a second than the operator allows: ESME_RTHROTTLED (0x00000058)',
      retryAfterSeconds: 2,
    })
    assert.equal(whyOf(await stage.say('hello')), 'ok')
  })
  test('of a long message the parts that were taken are not sent again', async () => {
    const text = 'x'.repeat(400)
    const io = stage.io
    const busy = centreOf(stage.world)
    // The second of three finds the centre busy.
    const first = smpp.send({ type: 'text', text }, to, io)
    while (!busy.heard.some(({ command }) => command === 'submit_sm')) await new Promise(go => setImmediate(go))
    stage.world.faults.rate = 1
    assert.equal(whyOf(await first), 'rate')
    const before = submitted()
    const second = await smpp.send({ type: 'text', text }, { ...to, attempt: 2 }, io)
    assert.ok(second.ok)
    assert.equal(submitted() - before, 4 - before)
    assert.equal(second.more?.length, 2)
    assert.deepEqual(stage.world.bubble(second.id)?.parts, [{ type: 'text', text }])
  })
  test('a centre with an error of its own is tried again', async () => {
    stage.world.faults.down = 1
    assert.equal(whyOf(await stage.say('hello')), 'down')
  })
  test('a changed password is a matter of connecting again', async () => {
    const io = stage.ioWith({ password: 'former' })
    assert.equal(whyOf(await smpp.send({ type: 'text', text: 'hello' }, to, io)), 'auth')
    stage.world.faults.token = true
    assert.equal(whyOf(await stage.say('hello')), 'auth')
  })
  test('a lost answer is unknown, and the phone has the message', async () => {
    stage.world.faults.loseAnswer = 1
    assert.equal(whyOf(await stage.say('hello')), 'unknown')
    assert.deepEqual(
      stage.world.bubbles.map(b => b.parts),
      [[{ type: 'text', text: 'hello' }]],
    )
    assert.equal(whyOf(await stage.say('again', { key: 'again' })), 'ok')
  })
})

describe('smpp: when receiving goes wrong', () => {
  test('what cannot be stored is given again until it is, and is there once', async () => {
    const kept = { ...storage(), broken: 2 }
    const business = listenTo(stage.io, kept)
    await business.connected
    write('hello')
    assert.equal(wordsOf((await business.heard('message'))[0]!), 'hello')
    await emptied(stage.world)
    assert.equal(business.events().length, 1)
    assert.equal(kept.requests.length, 1)
    await business.stop()
  })
  test('an acknowledgement that is lost brings the same message with the same id', async () => {
    const kept = storage()
    const business = listenTo(stage.io, kept)
    await business.connected
    stage.world.faults.ignoreAnswer = 1
    write('hello')
    assert.match(await business.ended, /lost/)
    const again = listenTo(stage.io, kept)
    await again.connected
    await emptied(stage.world)
    assert.equal(kept.requests.length, 2)
    assert.deepEqual(again.events().map(wordsOf), ['hello'])
    write('hello')
    while (again.events().length < 2) await again.heard('message', 2)
    assert.deepEqual(again.events().map(wordsOf), ['hello', 'hello'])
    await again.stop()
  })
  test('the parts of one message come backwards, over a restart of ours between them', async () => {
    const kept = storage()
    const text = 'жук '.repeat(40)
    const [one, two, three] = pieceOfAir(text, 77) as [Fields, Fields, Fields]
    const business = listenTo(stage.io, kept)
    await business.connected
    send(three)
    await emptied(stage.world)
    await business.stop()
    assert.equal(kept.requests.length, 0)
    const again = listenTo(stage.io, kept)
    await again.connected
    send(one)
    send(two)
    assert.equal(wordsOf((await again.heard('message'))[0]!), text)
    await again.stop()
  })
  test('a long message is whole after the storage failed at its last part', async () => {
    const kept = { ...storage(), broken: 1 }
    const business = listenTo(stage.io, kept)
    await business.connected
    const text = 'one two '.repeat(50)
    write(text)
    assert.equal(wordsOf((await business.heard('message'))[0]!), text)
    await emptied(stage.world)
    assert.equal(business.events().length, 1)
    await business.stop()
  })
  test('a message that a restart left complete is handed on without waiting for anything', async () => {
    const kept = storage()
    const pdus = pieceOfAir('x'.repeat(200), 5).map(fields =>
      encode('deliver_sm', { sequence: 1, fields: { source: '358401234567', ...fields } }),
    )
    const parts = pdus.map((pdu, n) => ({ number: n + 1, hex: pdu.toString('hex') }))
    kept.cursor = { heard: [], sets: [{ id: 'left', key: 'k', total: 2, since: 0, parts }] }
    const business = listenTo(stage.io, kept)
    assert.equal(wordsOf((await business.heard('message'))[0]!), 'x'.repeat(200))
    assert.deepEqual(kept.cursor, { count: 0, heard: [], sets: [] })
    await business.stop()
  })
  test('a message is shown without what has not come in an hour', async () => {
    const kept = storage()
    const [one] = pieceOfAir('x'.repeat(200), 5) as [Fields]
    const first = listenTo({ ...stage.io, now: new Date(0) }, kept)
    await first.connected
    send(one)
    await emptied(stage.world)
    await first.stop()
    const later = listenTo({ ...stage.io, now: new Date(3_600_000) }, kept)
    const [event] = await later.heard('message')
    assert.deepEqual(event!.parts.at(-1), { type: 'unsupported', what: '1 of 2 parts are missing' })
    await later.stop()
  })
  test('late, reordered and doubled events are each there once', async () => {
    const kept = storage()
    let business = listenTo(stage.io, kept)
    await business.connected
    stage.world.faults.reorder = 3
    for (const text of ['one', 'two', 'three']) write(text)
    await business.heard('message', 3)
    assert.deepEqual(business.events().map(wordsOf), ['three', 'two', 'one'])
    stage.world.faults.duplicate = 2
    write('four')
    for (const _ of [1, 2]) {
      await business.ended
      business = listenTo(stage.io, kept)
      await business.connected
    }
    await emptied(stage.world)
    assert.deepEqual(business.events().map(wordsOf), ['three', 'two', 'one', 'four'])
    await business.stop()
  })
  test('what comes on a session that sending opened waits until somebody listens', async () => {
    assert.equal(whyOf(await stage.say('hello')), 'ok')
    write('hei')
    while (centreOf(stage.world).waiting.length) await new Promise(go => setImmediate(go))
    const business = listenTo(stage.io)
    assert.equal(wordsOf((await business.heard('message'))[0]!), 'hei')
    await business.stop()
  })
  test('a wrong password ends the listening for good, an absent centre does not', async () => {
    const listen = (settings: object) =>
      smpp.listen!({
        io: stage.ioWith(settings),
        signal: new AbortController().signal,
        news: async () => undefined,
        connected() {},
        cursor: { get: async () => undefined, set: async () => {} },
        deliver: async () => {},
      })
    await assert.rejects(listen({ password: 'wrong' }), { message: /password is wrong/ })
    await assert.rejects(listen({ baseUrl: 'smpp://127.0.0.1:1' }), NotSent)
  })
})

describe('smpp: the session', () => {
  /** A centre whose every answer the test gives itself. */
  async function puppet() {
    const asked: Pdu[] = []
    const waiting: (() => void)[] = []
    let line: Socket
    const server = net.createServer(socket => {
      line = socket
      const cut = createCutter()
      socket.on('error', () => {})
      socket.on('data', chunk => {
        for (const raw of cut(chunk)) {
          const pdu = decode(raw)
          if (pdu.command === 'bind_transceiver') answer(pdu)
          else asked.push(pdu)
        }
        for (const go of waiting.splice(0)) go()
      })
    })
    const answer = (pdu: Pdu, status = 0) =>
      line.write(
        encode(responseTo(pdu.command!), { sequence: pdu.sequence, status, fields: { messageId: `m${pdu.sequence}` } }),
      )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const baseUrl = `smpp://127.0.0.1:${(server.address() as AddressInfo).port}`
    const settings = { ...stage.io.settings, baseUrl, window: 2, answerSeconds: 1 }
    return {
      asked,
      answer,
      line: () => line,
      session: await openSession(settings, 'transceiver'),
      async until(count: number) {
        while (asked.length < count) await new Promise<void>(go => waiting.push(go))
      },
      close() {
        line.destroy()
        server.close()
      },
    }
  }
  const words = { fields: { dest: anna.phone, shortMessage: Buffer.from('x') } }

  test('no more messages are under way than the window lets, and none is forgotten', async () => {
    const centre = await puppet()
    const sent = Array.from({ length: 5 }, () => centre.session.submit(words))
    const most: number[] = []
    for (let answered = 0; answered < 5; answered++) {
      await centre.until(Math.min(answered + 2, 5))
      most.push(centre.asked.length - answered)
      centre.answer(centre.asked[answered]!)
    }
    assert.ok(
      most.every(n => n <= 2),
      `${most}`,
    )
    assert.equal(new Set((await Promise.all(sent)).map(({ id }) => id)).size, 5)
    centre.close()
  })
  test('answers find their questions in any order', async () => {
    const centre = await puppet()
    const [one, two] = [centre.session.submit(words), centre.session.submit(words)]
    await centre.until(2)
    centre.answer(centre.asked[1]!, 0x58)
    centre.answer(centre.asked[0]!)
    assert.deepEqual([(await one).status, (await two).status], [0, 0x58])
    centre.close()
  })
  test('what waited for room in the window was surely not sent when the connection ends; what was written may have been', async () => {
    const centre = await puppet()
    const sent = Array.from({ length: 3 }, () => centre.session.submit(words).catch(error => error))
    await centre.until(2)
    centre.line().destroy()
    const [one, two, three] = await Promise.all(sent)
    assert.deepEqual(
      [one, two, three].map(e => e.constructor),
      [AnswerLost, AnswerLost, NotSent],
    )
    centre.close()
  })
  test('a centre that does not answer in time ends the message as unknown, and the session when it is deaf', async () => {
    const centre = await puppet()
    await assert.rejects(centre.session.submit(words), AnswerLost)
    assert.ok(centre.session.alive())
    centre.session.enquire()
    assert.match(await centre.session.ended, /did not answer enquire_link/)
    centre.close()
  })
  test('whoever does not speak SMPP is left', async () => {
    const centre = await puppet()
    centre.line().write('HTTP/1.1 400 Bad Request\r\n')
    assert.match(await centre.session.ended, /does not speak SMPP/)
    centre.close()
  })
  test('unbind is answered and ends the session', async () => {
    const centre = await puppet()
    centre.line().write(encode('unbind', { sequence: 3 }))
    await centre.until(1)
    assert.equal(centre.asked[0]!.command, 'unbind_resp')
    assert.match(await centre.session.ended, /ended the session|lost/)
    centre.close()
  })
})
