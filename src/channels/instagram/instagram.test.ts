import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { agreeableIo } from '../../../test/channels/pieces.ts'
import type { ExternalId, HttpAnswer, InboundEvent, Outgoing, Piece } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { instagram } from './index.ts'
import { render } from './render.ts'
import { byFacebook, settings } from './settings.ts'

const ours = settings.parse({ accountId: '17841', accessToken: 't', appSecret: 'app_secret_demo', verifyToken: 'v' })
const now = new Date('2026-11-21T12:00:00Z')
const hours = (n: number) => new Date(now.getTime() - n * 3_600_000)

// The fixtures run in src/channels/conformance.test.ts.

test('a signature made with an empty app secret never verifies', () => {
  const body = Buffer.from('{"object":"instagram","entry":[]}')
  const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(body).digest('hex')}` }
  const request = { method: 'POST', query: {}, headers, body }
  assert.equal(instagram.verify(request, { ...ours, appSecret: '' }, now).verdict, 'reject')
})

test('the published signature is recognised, and no byte of the body may differ', () => {
  const hex = '7b2268656c6c6f223a22d0bcd0b8d1802f5c2f222c226e223a343931323636313834363635353233383134357d'
  const headers = { 'x-hub-signature-256': 'sha256=d6619084b74cd1d8e96c4e031a9bccb4c3f91693bceeae613babec2c73b8b36d' }
  const body = Buffer.from(hex, 'hex')
  const request = { method: 'POST', query: {}, headers, body }
  assert.equal(instagram.verify(request, ours, now).verdict, 'accept')
  for (let i = 0; i < body.length; i++) {
    const changed = Buffer.from(body)
    changed[i]! ^= 1
    assert.equal(instagram.verify({ ...request, body: changed }, ours, now).verdict, 'reject')
  }
})

test('the handshake returns the challenge only for the right token', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'v', 'hub.challenge': '1158201444' }
  const get = (more: object) => ({ method: 'GET', query: { ...query, ...more }, headers: {}, body: Buffer.alloc(0) })
  const answered = { verdict: 'answer', body: '1158201444', contentType: 'text/plain' }
  assert.deepEqual(instagram.verify(get({}), ours, now), answered)
  for (const wrong of [{ 'hub.verify_token': 'w' }, { 'hub.mode': 'unsubscribe' }, { 'hub.challenge': '' }])
    assert.equal(instagram.verify(get(wrong), ours, now).verdict, 'reject')
  const empty = get({ 'hub.verify_token': '' })
  assert.equal(instagram.verify(empty, { ...ours, verifyToken: '' }, now).verdict, 'reject')
})

test('a body that is no webhook of Instagram throws, so that it is quarantined', () => {
  for (const body of ['', 'hello', '[]', '{"object":"instagram"}', '{"object":"page","entry":[]}'])
    assert.throws(() => instagram.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(body) }))
})

const parsed = (payload: object): InboundEvent[] =>
  instagram.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(JSON.stringify(payload)) })

interface Payload {
  entry?: { messaging: unknown[] }[]
}

// Payloads of other projects' test suites, read in place from the shared data folder; absent on most machines.
test('payloads of other projects parse without losing an event', () => {
  const root = new URL('../../../../shared/data/payloads/', import.meta.url)
  const read = (file: URL) => JSON.parse(readFileSync(file, 'utf8')) as Payload
  const folder = new URL('instagram/vercel-chat/', root)
  const names = existsSync(folder) ? readdirSync(folder).filter(n => n.endsWith('.json')) : []
  const replay = new URL('_vercel_chat_replay/packages/integration-tests/fixtures/replay/dm/instagram.json', root)
  const replayed = existsSync(replay) ? (Object.values(read(replay)) as Payload[]).filter(p => p.entry) : []
  for (const payload of [...names.map(n => read(new URL(n, folder))), ...replayed]) {
    const events = parsed(payload)
    assert.equal(events.length, payload.entry!.flatMap(e => e.messaging).length)
    assert.ok(!events.some(e => e.type === 'unsupported'))
  }
})

const answer = (status: number, json: unknown, headers = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})

test('every code of Meta says what happens next', () => {
  const table: [string, number, number?][] = [
    ['window-closed', 10, 2534022],
    ['blocked', 551, 1545041],
    ['blocked', 100, 2018001],
    ['invalid', 100],
    ['invalid', 10900],
    ['auth', 10],
    ['auth', 190, 463],
    ['auth', 200],
    ['rate', 4],
    ['rate', 32],
    ['rate', 613],
    ['down', 2],
  ]
  for (const [why, code, error_subcode] of table) {
    const result = outcome(answer(400, { error: { message: 'No', code, error_subcode } }))
    assert.equal(!result.ok && result.why, why, `${code}/${error_subcode}`)
  }
  const seen = { message: 'Outside', type: 'IGApiException', code: 10, error_subcode: 2534022, fbtrace_id: 'A' }
  const live = outcome(answer(403, { error: seen }))
  assert.deepEqual(live, { ok: false, why: 'window-closed', detail: 'Outside (10/2534022)' })
  const whys = { 200: 'unknown', 404: 'invalid', 401: 'auth', 429: 'rate', 500: 'down', 504: 'unknown' }
  for (const [status, why] of Object.entries(whys)) {
    const result = outcome(answer(Number(status), null))
    assert.equal(!result.ok && result.why, why, status)
  }
})

const to = (more: Partial<Outgoing> = {}): Outgoing => ({ address: address('12544'), key: 'k', ...more })
const hello: Piece = { type: 'text', text: 'Hi' }

test('an answer within a day is a response, a later one says that a person wrote it', () => {
  const kind = (at: Date) => {
    const { messaging_type, tag } = render(hello, to({ last: { id: externalId('m'), at } }), { now })
    return [messaging_type, tag]
  }
  assert.deepEqual(kind(hours(23.9)), ['RESPONSE', undefined])
  assert.deepEqual(kind(hours(24)), ['MESSAGE_TAG', 'HUMAN_AGENT'])
  const late = { last: { id: externalId('m_1'), at: hours(30)! }, automatic: true as const }
  assert.deepEqual(render(hello, to(late), { now }).tag, undefined, 'a machine must not say that it is a person')
  assert.equal(render(hello, to(), { now }).messaging_type, 'RESPONSE')
})

test('three choices become buttons, more quick replies, long ones cards', () => {
  const shape = (labels: string[]) => {
    const choices = labels.map((label, i) => ({ id: `c${i}`, label }))
    const { message } = render({ type: 'choices', prompt: 'Which?', choices }, to(), { now }) as {
      message: { quick_replies?: unknown[]; attachment?: { payload: { template_type: string } } }
    }
    return message.attachment?.payload.template_type ?? message.quick_replies?.length
  }
  assert.equal(shape(['A', 'B', 'C']), 'button')
  assert.equal(shape(['A', 'B', 'C', 'D']), 4)
  assert.equal(shape(['A label of 21 letters', 'B']), 'generic')
})

test('the only reaction is love', () => {
  const action = (emoji: string) => render({ type: 'reaction', emoji, of: 'm_1' as ExternalId }, to(), { now })
  assert.deepEqual(action('❤').payload, { message_id: 'm_1', reaction: 'love' })
  assert.deepEqual(action('').sender_action, 'unreact')
  assert.throws(() => action('👍'), /cannot react/)
})

test('what Instagram cannot carry throws instead of being sent as something else', () => {
  const poll: Piece = { type: 'poll', question: 'Tea?', options: [{ label: 'Yes' }] }
  assert.throws(() => render(poll, to(), { now }), /cannot carry poll/)
  assert.throws(() => render({ type: 'image', url: 'x' }, to(), { now }), /uploaded before/)
})

test('a comment is answered below the post, and privately when the words begin with the mark', async () => {
  const comment = to({ address: address('comment:1789_77'), last: { id: externalId('17865'), at: hours(1) } })
  const called = async (piece: Piece) => {
    const io = agreeableIo(ours)
    assert.ok((await instagram.send(piece, comment, io)).ok)
    const { method, url, json } = io.calls.at(-1)!
    return [method, new URL(url).pathname, json]
  }
  assert.deepEqual(await called(hello), ['POST', '/v26.0/17865/replies', { message: 'Hi' }])
  assert.deepEqual(await called({ type: 'text', text: '/private Your address?' }), [
    'POST',
    '/v26.0/me/messages',
    { recipient: { comment_id: '17865' }, message: { text: 'Your address?' } },
  ])
  const like: Piece = { type: 'reaction', emoji: '❤️', of: externalId('17865') }
  for (const piece of [{ type: 'file', url: '/m/1' }, like] as const)
    await assert.rejects(called(piece), /cannot carry/)
})

test('a page’s account is known by its address', () => {
  assert.equal(byFacebook(ours), false)
  assert.equal(byFacebook({ ...ours, baseUrl: 'https://graph.facebook.com/' }), true)
})
