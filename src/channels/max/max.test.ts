import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Address, ExternalId, HttpAnswer, HttpCall, Io, Outgoing, Piece, RawRequest } from '../contract.ts'
import { refusal } from './api.ts'
import { readCard, writeCard } from './card.ts'
import { max } from './index.ts'
import { outcome, placeOf, render } from './send.ts'
import type { Settings } from './settings.ts'

const settings = max.settings.parse({ token: 't', secret: 'known_secret-1' }) as Settings
const posted = (body: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  query: {},
  headers,
  body: new TextEncoder().encode(body),
})
const to: Outgoing = { address: '167123456' as Address, key: 'k1' }
const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})

test('the secret of the subscription lets in, another or an empty one does not', () => {
  const verdict = (given: string, known = settings) =>
    max.verify(posted('{}', { 'x-max-bot-api-secret': given }), known, new Date(0)).verdict
  assert.equal(verdict('known_secret-1'), 'accept')
  assert.equal(verdict('known_secret-2'), 'reject')
  assert.equal(verdict('', { ...settings, secret: '' }), 'reject')
  assert.ok(!max.settings.safeParse({ token: 't', secret: 'with space' }).success)
  assert.ok(!max.settings.safeParse({ token: 't', secret: 'abcd' }).success)
  assert.ok(!max.settings.safeParse({ token: 't', secret: 'abcde', ca: 'not a certificate' }).success)
})

test('a body that is no update of MAX throws, an update about nobody is kept', () => {
  assert.throws(() => max.parse(posted('{"update_type"')), SyntaxError)
  assert.throws(() => max.parse(posted('{"hello":1}')), TypeError)
  const [event] = max.parse(posted('{"update_type":"message_removed","timestamp":5}'))
  assert.deepEqual([event!.type, (event as { what: string }).what], ['unsupported', 'unreadable message_removed'])
})

test('a chat of many digits keeps them all, and within a millisecond the running number tells the order', () => {
  const said = (seq: string) =>
    max.parse(
      posted(
        `{"update_type":"message_created","timestamp":1,"message":{"recipient":{"chat_id":-70912345678901234,"chat_type":"chat"},"timestamp":1,"body":{"mid":"m${seq}","seq":${seq},"text":"a"}}}`,
      ),
    )[0] as { from: string; order: number }
  const [first, second] = [said('115432109876543201'), said('115432109876543202')]
  assert.equal(first.from, '-70912345678901234')
  assert.ok(first.order < second.order)
})

test('a card is read as it was written, and cards of other programs are read too', () => {
  const card = { name: 'Анна; "А", \\', phones: ['+7925', '+358'], emails: ['a@b.example'], company: 'Ромашка' }
  assert.deepEqual(readCard(writeCard(card)), card)
  const folded = 'BEGIN:VCARD\nitem1.TEL;type=CELL:tel:+1\nFN;CHARSET=UTF-8:An\n na\nEND:VCARD'
  assert.deepEqual(readCard(folded), { name: 'Anna', phones: ['+1'] })
  assert.deepEqual(readCard('rubbish'), { name: '', phones: [] })
})

describe('max render', () => {
  test('every message has words, attachments and a link, or says that it has none', () => {
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), { text: 'Hi', attachments: null, link: null })
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, { ...to, replyTo: 'mid.1' as ExternalId }).link, {
      type: 'reply',
      mid: 'mid.1',
    })
    assert.deepEqual(render({ type: 'location', lat: 1.5, lon: 2, name: 'Shop' }, to), {
      text: 'Shop',
      attachments: [{ type: 'location', latitude: 1.5, longitude: 2 }],
      link: null,
    })
    assert.equal(render({ type: 'link', url: 'https://a.example', title: 'News' }, to).text, 'News\nhttps://a.example')
  })
  test('choices stand one in a row, two when there are more than thirty', () => {
    const rows = (count: number) => {
      const choices = Array.from({ length: count }, (_, i) => ({ id: `c${i}`, label: `L${i}` }))
      const [keyboard] = render({ type: 'choices', prompt: '?', choices }, to).attachments as {
        payload: { buttons: unknown[][] }
      }[]
      return keyboard!.payload.buttons
    }
    assert.deepEqual(rows(1), [[{ type: 'callback', text: 'L0', payload: 'c0' }]])
    assert.equal(rows(30).length, 30)
    assert.deepEqual([rows(60).length, rows(60)[0]!.length], [30, 2])
  })
  test('a file goes by the name that its upload got', () => {
    const file = { token: 'f1' }
    assert.deepEqual(render({ type: 'voice', url: '', caption: 'Listen' }, to, file), {
      text: 'Listen',
      attachments: [{ type: 'audio', payload: file }],
      link: null,
    })
  })
  test('what the network cannot carry never leaves', () => {
    for (const piece of [
      { type: 'reaction', emoji: '👍', of: '1' as ExternalId },
      { type: 'template', name: 'a', language: 'en', values: [] },
      { type: 'sticker', url: '' },
      { type: 'image', url: '' },
    ] satisfies Piece[])
      assert.throws(() => render(piece, to), /cannot carry/)
  })
  test('an address is a chat, a person or the comments under a post', () => {
    const place = (address: string) => placeOf({ ...to, address: address as Address })
    assert.deepEqual(place('-709'), { path: '/messages', query: { chat_id: '-709' } })
    assert.deepEqual(place('user:5'), { path: '/messages', query: { user_id: '5' } })
    assert.deepEqual(place('post:115'), { path: '/messages/115/comments', query: {} })
  })
})

describe('max outcome', () => {
  test('the id of the message is the id', () => {
    assert.deepEqual(outcome(answer(200, { message: { body: { mid: 'mid.1' } } })), { ok: true, id: 'mid.1' })
    assert.equal((outcome(answer(200, {})) as { why: string }).why, 'unknown')
  })
  test('every error says what happens next', () => {
    const why = (status: number, code?: string) => refusal(answer(status, { code, message: 'said' }))?.why
    const expected: Record<string, [number, string?][]> = {
      auth: [[401], [401, 'verify.token'], [403, 'verify.token']],
      invalid: [[400], [400, 'proto.payload'], [404], [404, 'not.found'], [404, 'chat.not.found'], [405], [413]],
      blocked: [[403], [403, 'chat.denied'], [403, 'dialog.suspended'], [403, 'access.denied']],
      rate: [[429], [429, 'too.many.requests']],
      down: [[400, 'attachment.not.ready'], [500], [503], [503, 'service.unavailable']],
      unknown: [[302], [418]],
    }
    for (const [reason, cases] of Object.entries(expected))
      for (const [status, code] of cases) assert.equal(why(status, code), reason, `${status} ${code}`)
    assert.equal(refusal(answer(200, { success: true })), null)
    assert.equal(refusal(answer(200, { success: false, message: 'no' }))?.why, 'invalid')
  })
  test('a busy network says when to come back, and a file that is not ready is asked for ever more slowly', () => {
    const busy = outcome(answer(429, { code: 'too.many.requests', message: 'slow' }, { 'retry-after': '7' }))
    assert.equal((busy as { retryAfterSeconds: number }).retryAfterSeconds, 7)
    const unready = answer(400, { code: 'attachment.not.ready', message: 'wait' })
    const pause = (attempt?: number) => (outcome(unready, attempt) as { retryAfterSeconds: number }).retryAfterSeconds
    assert.deepEqual([pause(), pause(1), pause(3), pause(50)], [2, 2, 8, 60])
  })
})

test('every call trusts the authority of the settings, and files are fetched without the token', async () => {
  const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
  const calls: HttpCall[] = []
  const io = {
    settings: max.settings.parse({ token: 't', secret: 'abcde', ca }) as Settings,
    now: new Date(0),
    bytesOf: async () => ({ bytes: new Uint8Array(3), mime: 'image/png', name: 'a.png' }),
    async http(call: HttpCall) {
      calls.push(call)
      const photos = { a: { token: 'p1' } }
      return answer(200, { url: 'https://iu.oneme.ru/upload', photos, message: { body: { mid: 'mid.1' } } })
    },
  } as unknown as Io<Settings>
  assert.ok((await max.send({ type: 'image', url: '/m/1' }, to, io)).ok)
  await max.media!('https://i.oneme.ru/i', io)
  assert.deepEqual(
    calls.map(call => [new URL(call.url).pathname, call.ca, call.headers?.authorization]),
    [
      ['/uploads', ca, 't'],
      ['/upload', ca, undefined],
      ['/messages', ca, 't'],
      ['/i', ca, undefined],
    ],
  )
  assert.deepEqual((calls[2]!.json as { attachments: unknown }).attachments, [
    { type: 'image', payload: { photos: { a: { token: 'p1' } } } },
  ])
})
