import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plain } from '../../../test/channels/fixture.ts'
import type { Address, ExternalId, HttpAnswer, Outgoing, Piece, RawRequest } from '../contract.ts'
import { pressed } from './buttons.ts'
import { ok } from './index.ts'
import { outcome, render } from './send.ts'

const settings = ok.settings.parse({ accessToken: 'tkn1:CBA', webhookSecret: 'rowan-and-rye-42' })
const posted = (body: string, key?: string): RawRequest => ({
  method: 'POST',
  query: key === undefined ? {} : { key },
  headers: {},
  body: new TextEncoder().encode(body),
})

test('only who knows the secret in the address is heard', () => {
  const verdict = (request: RawRequest, known = settings) => ok.verify(request, known, new Date(0)).verdict
  assert.equal(verdict(posted('{}', 'rowan-and-rye-42')), 'accept')
  for (const key of [undefined, '', 'rowan-and-rye-43']) assert.equal(verdict(posted('{}', key)), 'reject')
  assert.equal(verdict(posted('{}', ''), { ...settings, webhookSecret: '' }), 'reject')
  assert.equal(verdict({ ...posted('{}', 'rowan-and-rye-42'), method: 'GET' }), 'reject')
})

test('a body that is no event of OK throws, a broken event becomes a readable one', () => {
  assert.throws(() => ok.parse(posted('{"a"')), SyntaxError)
  assert.throws(() => ok.parse(posted('[]')), TypeError)
  assert.throws(() => ok.parse(posted('{"hello":1}')), TypeError)
  const [broken] = ok.parse(posted('{"webhookType":"MESSAGE_CREATED","message":{"mid":9007199254740993}}'))
  assert.deepEqual(plain(broken), {
    type: 'unsupported',
    id: '9007199254740993',
    what: 'unreadable MESSAGE_CREATED',
  })
})

test('a pressed button means what was offered, and one of another program its payload', () => {
  assert.deepEqual(pressed('{"c":"rye","l":"Rye"}'), { choice: 'rye', label: 'Rye' })
  assert.deepEqual(pressed('{"c":"rye"}'), { choice: 'rye', label: 'rye' })
  for (const payload of ['CATALOG', '{"x":1}', '[]', '{']) assert.equal(pressed(payload).choice, payload)
})

const to: Outgoing = { address: 'chat:C3e' as Address, key: 'k1' }
const message = (piece: Piece, more: Partial<Outgoing> = {}, token?: string) =>
  render(piece, { ...to, ...more }, token).message

test('words, files, buttons and quotes go in the shapes of the network', () => {
  assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), {
    recipient: { chat_id: 'chat:C3e' },
    message: { text: 'Hi' },
  })
  const quoting = message({ type: 'text', text: 'Hi' }, { replyTo: 'mid:C3e.1' as ExternalId })
  assert.deepEqual(quoting, { text: 'Hi', reply_to: 'mid:C3e.1' })
  for (const [type, kind] of [
    ['image', 'IMAGE'],
    ['video', 'VIDEO'],
    ['audio', 'AUDIO'],
    ['file', 'FILE'],
  ] as const)
    assert.deepEqual(message({ type, url: '', caption: 'Look' }, {}, 't1'), {
      text: 'Look',
      attachments: [{ type: kind, payload: { token: 't1' } }],
    })
  const button = { type: 'CALLBACK', text: 'Rye', intent: 'DEFAULT', payload: '{"c":"rye","l":"Rye"}' }
  assert.deepEqual(message({ type: 'choices', prompt: '?', choices: [{ id: 'rye', label: 'Rye' }] }), {
    text: '?',
    attachments: [{ type: 'INLINE_KEYBOARD', payload: { keyboard: { buttons: [[button]] } } }],
  })
})

test('what the network cannot carry never leaves', () => {
  assert.throws(() => message({ type: 'reaction', emoji: '👍', of: '1' as ExternalId }), /cannot carry/)
  assert.throws(() => message({ type: 'location', lat: 1, lon: 2 }), /cannot carry/)
  assert.throws(() => message({ type: 'voice', url: 'u' }, {}, 't1'), /cannot carry/)
  assert.throws(() => message({ type: 'image', url: 'u' }), /cannot carry/)
})

describe('ok outcome', () => {
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const why = (...given: Parameters<typeof answer>) => {
    const result = outcome(answer(...given), to)
    return result.ok ? 'ok' : result.why
  }

  test('the id is kept to the last digit, and a success without one counts', () => {
    const sent = outcome(answer({ recipient_id: 'chat:C3e', message_id: 'mid:C3e.15' }), to)
    assert.deepEqual(sent, { ok: true, id: 'mid:C3e.15' })
    assert.deepEqual(outcome(answer({ message_id: '9007199254740993' }), to), { ok: true, id: '9007199254740993' })
    assert.deepEqual(outcome(answer({ success: true }), to), { ok: true, id: 'sent:k1' })
    assert.equal(why({}), 'unknown')
  })
  test('every error says what happens next, in the body or in the header', () => {
    const expected = {
      auth: [101, 102, 103, 104],
      blocked: [10],
      rate: [9, 11],
      down: [1, 2],
      invalid: [100, 300, 5000],
    }
    for (const [reason, codes] of Object.entries(expected))
      for (const code of codes) {
        assert.equal(why({ error_code: code, error_msg: 'said' }), reason, `error ${code}`)
        assert.equal(why(null, 200, { 'invocation-error': String(code) }), reason, `header ${code}`)
      }
  })
  test('a busy network, a file that is not ready, an outage and silence are told apart', () => {
    const late = outcome(answer(null, 429, { 'retry-after': '7' }), to)
    assert.deepEqual(late, { ok: false, why: 'rate', detail: 'HTTP 429', retryAfterSeconds: 7 })
    const early = outcome(answer({ error_code: 100, error_msg: 'attachment.not.ready' }), to)
    assert.deepEqual(early.ok ? '' : [early.why, early.retryAfterSeconds], ['rate', 10])
    assert.equal(why(null, 502), 'down')
    assert.equal(why(null, 403), 'auth')
    assert.equal(why(null), 'unknown')
  })
})
