import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ExternalId, HttpAnswer, InboundEvent, Outgoing, Piece } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { whatsapp } from './index.ts'
import { allowed } from './media.ts'
import { outcome } from './outcome.ts'
import { render } from './send.ts'
import { settings } from './settings.ts'

const ours = settings.parse({ phoneNumberId: '1', accessToken: 't', appSecret: 'app_secret_demo', verifyToken: 'v' })
const now = new Date('2026-11-21T12:00:00Z')

// The fixtures run in src/channels/conformance.test.ts.

test('a signature made with an empty app secret never verifies', () => {
  const body = Buffer.from('{"entry":[]}')
  const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(body).digest('hex')}` }
  const request = { method: 'POST', query: {}, headers, body }
  assert.equal(whatsapp.verify(request, { ...ours, appSecret: '' }, now).verdict, 'reject')
})

test('the published signature is recognised, and no byte of the body may differ', () => {
  const hex = '7b2268656c6c6f223a22d0bcd0b8d1802f5c2f222c226e223a343931323636313834363635353233383134357d'
  const headers = { 'x-hub-signature-256': 'sha256=d6619084b74cd1d8e96c4e031a9bccb4c3f91693bceeae613babec2c73b8b36d' }
  const body = Buffer.from(hex, 'hex')
  const request = { method: 'POST', query: {}, headers, body }
  assert.equal(whatsapp.verify(request, ours, now).verdict, 'accept')
  for (let i = 0; i < body.length; i++) {
    const changed = Buffer.from(body)
    changed[i]! ^= 1
    assert.equal(whatsapp.verify({ ...request, body: changed }, ours, now).verdict, 'reject')
  }
})

test('the handshake returns the challenge only for the right token', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'v', 'hub.challenge': '1158201444' }
  const get = (more: object) => ({ method: 'GET', query: { ...query, ...more }, headers: {}, body: Buffer.alloc(0) })
  const answered = { verdict: 'answer', body: '1158201444', contentType: 'text/plain' }
  assert.deepEqual(whatsapp.verify(get({}), ours, now), answered)
  for (const wrong of [{ 'hub.verify_token': 'w' }, { 'hub.mode': 'unsubscribe' }, { 'hub.challenge': '' }]) {
    const verdict = whatsapp.verify(get(wrong), ours, now)
    assert.equal(verdict.verdict === 'reject' && verdict.status, 403)
  }
  const empty = get({ 'hub.verify_token': '' })
  assert.equal(whatsapp.verify(empty, { ...ours, verifyToken: '' }, now).verdict, 'reject')
})

test('settings refuse empty secrets and unknown names, and know the defaults', () => {
  const good = { phoneNumberId: '1', accessToken: 't', appSecret: 's', verifyToken: 'v' }
  assert.equal(settings.parse(good).baseUrl, 'https://graph.facebook.com')
  for (const name of ['accessToken', 'appSecret', 'verifyToken', 'phoneNumberId'])
    assert.equal(settings.safeParse({ ...good, [name]: '' }).success, false)
  assert.equal(settings.safeParse({ ...good, colour: 'red' }).success, false)
})

test('a body that is no webhook throws, so that it is quarantined', () => {
  for (const body of ['', 'hello', '[]', '{"object":"page"}'])
    assert.throws(() => whatsapp.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(body) }))
})

/** How many things a payload tells: the entries of the known lists, or the change itself. */
function told(payload: { entry: { changes: { value: Record<string, unknown> }[] }[] }): number {
  const lists = ['messages', 'statuses', 'calls', 'message_echoes', 'groups', 'user_preferences', 'errors']
  const counts = payload.entry
    .flatMap(e => e.changes)
    .map(({ value }) => {
      const inside = lists.reduce((n, key) => n + ((value[key] as unknown[] | undefined)?.length ?? 0), 0)
      return inside || 1
    })
  return counts.reduce((a, b) => a + b, 0)
}

// Payloads of other projects' test suites, read in place from the shared data folder; absent on most machines.
test('payloads of other projects parse without losing an event', () => {
  const root = new URL('../../../../shared/data/payloads/whatsapp/', import.meta.url)
  const folders = ['pywa/updates/', 'vercel-chat/'].map(f => new URL(f, root)).filter(f => existsSync(f))
  const files = folders.flatMap(f =>
    readdirSync(f)
      .filter(n => n.endsWith('.json'))
      .map(n => new URL(n, f)),
  )
  for (const file of files) {
    const content = JSON.parse(readFileSync(file, 'utf8'))
    for (const payload of content.entry ? [content] : (Object.values(content) as (typeof content)[])) {
      const body = Buffer.from(JSON.stringify(payload))
      const events: InboundEvent[] = whatsapp.parse({ method: 'POST', query: {}, headers: {}, body })
      assert.equal(events.length, told(payload), file.pathname)
      for (const event of events.filter(e => e.type === 'unsupported')) assert.match(event.what, /^message: /)
    }
  }
})

const answer = (status: number, json: unknown, headers = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})
const refused = (code: number, status = 400, more = {}) =>
  outcome(answer(status, { error: { message: `(#${code}) No`, type: 'OAuthException', code, ...more } }))

test('every code of Meta says what happens next', () => {
  const table: Record<string, number[]> = {
    'window-closed': [131047],
    blocked: [131026, 131049, 131050, 130472],
    invalid: [
      100, 131008, 131009, 131021, 131030, 131051, 131052, 131053, 131062, 132000, 132001, 132005, 132007, 132012,
      132015, 132016, 132068, 137000,
    ],
    rate: [4, 80007, 130429, 131048, 131056],
    auth: [10, 190, 200, 299, 368, 131005, 131031, 131042],
    down: [1, 2, 131000, 131016],
  }
  for (const [why, codes] of Object.entries(table))
    for (const code of codes) {
      const result = refused(code)
      assert.equal(!result.ok && result.why, why, `code ${code}`)
      assert.match(!result.ok ? result.detail : '', new RegExp(`\\(${code}\\)$`))
    }
})

test('a limit says how long to wait: by header, else by kind', () => {
  const hinted = outcome(answer(429, { error: { code: 130429, message: 'x' } }, { 'retry-after': '17' }))
  assert.equal(!hinted.ok && hinted.retryAfterSeconds, 17)
  const pair = refused(131056)
  assert.equal(!pair.ok && pair.retryAfterSeconds, 6)
})

test('answers without an explanation are judged by their status', () => {
  const whys = Object.entries({
    200: 'unknown',
    404: 'invalid',
    401: 'auth',
    429: 'rate',
    500: 'down',
    503: 'down',
    504: 'unknown',
  })
  for (const [status, why] of whys) {
    const result = outcome(answer(Number(status), null))
    assert.equal(!result.ok && result.why, why, status)
  }
  const sent = outcome(answer(200, { messages: [{ id: 'wamid.X' }] }))
  assert.deepEqual(sent, { ok: true, id: 'wamid.X' })
})

const to = (given: string, replyTo?: string): Outgoing => ({
  address: address(given),
  key: 'k',
  ...(replyTo && { replyTo: externalId(replyTo) }),
})

test('the shape of the address decides how the message is addressed', () => {
  const text: Piece = { type: 'text', text: 'Hi' }
  const addressed = (given: string) => {
    const { to: phone, recipient, recipient_type } = render(text, to(given))
    return [phone, recipient, recipient_type]
  }
  assert.deepEqual(addressed('447700900123'), ['447700900123', undefined, 'individual'])
  assert.deepEqual(addressed('GB.13491208655302741918'), [undefined, 'GB.13491208655302741918', 'individual'])
  assert.deepEqual(addressed('GB.ENT.118157'), [undefined, 'GB.ENT.118157', 'individual'])
  assert.deepEqual(addressed('Y2FwaV9ncm91cDox'), ['Y2FwaV9ncm91cDox', undefined, 'group'])
})

test('an answer quotes, a reaction does not', () => {
  assert.deepEqual(render({ type: 'text', text: 'Yes' }, to('447700900123', 'wamid.Q')).context, {
    message_id: 'wamid.Q',
  })
  const reaction: Piece = { type: 'reaction', emoji: '👍', of: 'wamid.Q' as ExternalId }
  assert.equal(render(reaction, to('447700900123', 'wamid.Q')).context, undefined)
})

test('three short choices become buttons, more or longer ones a list', () => {
  const choices = (labels: string[]): Piece => ({
    type: 'choices',
    prompt: 'Which?',
    choices: labels.map((label, i) => ({ id: `c${i}`, label })),
  })
  const kind = (piece: Piece) => (render(piece, to('447700900123')).interactive as { type: string }).type
  assert.equal(kind(choices(['A', 'B', 'C'])), 'button')
  assert.equal(kind(choices(['A', 'B', 'C', 'D'])), 'list')
  assert.equal(kind(choices(['Longer than 20 marks', 'A label of 21 letters'])), 'list')
})

test('what WhatsApp cannot carry throws instead of being sent as something else', () => {
  const poll: Piece = { type: 'poll', question: 'Tea?', options: [{ label: 'Yes' }] }
  assert.throws(() => render(poll, to('447700900123')), /cannot carry poll/)
  assert.throws(() => render({ type: 'image', url: 'x' }, to('447700900123')), /uploaded before/)
})

test('the token is shown to Meta and the own base address only', () => {
  const at = (url: string) => allowed(url, { ...ours, baseUrl: 'http://127.0.0.1:9/graph' })
  assert.equal(at('https://lookaside.fbsbx.com/x'), true)
  assert.equal(at('https://mmg.whatsapp.net/x'), true)
  assert.equal(at('http://127.0.0.1:9/file'), true)
  for (const url of [
    'https://fbsbx.com.evil.example/x',
    'https://evilfbsbx.com/x',
    'http://lookaside.fbsbx.com/x',
    'http://127.0.0.1:10/x',
    'file:///etc/passwd',
    '',
  ])
    assert.equal(at(url), false, url)
})
