import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { smsOf } from '../../domain/sms.ts'
import type { Outgoing, RawRequest } from '../contract.ts'
import { address } from '../kit.ts'
import { wordsIn, written } from './alphabet.ts'
import { carried } from './concat.ts'
import { smpp } from './index.ts'
import { requestOf } from './listen.ts'
import { createMemory, type Kept } from './memory.ts'
import { type Command, commands, createCutter, decode, encode, type Fields, tlv } from './pdu.ts'
import { outcome, render } from './send.ts'
import type { Settings } from './settings.ts'
import { refusal } from './status.ts'

const settings = smpp.settings.parse({ baseUrl: 'smpp://127.0.0.1:2775', systemId: 'shop', password: 'pw' }) as Settings
const to: Outgoing = { address: address('358401234567'), key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const gsm = { alphabet: 'gsm' } as const
const deliver = (fields: Fields, tlvs: [number, Uint8Array][] = []): Buffer =>
  encode('deliver_sm', { sequence: 7, fields: { source: '358401234567', dest: '16400', ...fields }, tlvs })
const parse = (...pdus: Buffer[]) =>
  smpp.parse(requestOf({ id: 'x', pdus: pdus.map(pdu => pdu.toString('hex')) }, settings))

describe('smpp: PDUs', () => {
  test('those of two other implementations are read, and written again byte for byte', () => {
    const file = path.resolve(import.meta.dirname, '../../../../shared/data/payloads/smpp/pdus.json')
    if (!existsSync(file)) return
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as { command: Command; seq: number; hex: string }[]
    for (const { command, seq, hex } of recorded) {
      const pdu = decode(Buffer.from(hex, 'hex'))
      assert.equal(pdu.command, command)
      assert.equal(pdu.sequence, seq)
      const { status, sequence, fields, tlvs } = pdu
      assert.equal(encode(command, { status, sequence, fields, tlvs }).toString('hex'), hex)
    }
    const delivered = recorded.filter(({ command }) => command === 'deliver_sm')
    const events = delivered.flatMap(({ hex }) => parse(Buffer.from(hex, 'hex')))
    assert.deepEqual(
      events.map(e => (e.type === 'receipt' ? `${e.of} ${e.status}` : e.type)),
      ['MSGID1 delivered', 'message', 'consent', 'message', 'MSGID2 delivered', 'message', 'consent', 'message'],
    )
  })
  test('every command survives writing and reading, whatever is in it', () => {
    const words = fc.stringMatching(/^[ -~]{0,20}$/)
    const byte = fc.nat({ max: 255 })
    const some = fc.uint8Array({ maxLength: 254 })
    const fields = fc.record({ source: words, destTon: byte, shortMessage: some, messageId: words, systemId: words })
    const tags = fc.uniqueArray(fc.tuple(fc.nat({ max: 65535 }), some), { selector: ([tag]) => tag, maxLength: 4 })
    const every = fc.constantFrom(...(Object.keys(commands) as Command[]))
    fc.assert(
      fc.property(every, fc.nat(), fields, tags, (command, sequence, said, tlvs) => {
        const pdu = decode(encode(command, { sequence, fields: said, tlvs }))
        assert.equal(pdu.command, command)
        for (const [name, value] of Object.entries(pdu.fields)) {
          const expected = said[name as keyof typeof said]
          if (expected instanceof Uint8Array) assert.deepEqual(Buffer.from(value as Uint8Array), Buffer.from(expected))
          else assert.equal(value || undefined, expected || undefined)
        }
        assert.deepEqual(
          [...pdu.tlvs].map(([tag, value]) => [tag, ...value]),
          tlvs.map(([tag, value]) => [tag, ...value]),
        )
      }),
    )
  })
  test('a stream is cut at its PDUs wherever its packets end', () => {
    const stream = Buffer.concat([
      deliver({ shortMessage: Buffer.from('one') }),
      deliver({}),
      encode('unbind', { sequence: 9 }),
    ])
    for (let size = 1; size <= stream.length; size++) {
      const cut = createCutter()
      const whole: Buffer[] = []
      for (let at = 0; at < stream.length; at += size) whole.push(...cut(stream.subarray(at, at + size)))
      assert.deepEqual(Buffer.concat(whole), stream)
      assert.equal(whole.length, 3)
    }
    assert.throws(() => createCutter()(Buffer.from('GET / HTTP/1.1\r\n')), RangeError)
    assert.throws(() => createCutter()(Buffer.from([0, 0, 0, 4])), RangeError)
  })
  test('whatever bytes a delivery has, it becomes events and never an accident', () => {
    const anything = fc.record({
      esmClass: fc.nat({ max: 255 }),
      dataCoding: fc.nat({ max: 255 }),
      shortMessage: fc.uint8Array({ maxLength: 254 }),
    })
    fc.assert(
      fc.property(anything, fc.boolean(), (fields, sars) => {
        const more: [number, Uint8Array][] = sars
          ? [
              [tlv.sarRef, new Uint8Array()],
              [tlv.receiptedMessageId, Uint8Array.of(0)],
            ]
          : []
        assert.ok(parse(deliver(fields, more)).length > 0)
      }),
    )
  })
})

describe('smpp: words', () => {
  test('a text is the same after the way through the air, in every alphabet and form', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab @€{}[]~^|\\ñüàÅΔжё漢é👋👩‍👩‍👧'),
      minLength: 1,
      maxLength: 500,
    })
    const how = fc.constantFrom('udh8', 'udh16', 'sar', 'payload')
    fc.assert(
      fc.property(text, how, fc.constantFrom('gsm', 'latin1'), (said, longMessages, alphabet) => {
        const parts = render({ type: 'text', text: said }, to, { ...settings, longMessages, alphabet } as Settings)
        const got = parts.map(({ fields = {}, tlvs = [] }) => {
          const pdu = decode(encode('submit_sm', { sequence: 1, fields, tlvs }))
          const { bytes, place } = carried(pdu)
          assert.equal(place?.total ?? 1, parts.length)
          const header = (pdu.fields.shortMessage?.length ?? 0) - bytes.length
          if (!pdu.tlvs.has(tlv.messagePayload)) {
            const room = pdu.fields.dataCoding ? 140 - header : Math.floor(((140 - header) * 8) / 7)
            assert.ok(bytes.length <= (parts.length > 1 && !header ? room - 6 : room), 'a part is too long for the air')
          }
          return wordsIn(bytes, pdu.fields.dataCoding ?? 0, { alphabet: alphabet as 'gsm' })
        })
        assert.equal(got.join(''), said)
      }),
    )
  })
  test('the parts are as many as the composer has counted', () => {
    for (const text of [
      'hello',
      'a'.repeat(160),
      'a'.repeat(161),
      'ж'.repeat(71),
      '€'.repeat(81),
      `${'a'.repeat(152)}€${'a'.repeat(152)}`,
    ])
      assert.equal(written(text, 'gsm', 6).pieces.length, smsOf(text).parts.length)
  })
  test('each coding is read as what it is, and data as none', () => {
    const read = (coding: number, ...bytes: number[]) => wordsIn(Uint8Array.from(bytes), coding, gsm)
    assert.equal(read(0, 0x1b, 0x65, 0x00), '€@')
    assert.equal(read(1, 0x40), '@')
    assert.equal(read(3, 0xe4, 0x80), 'ä\u0080')
    assert.equal(read(6, 0xbf), 'П')
    assert.equal(read(8, 0xd8, 0x3d, 0xdc, 0x4b), '👋')
    assert.equal(read(0xf0, 0x00), '@')
    assert.equal(read(0x11, 0x00), '@')
    assert.equal(read(0x18, 0x04, 0x36), 'ж')
    for (const coding of [2, 4, 0xf4, 0x14]) assert.equal(read(coding, 1, 2), null)
    assert.equal(wordsIn(Uint8Array.of(0x40), 0, { alphabet: 'latin1' }), '@')
  })
})

describe('smpp: parts of a long message', () => {
  const part = (number: number, text: string, total = 3, ref = 9) =>
    deliver({ esmClass: 0x40, shortMessage: Buffer.from([5, 0, 3, ref, total, number, ...Buffer.from(text)]) })
  const nothing = (): Kept => ({ count: 0, heard: [], sets: [] })
  const place = (memory: ReturnType<typeof createMemory>, raw: Buffer) => memory.place(decode(raw), raw)
  const wordsOf = (pdus: readonly string[]) =>
    pdus.map(hex => Buffer.from(carried(decode(Buffer.from(hex, 'hex'))).bytes).toString()).join('')

  test('they are joined in every order, over a restart after each of them', () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
      [3, 1, 2],
    ]) {
      let kept = nothing()
      const whole = order.flatMap((number, n) => {
        const memory = createMemory(structuredClone(kept), `s${n}`, () => 0)
        const placed = place(memory, part(number, `${number}`))
        kept = memory.kept()
        return placed.whole ? [placed.whole] : []
      })
      assert.equal(whole.length, 1)
      assert.equal(wordsOf(whole[0]!.pdus), '123')
    }
  })
  test('one that comes again after a restart does not begin another message', () => {
    const first = createMemory(nothing(), 'a', () => 0)
    place(first, part(1, 'one '))
    const second = createMemory(structuredClone(first.kept()), 'b', () => 0)
    assert.equal(place(second, part(1, 'one ')).whole, undefined)
    place(second, part(2, 'two '))
    assert.equal(wordsOf(place(second, part(3, 'three')).whole!.pdus), 'one two three')
  })
  test('a number that comes with other words begins a new message, and the old one is shown without what it lacks', () => {
    let now = 0
    const memory = createMemory(nothing(), 'a', () => now)
    place(memory, part(1, 'old', 2))
    place(memory, part(1, 'new ', 2))
    assert.equal(wordsOf(place(memory, part(2, 'one', 2)).whole!.pdus), 'new one')
    assert.deepEqual(
      memory.due(10).map(w => w.missing),
      [undefined],
    )
    now = 10
    assert.deepEqual(
      memory
        .due(10)
        .map(w => w.missing)
        .sort(),
      [1, undefined],
    )
  })
  test('what was surely acknowledged may be said again; what was not keeps its id over a restart, once', () => {
    const yes = deliver({ shortMessage: Buffer.from('yes') })
    const memory = createMemory(nothing(), 'a', () => 0)
    const [one, two] = [place(memory, yes), place(memory, yes)]
    assert.notEqual(one.whole!.id, two.whole!.id)
    memory.stored(one)
    memory.proven(memory.told())
    const next = createMemory(structuredClone(memory.kept()), 'b', () => 0)
    assert.equal(place(next, yes).whole!.id, two.whole!.id)
    assert.ok(![one.whole!.id, two.whole!.id].includes(place(next, yes).whole!.id))
  })
  test('what waited too long for its repetition is forgotten', () => {
    const yes = deliver({ shortMessage: Buffer.from('yes') })
    const memory = createMemory(nothing(), 'a', () => 0)
    const { whole } = place(memory, yes)
    const next = createMemory(structuredClone(memory.kept()), 'b', () => 0)
    next.trust()
    assert.notEqual(place(next, yes).whole!.id, whole!.id)
  })
})

describe('smpp: sending', () => {
  test('a short text goes as it is, to an international number, from a short code, a name or a number', () => {
    const of = (sender: string) => render({ type: 'text', text: 'Hi' }, to, { ...settings, sender })[0]!.fields!
    assert.deepEqual(
      ['', '16400', 'Rowan', '+358401112233'].map(sender => [
        of(sender).source,
        of(sender).sourceTon,
        of(sender).sourceNpi,
      ]),
      [
        ['', 0, 0],
        ['16400', 3, 0],
        ['Rowan', 5, 0],
        ['358401112233', 1, 1],
      ],
    )
    const { dest, destTon, destNpi, registeredDelivery, dataCoding, shortMessage } = of('')
    assert.deepEqual(
      { dest, destTon, destNpi, registeredDelivery, dataCoding },
      { dest: '358401234567', destTon: 1, destNpi: 1, registeredDelivery: 1, dataCoding: 0 },
    )
    assert.equal(Buffer.from(shortMessage!).toString(), 'Hi')
  })
  test('two tries of one piece have one reference, so that the phone joins them', () => {
    const refs = ['udh16', 'sar'].map(longMessages => {
      const tried = [1, 2].map(attempt =>
        render({ type: 'text', text: 'x'.repeat(200) }, { ...to, attempt }, { ...settings, longMessages } as Settings),
      )
      assert.deepEqual(tried[0], tried[1])
      return tried[0]!.length
    })
    assert.deepEqual(refs, [2, 2])
  })
  test('what SMS cannot carry never leaves', () => {
    assert.throws(() => render({ type: 'location', lat: 1, lon: 2 }, to, settings), /cannot carry/)
  })
  test('every refusal says what happens next', () => {
    const why = (status: number) => refusal(status).why
    const table: [string, number[]][] = [
      ['rate', [0x14, 0x58]],
      ['down', [0x05, 0x08, 0x0d, 0x64]],
      ['auth', [0x04, 0x0e, 0x0f, 0x53]],
      ['invalid', [0x01, 0x0a, 0x0b, 0x45, 0x65, 0x66, 0xc4, 0xfe]],
      ['unknown', [0xff, 0x400, 0x4ff]],
    ]
    for (const [expected, statuses] of table) for (const status of statuses) assert.equal(why(status), expected)
    assert.deepEqual(outcome({ status: 0x14, ids: [] }, settings), {
      ok: false,
      why: 'rate',
      detail: 'The queue of the message centre is full: ESME_RMSGQFUL (0x00000014)',
      retryAfterSeconds: 30,
    })
  })
  test('ids in hexadecimal are brought to the decimal of the receipts, and the other way round', () => {
    const sent = (id: string, messageIds: Settings['messageIds']) =>
      outcome({ status: 0, ids: [id, '2'] }, { messageIds })
    assert.deepEqual(sent('1A2B', 'hexThenDecimal'), { ok: true, id: '6699', more: ['2'] })
    assert.deepEqual(sent('0000006699', 'decimalThenHex'), { ok: true, id: '6699', more: ['2'] })
    assert.deepEqual(sent('FFFFFFFFFFFFFFFFFF', 'hexThenDecimal'), {
      ok: true,
      id: '4722366482869645213695',
      more: ['2'],
    })
    assert.deepEqual(sent('b1f0-77', 'hexThenDecimal'), { ok: true, id: 'b1f0-77', more: ['2'] })
    assert.equal(outcome({ status: 0, ids: [''] }, settings).ok, false)
    assert.deepEqual(outcome({ status: 0, ids: ['', '7', '', '8'] }, settings), { ok: true, id: '7', more: ['8'] })
  })
})

test('nothing passes by HTTP, however it is dressed', () => {
  for (const method of ['GET', 'POST', 'SMPP']) {
    const request: RawRequest = { ...requestOf({ pdus: [deliver({}).toString('hex')] }, settings), method }
    assert.equal(smpp.verify(request, settings, new Date(0)).verdict, 'reject')
  }
})
