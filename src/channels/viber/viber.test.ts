import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Choice } from '../../domain/message.ts'
import type { Address, HttpAnswer, Outgoing, RawRequest } from '../contract.ts'
import { hmacSha256Hex } from '../kit.ts'
import { viber } from './index.ts'
import { offer, picked } from './offer.ts'
import { outcome, render } from './send.ts'

const fixtures = path.join(import.meta.dirname, 'fixtures')
// Research material that does not belong to the repository: read when it is there.
const shared = path.resolve(import.meta.dirname, '../../../../shared')

interface Fixture {
  request: Omit<RawRequest, 'body'> & { body: string }
  settings: { token: string }
  now?: string
  events: unknown[]
}

const requestOf = ({ request }: Fixture): RawRequest => ({ ...request, body: new TextEncoder().encode(request.body) })
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
const posted = (body: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  query: {},
  headers,
  body: new TextEncoder().encode(body),
})

describe('viber fixtures', () => {
  for (const name of readdirSync(fixtures)) {
    const fixture = JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as Fixture
    const request = requestOf(fixture)
    const settings = viber.settings.parse(fixture.settings)
    const now = new Date(fixture.now ?? 0)

    test(`${name} is verified, parsed, and the same twice`, () => {
      assert.equal(viber.verify(request, settings, now).verdict, 'accept')
      const once = plain(viber.parse(request))
      assert.deepEqual(once, fixture.events)
      assert.deepEqual(plain(viber.parse(request)), once)
    })
    test(`${name} is refused when one byte differs, without a signature and with an empty token`, () => {
      const changed = { ...request, body: Uint8Array.from([...request.body, 0x20]) }
      const bare = { ...request, headers: {}, query: {} }
      const empty = hmacSha256Hex('', request.body)
      const emptyKey = { ...request, query: {}, headers: { 'x-viber-content-signature': empty } }
      assert.equal(viber.verify(changed, settings, now).verdict, 'reject')
      assert.equal(viber.verify(bare, settings, now).verdict, 'reject')
      assert.equal(viber.verify(emptyKey, { ...settings, token: '' }, now).verdict, 'reject')
    })
  }
})

test('the known signature of a body with Cyrillic letters and a 64-bit number is accepted', () => {
  const body = Buffer.from(
    '7b2268656c6c6f223a22d0bcd0b8d1802f5c2f222c226e223a343931323636313834363635353233383134357d',
    'hex',
  )
  const signature = 'bc48e969ae8d8349310a9e307c367bd54132bfa2918da68a4b3f2048b8db22d2'
  const request = { method: 'POST', query: {}, headers: { 'x-viber-content-signature': signature }, body }
  const settings = viber.settings.parse({ token: 'viber-token-demo' })
  assert.equal(viber.verify(request, settings, new Date(0)).verdict, 'accept')
})

test('the signature of the oracle file is accepted', () => {
  const file = path.join(shared, 'data/oracles/vectors.json')
  if (!existsSync(file)) return
  const vector = JSON.parse(readFileSync(file, 'utf8')).viber
  const request = posted(vector.body, { 'x-viber-content-signature': vector['X-Viber-Content-Signature'] })
  const settings = viber.settings.parse({ token: vector.auth_token })
  assert.equal(viber.verify(request, settings, new Date(0)).verdict, 'accept')
  assert.equal(viber.parse(request)[0]?.type, 'consent')
})

test('every collected payload parses into an event with its token kept to the last digit', () => {
  const folder = path.join(shared, 'data/payloads/viber')
  if (!existsSync(folder)) return
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
  assert.ok(files.length >= 11)
  for (const name of files) {
    const body = readFileSync(path.join(folder, name), 'utf8')
    const events = viber.parse(posted(body))
    assert.equal(events.length, body.includes('"webhook"') ? 0 : 1, name)
    for (const event of events) {
      assert.notEqual(event.type, 'unsupported', name)
      assert.ok(event.id.includes(/"message_token": (\d+)/.exec(body)![1]!), name)
    }
  }
})

describe('a press on a button', () => {
  const choices: Choice[] = Array.from({ length: 24 }, (_, i) => ({ id: '🎈'.repeat(7) + i, label: `Größe ${i}` }))

  test('is told from typing by the offer that comes back', () => {
    for (const { id, label } of choices) assert.equal(picked(offer(choices), label), id)
    assert.equal(picked(offer(choices), 'Größe 24'), undefined)
    assert.equal(picked('{"someone":"else"}', 'Größe 1'), undefined)
    assert.equal(picked('{"parley":7}', 'Größe 1'), undefined)
    assert.equal(picked('{"parley":', 'Größe 1'), undefined)
    assert.equal(picked(undefined, 'Größe 1'), undefined)
  })
  test('is told apart where two buttons have the same words', () => {
    const twins = [
      { id: 'a', label: 'Yes' },
      { id: 'b', label: 'Yes' },
    ]
    const [first, second] = keysOf(render({ type: 'choices', prompt: '?', choices: twins }, to))
    assert.deepEqual([first!.Text, second!.Text], ['Yes', 'Yes'])
    assert.deepEqual([picked(offer(twins), first!.ActionBody!), picked(offer(twins), second!.ActionBody!)], ['a', 'b'])
  })
  test('carries an offer below 4000 bytes for everything the network admits', () => {
    const { max, id, list } = viber.can.choices!
    for (const [count, size] of [
      [max, id],
      [list!.max, list!.id],
    ] as const) {
      const worst = Array.from({ length: count }, (_, i) => ({ id: '"'.repeat(size), label: String(i) }))
      assert.ok(Buffer.byteLength(offer(worst)) <= 4000)
    }
  })
})

const to: Outgoing = { address: 'f3HqRzLk0aXw9TnBvE2mYw==' as Address, key: 'k1' }
const start = { receiver: to.address, min_api_version: 1 }
const keysOf = (json: Record<string, unknown>) =>
  (json.keyboard as { Buttons: Record<string, string | number>[] }).Buttons as Record<string, string>[]

describe('viber render', () => {
  const file = { url: 'https://parley.example/m/1.jpg', bytes: 1234, name: 'a.jpg' }

  test('sends words, places, cards, links and files in the shapes of the network', () => {
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), { ...start, type: 'text', text: 'Hi' })
    assert.deepEqual(render({ type: 'location', lat: 1.5, lon: 2 }, to), {
      ...start,
      type: 'location',
      location: { lat: 1.5, lon: 2 },
    })
    assert.deepEqual(render({ type: 'contact', name: 'Ann', phones: ['+3581'] }, to), {
      ...start,
      type: 'contact',
      contact: { name: 'Ann', phone_number: '+3581' },
    })
    assert.deepEqual(render({ type: 'link', url: 'https://a.example' }, to), {
      ...start,
      type: 'url',
      media: 'https://a.example',
    })
    assert.deepEqual(render({ type: 'image', url: 'u', caption: 'Look' }, to, file), {
      ...start,
      type: 'picture',
      text: 'Look',
      media: file.url,
    })
    assert.deepEqual(render({ type: 'video', url: 'u', seconds: 9 }, to, file), {
      ...start,
      type: 'video',
      media: file.url,
      size: 1234,
      duration: 9,
    })
    assert.deepEqual(render({ type: 'file', url: 'u' }, to, file), {
      ...start,
      type: 'file',
      media: file.url,
      size: 1234,
      file_name: 'a.jpg',
    })
  })

  test('what a card or a pin cannot hold goes as text instead of getting lost', () => {
    const card = render(
      { type: 'contact', name: 'Ann', phones: ['1', '2'], emails: ['a@b.example'], company: 'Co' },
      to,
    )
    assert.equal(card.text, 'Ann\nCo\n1\n2\na@b.example')
    const pin = render({ type: 'location', lat: 1, lon: 2, name: 'Shop', address: 'Street 5' }, to)
    assert.match(String(pin.text), /^Shop\nStreet 5\nhttps:/)
    const link = render({ type: 'link', url: 'https://a.example', title: 'News' }, to)
    assert.equal(link.text, 'News\nhttps://a.example')
  })

  test('choices become a keyboard, one button a row, two when there are many', () => {
    const one = render({ type: 'choices', prompt: 'Size?', choices: [{ id: 's', label: '<S> & M' }] }, to)
    assert.equal(one.text, 'Size?')
    assert.deepEqual(keysOf(one), [
      {
        Columns: 6,
        Rows: 1,
        ActionType: 'reply',
        ActionBody: '<S> & M',
        Text: '&lt;S&gt; &amp; M',
        TextSize: 'regular',
      },
    ])
    const many = Array.from({ length: 13 }, (_, i) => ({ id: `${i}`, label: `${i}` }))
    const wide = keysOf(render({ type: 'choices', prompt: '?', choices: many }, to)) as unknown as { Columns: number }[]
    assert.ok(wide.every(button => button.Columns === 3))
  })

  test('the name of a file keeps its ending when it is shortened', () => {
    const long = render({ type: 'file', url: 'u' }, to, { ...file, name: `${'x'.repeat(300)}.pdf` })
    assert.equal(String(long.file_name).length, 256)
    assert.match(String(long.file_name), /x\.pdf$/)
  })

  test('what the network cannot carry never leaves', () => {
    assert.throws(() => render({ type: 'reaction', emoji: '👍', of: '1' as never }, to), /cannot carry/)
    assert.throws(() => render({ type: 'template', name: 'a', language: 'en', values: [] }, to), /cannot carry/)
    assert.throws(() => render({ type: 'voice', url: 'u' }, to, file), /cannot carry/)
  })
})

describe('viber outcome', () => {
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })

  test('a token beyond 2^53 is the id', () => {
    const sent = answer({ status: 0, status_message: 'ok', message_token: '5741311803571721087' })
    assert.deepEqual(outcome(sent), { ok: true, id: '5741311803571721087' })
  })
  test('every status of the network says what happens next', () => {
    const expected: Record<string, number[]> = {
      invalid: [1, 3, 4, 11, 13, 14, 16, 17, 18, 19, 20, 21, 22, 99],
      auth: [2, 7, 8, 9, 10, 15],
      blocked: [5, 6],
      rate: [12],
      'window-closed': [23, 24],
    }
    for (const [why, codes] of Object.entries(expected))
      for (const status of codes) {
        const result = outcome(answer({ status, status_message: 'said' }))
        assert.equal(result.ok ? 'ok' : result.why, why, `status ${status}`)
      }
    assert.equal(Object.values(expected).flat().length, 25)
  })
  test('a busy network says when to come back', () => {
    const late = outcome(answer(null, 429, { 'retry-after': '7' }))
    assert.deepEqual(late, { ok: false, why: 'rate', detail: 'HTTP 429', retryAfterSeconds: 7 })
    const busy = outcome(answer({ status: 12, status_message: 'tooManyRequests' }))
    assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'tooManyRequests (12)', retryAfterSeconds: 10 })
  })
  test('an outage is retried, and an answer that cannot be read is left to the agent', () => {
    assert.equal((outcome(answer(null, 502)) as { why: string }).why, 'down')
    assert.equal((outcome(answer(null, 200)) as { why: string }).why, 'unknown')
    assert.equal((outcome(answer({ status: 0 })) as { why: string }).why, 'unknown')
    assert.equal((outcome(answer(null, 403)) as { why: string }).why, 'auth')
  })
})

test('a body that is no event of Viber throws, a broken event becomes a readable one', () => {
  assert.throws(() => viber.parse(posted('{"a"')), SyntaxError)
  assert.throws(() => viber.parse(posted('[]')), TypeError)
  assert.throws(() => viber.parse(posted('{"hello":1}')), TypeError)
  const [broken] = viber.parse(posted('{"event":"message","timestamp":"soon","message_token":5,"message":3}'))
  assert.deepEqual(plain(broken), {
    type: 'unsupported',
    what: 'unreadable message',
    id: '5',
    at: '1970-01-01T00:00:00.000Z',
  })
})
