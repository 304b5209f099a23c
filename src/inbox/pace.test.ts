import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connected } from '../connections/book.ts'
import { createPace } from './pace.ts'

const channel = (rate: object, places: object[] = []) =>
  ({ id: '7', adapter: { can: { rate }, places } }) as unknown as Connected
const to = (address: string, key = crypto.randomUUID() as string) => ({ address, key })

test('a burst goes at once, even right after the start of the machine', () => {
  const pace = createPace(() => 5)
  const slow = channel({ perSecond: 80, perContact: { count: 10, seconds: 60 } })
  const waits = Array.from({ length: 10 }, () => pace.take(slow, to('katja')))
  assert.deepEqual(new Set(waits), new Set([0]))
  assert.ok(pace.take(slow, to('katja')) > 0)
})

test('who is told to come back later gets through then, however often he asked', () => {
  let now = 0
  const pace = createPace(() => now)
  const slow = channel({ perSecond: 80, perContact: { count: 1, seconds: 6 } })
  assert.equal(pace.take(slow, to('katja')), 0)
  for (let tries = 0; tries < 5; tries++) assert.equal(pace.take(slow, to('katja', 'second')), 6000)
  now = 6000
  assert.equal(pace.take(slow, to('katja', 'second')), 0)
})

test('many who wait each have a moment of their own, in their order', () => {
  let now = 0
  const pace = createPace(() => now)
  const slow = channel({ perSecond: 1 })
  const waits = ['a', 'b', 'c', 'd', 'e'].map(key => pace.take(slow, to('someone', key)))
  assert.deepEqual(waits, [0, 1000, 2000, 3000, 4000])
  now = 3000
  assert.equal(pace.take(slow, to('someone', 'd')), 0)
  assert.equal(pace.take(slow, to('someone', 'e')), 1000)
  assert.equal(pace.take(slow, to('someone', 'f')), 2000)
})

test('a contact who must wait does not keep the channel from others', () => {
  const pace = createPace(() => 0)
  const slow = channel({ perSecond: 10, perContact: { count: 1, seconds: 6 } })
  assert.equal(pace.take(slow, to('katja')), 0)
  assert.equal(pace.take(slow, to('katja')), 6000)
  assert.equal(pace.take(slow, to('dmitri')), 0)
})

test('a provider that wants quiet gets it, also from those who had their place', () => {
  let now = 0
  const pace = createPace(() => now)
  const slow = channel({ perSecond: 1 })
  pace.take(slow, to('a', 'one'))
  pace.slow(slow, 20)
  assert.equal(pace.take(slow, to('b', 'two')), 20_000)
  now = 20_000
  assert.equal(pace.take(slow, to('b', 'two')), 0)
})

test('comments have a pace of their own within that of their channel', () => {
  const pace = createPace(() => 0)
  const slow = channel({ perSecond: 10 }, [
    { name: 'comment', addresses: ['comment:'], can: { rate: { perSecond: 1, perContact: { count: 1, seconds: 9 } } } },
  ])
  assert.equal(pace.take(slow, to('comment:1')), 0)
  assert.equal(pace.take(slow, to('comment:2')), 1000)
  assert.equal(pace.take(slow, to('comment:1')), 9000)
  assert.equal(pace.take(slow, to('katja')), 0)
})
