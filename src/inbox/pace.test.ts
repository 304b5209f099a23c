import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connected } from '../connections/book.ts'
import { createPace } from './pace.ts'

const channel = (rate: object) => ({ id: '7', adapter: { can: { rate } } }) as unknown as Connected

test('a burst goes at once, even right after the start of the machine', () => {
  const pace = createPace(() => 5)
  const slow = channel({ perSecond: 80, perContact: { count: 10, seconds: 60 } })
  const waits = Array.from({ length: 10 }, () => pace.take(slow, 'katja'))
  assert.deepEqual(new Set(waits), new Set([0]))
  assert.ok(pace.take(slow, 'katja') > 0)
})

test('who is told to come back later gets through then, however often he asked', () => {
  let now = 0
  const pace = createPace(() => now)
  const slow = channel({ perSecond: 80, perContact: { count: 1, seconds: 6 } })
  assert.equal(pace.take(slow, 'katja'), 0)
  for (let tries = 0; tries < 5; tries++) assert.equal(pace.take(slow, 'katja'), 6000)
  now = 6000
  assert.equal(pace.take(slow, 'katja'), 0)
})

test('a contact who must wait does not keep the channel from others', () => {
  const pace = createPace(() => 0)
  const slow = channel({ perSecond: 1, perContact: { count: 1, seconds: 6 } })
  assert.equal(pace.take(slow, 'katja'), 0)
  pace.take(slow, 'katja')
  assert.equal(pace.take(slow, 'dmitri'), 1000)
})
