import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpAnswer, Outgoing } from '../contract.ts'
import { address } from '../kit.ts'
import { outcome, render } from './send.ts'

const to: Outgoing = { address: address('42'), key: 'k1' }
const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})

test('words go out in the shape of the network', () => {
  assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), { to: '42', text: 'Hi' })
})

test('what the network cannot carry never leaves', () => {
  assert.throws(() => render({ type: 'location', lat: 1, lon: 2 }, to), /cannot carry/)
})

test('every answer says what happens next', () => {
  assert.deepEqual(outcome(answer(200, { id: 'm1' })), { ok: true, id: 'm1' })
  const whys = [400, 401, 403, 500, 302].map(status => outcome(answer(status, null)))
  assert.deepEqual(
    whys.map(result => (result.ok ? 'ok' : result.why)),
    ['invalid', 'auth', 'blocked', 'down', 'unknown'],
  )
  const busy = outcome(answer(429, { error: 'slow down' }, { 'retry-after': '7' }))
  assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'slow down', retryAfterSeconds: 7 })
})
