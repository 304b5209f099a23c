import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { agreeableIo } from '../../../test/channels/pieces.ts'
import type { ExternalId, HttpAnswer, InboundEvent, Outgoing, Piece } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { messenger } from './index.ts'
import { render } from './render.ts'
import { settings } from './settings.ts'

const ours = settings.parse({ pageId: '1', pageAccessToken: 't', appSecret: 'app_secret_demo', verifyToken: 'v' })
const now = new Date('2026-11-21T12:00:00Z')
const hours = (n: number) => new Date(now.getTime() - n * 3_600_000)

// The fixtures run in src/channels/conformance.test.ts.

test('a signature made with an empty app secret never verifies', () => {
  const body = Buffer.from('{"object":"page","entry":[]}')
  const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(body).digest('hex')}` }
  const request = { method: 'POST', query: {}, headers, body }
  assert.equal(messenger.verify(request, { ...ours, appSecret: '' }, now).verdict, 'reject')
})

test('the published signatures are recognised, and no byte of the body may differ', () => {
  const hex = '7b2268656c6c6f223a22d0bcd0b8d1802f5c2f222c226e223a343931323636313834363635353233383134357d'
  const known = [
    ['app_secret_demo', Buffer.from(hex, 'hex'), 'd6619084b74cd1d8e96c4e031a9bccb4c3f91693bceeae613babec2c73b8b36d'],
    [
      'app-secret',
      Buffer.from('{"object":"page","entry":[]}'),
      'e6e9d7a842a48e17f43a34d6125d0d933e2aab92ee37f0993a4d493b50e3d438',
    ],
  ] as const
  for (const [appSecret, body, digest] of known) {
    const request = { method: 'POST', query: {}, headers: { 'x-hub-signature-256': `sha256=${digest}` }, body }
    const verdict = (bytes: Uint8Array) =>
      messenger.verify({ ...request, body: bytes }, { ...ours, appSecret }, now).verdict
    assert.equal(verdict(body), 'accept')
    for (let i = 0; i < body.length; i++) {
      const changed = Buffer.from(body)
      changed[i]! ^= 1
      assert.equal(verdict(changed), 'reject')
    }
  }
})

test('the older signature alone is not enough', () => {
  const body = Buffer.from('{}')
  const headers = { 'x-hub-signature': `sha1=${createHmac('sha1', ours.appSecret).update(body).digest('hex')}` }
  assert.equal(messenger.verify({ method: 'POST', query: {}, headers, body }, ours, now).verdict, 'reject')
})

test('the handshake returns the challenge only for the right token', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'v', 'hub.challenge': '1158201444' }
  const get = (more: object) => ({ method: 'GET', query: { ...query, ...more }, headers: {}, body: Buffer.alloc(0) })
  const answered = { verdict: 'answer', body: '1158201444', contentType: 'text/plain' }
  assert.deepEqual(messenger.verify(get({}), ours, now), answered)
  for (const wrong of [{ 'hub.verify_token': 'w' }, { 'hub.mode': 'unsubscribe' }, { 'hub.challenge': '' }]) {
    const verdict = messenger.verify(get(wrong), ours, now)
    assert.equal(verdict.verdict === 'reject' && verdict.status, 403)
  }
  const empty = get({ 'hub.verify_token': '' })
  assert.equal(messenger.verify(empty, { ...ours, verifyToken: '' }, now).verdict, 'reject')
})

test('a body that is no webhook of a page throws, so that it is quarantined', () => {
  for (const body of ['', 'hello', '[]', '{"object":"page"}', '{"object":"instagram","entry":[]}'])
    assert.throws(() => messenger.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(body) }))
})

const parsed = (payload: object): InboundEvent[] =>
  messenger.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(JSON.stringify(payload)) })

interface Payload {
  object?: string
  entry?: { messaging?: unknown[]; changes?: unknown[] }[]
  recipient?: { id: string }
}

// Payloads of other projects' test suites, read in place from the shared data folder; absent on most machines.
test('payloads of other projects parse without losing an event', () => {
  const root = new URL('../../../../shared/data/payloads/', import.meta.url)
  const folders = ['messenger/bottender/MessengerEvent/', 'messenger/bottender/MessengerConnector/']
  const files = folders
    .map(f => new URL(f, root))
    .filter(f => existsSync(f))
    .flatMap(f => readdirSync(f).map(n => new URL(n, f)))
  const read = (file: URL) => JSON.parse(readFileSync(file, 'utf8')) as Payload
  const replay = new URL('_vercel_chat_replay/packages/integration-tests/fixtures/replay/dm/messenger.json', root)
  const replayed = existsSync(replay) ? (Object.values(read(replay)) as Payload[]).filter(p => p.entry) : []
  for (const raw of [...files.map(read), ...replayed]) {
    const payload: Payload = raw.entry
      ? raw
      : { object: 'page', entry: [{ id: raw.recipient!.id, messaging: [raw] } as object] }
    const told = payload.entry!.flatMap(e => [...(e.messaging ?? []), ...(e.changes ?? [])])
    const events = parsed(payload)
    assert.ok(events.length >= told.length, JSON.stringify(payload))
    for (const event of events.filter(e => e.type === 'unsupported'))
      assert.match(event.what, /^(event (game_play|checkout_update)|messages)$/)
  }
})

const answer = (status: number, json: unknown, headers = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})
const refused = (code: number, sub?: number, status = 400) =>
  outcome(answer(status, { error: { message: 'No', type: 'OAuthException', code, error_subcode: sub } }))

test('every code of Meta says what happens next', () => {
  const table: [string, number, number?][] = [
    ['window-closed', 10, 2018278],
    ['window-closed', 10, 2534022],
    ['window-closed', 100, 1893061],
    ['blocked', 551, 1545041],
    ['blocked', 100, 2018001],
    ['invalid', 100],
    ['invalid', 100, 2018047],
    ['invalid', 10, 2018300],
    ['auth', 10, 1893063],
    ['auth', 10],
    ['auth', 190, 463],
    ['auth', 200],
    ['auth', 368],
    ['rate', 4],
    ['rate', 32],
    ['rate', 613],
    ['rate', 80006],
    ['down', 2],
    ['down', 1200],
  ]
  for (const [why, code, sub] of table) {
    const result = refused(code, sub)
    assert.equal(!result.ok && result.why, why, `${code}/${sub}`)
    assert.match(!result.ok ? result.detail : '', new RegExp(`^No \\(${code}`))
  }
  const transient = outcome(answer(400, { error: { message: 'x', code: 99, is_transient: true } }))
  assert.equal(!transient.ok && transient.why, 'down')
})

test('a limit says how long to wait: by header, else by kind', () => {
  const hinted = outcome(answer(429, { error: { code: 613, message: 'x' } }, { 'retry-after': '17' }))
  assert.equal(!hinted.ok && hinted.retryAfterSeconds, 17)
  const counted = refused(4)
  assert.equal(!counted.ok && counted.retryAfterSeconds, 60)
})

test('answers without an explanation are judged by their status', () => {
  const whys = { 200: 'unknown', 404: 'invalid', 401: 'auth', 429: 'rate', 500: 'down', 503: 'down', 504: 'unknown' }
  for (const [status, why] of Object.entries(whys)) {
    const result = outcome(answer(Number(status), null))
    assert.equal(!result.ok && result.why, why, status)
  }
  assert.deepEqual(outcome(answer(200, { recipient_id: '7', message_id: 'm_1' })), { ok: true, id: 'm_1' })
})

const to = (more: Partial<Outgoing> = {}): Outgoing => ({ address: address('24011'), key: 'k', ...more })
const hello: Piece = { type: 'text', text: 'Hi' }

test('an answer within a day is a response, a later one says that a person wrote it', () => {
  const kind = (at?: Date) => {
    const last = at && { id: externalId('m_1'), at }
    const { messaging_type, tag } = render(hello, to({ ...(last && { last }) }), { now })
    return [messaging_type, tag]
  }
  assert.deepEqual(kind(), ['RESPONSE', undefined])
  assert.deepEqual(kind(hours(23.9)), ['RESPONSE', undefined])
  assert.deepEqual(kind(hours(24)), ['MESSAGE_TAG', 'HUMAN_AGENT'])
  const late = { last: { id: externalId('m_1'), at: hours(30)! }, automatic: true as const }
  assert.deepEqual(render(hello, to(late), { now }).tag, undefined, 'a machine must not say that it is a person')
  const template: Piece = { type: 'template', name: 'order_shipped', language: 'en', values: ['77'] }
  assert.equal(
    render(template, to({ last: { id: externalId('m_1'), at: hours(300) } }), { now }).messaging_type,
    'UTILITY',
  )
})

test('every message carries our key, so that its echo settles a lost answer', () => {
  const { message } = render(hello, to({ replyTo: externalId('m_q') }), { now }) as { message: { metadata: string } }
  assert.equal(message.metadata, 'parley:k')
  assert.deepEqual(render(hello, to({ replyTo: externalId('m_q') }), { now }).reply_to, { mid: 'm_q' })
  const echo = { sender: { id: '1' }, recipient: { id: '24011' }, message: { mid: 'm_9', is_echo: true, ...message } }
  const [event] = parsed({ object: 'page', entry: [{ id: '1', messaging: [echo] }] })
  assert.equal(event?.type === 'receipt' && event.key, 'k')
})

test('three choices become buttons, more quick replies, long ones cards', () => {
  const shape = (labels: string[], prompt = 'Which?') => {
    const choices = labels.map((label, i) => ({ id: `c${i}`, label }))
    const { message } = render({ type: 'choices', prompt, choices }, to(), { now }) as {
      message: { quick_replies?: unknown[]; attachment?: { payload: { template_type: string } } }
    }
    return message.attachment?.payload.template_type ?? message.quick_replies?.length
  }
  assert.equal(shape(['A', 'B', 'C']), 'button')
  assert.equal(shape(['A', 'B', 'C', 'D']), 4)
  assert.equal(shape(['A', 'B'], 'x'.repeat(641)), 2)
  assert.equal(shape(['A label of 21 letters', 'B']), 'generic')
})

test('reactions go by their names, with or without the mark of colour', () => {
  const action = (emoji: string) => render({ type: 'reaction', emoji, of: 'm_1' as ExternalId }, to(), { now })
  assert.deepEqual(action('❤').payload, { message_id: 'm_1', reaction: 'love' })
  assert.deepEqual(action('❤️').sender_action, 'react')
  assert.deepEqual(action('').sender_action, 'unreact')
  assert.throws(() => action('🦄'), /cannot react/)
})

test('what Messenger cannot carry throws instead of being sent as something else', () => {
  const poll: Piece = { type: 'poll', question: 'Tea?', options: [{ label: 'Yes' }] }
  assert.throws(() => render(poll, to(), { now }), /cannot carry poll/)
  assert.throws(() => render({ type: 'image', url: 'x' }, to(), { now }), /uploaded before/)
})

test('a comment is answered below the post, and privately when the words begin with the mark', async () => {
  const comment = to({ address: address('comment:1_5001_77'), last: { id: externalId('5001_6001'), at: hours(1) } })
  const called = async (piece: Piece) => {
    const io = agreeableIo(ours)
    assert.ok((await messenger.send(piece, comment, io)).ok)
    const { method, url, json } = io.calls.at(-1)!
    return [method, new URL(url).pathname, json]
  }
  assert.deepEqual(await called(hello), ['POST', '/v26.0/5001_6001/comments', { message: 'Hi' }])
  const message = { text: 'Your address?', metadata: 'parley:k' }
  assert.deepEqual(await called({ type: 'text', text: '/private Your address?' }), [
    'POST',
    '/v26.0/1/messages',
    { recipient: { comment_id: '5001_6001' }, messaging_type: 'RESPONSE', message },
  ])
  assert.deepEqual(await called({ type: 'image', url: '/m/1' }), [
    'POST',
    '/v26.0/5001_6001/comments',
    { message: '', attachment_url: 'https://parley.example/m/1' },
  ])
  const like: Piece = { type: 'reaction', emoji: '👍', of: '5001_6001' as ExternalId }
  assert.deepEqual((await called(like)).slice(0, 2), ['POST', '/v26.0/5001_6001/likes'])
  assert.deepEqual((await called({ ...like, emoji: '' })).slice(0, 2), ['DELETE', '/v26.0/5001_6001/likes'])
})
