import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Status } from './message.ts'
import { advance, progress, together, withIds } from './status.ts'

const heard = fc.constantFrom<Status>('sent', 'delivered', 'read', 'failed')
const started = fc.constantFrom<Status>('queued', 'sending', 'unknown', 'sent')

test('receipts never take a status back, in whatever order they come', () => {
  fc.assert(
    fc.property(started, fc.array(heard, { maxLength: 8 }), (start, receipts) => {
      let now = start
      for (const receipt of receipts) {
        const next = advance(now, receipt)
        assert.ok(progress[next] >= progress[now] || next === 'failed', `${now} -> ${next}`)
        if (now === 'read' || now === 'failed') assert.equal(next, now)
        now = next
      }
    }),
  )
})

test('the same receipts without a failure come to the same status in any order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray<Status>(['sent', 'delivered', 'read'], { minLength: 1 }), receipts => {
      const furthest = receipts.reduce((a, b) => (progress[b] > progress[a] ? b : a))
      assert.equal(receipts.reduce(advance, 'sending' as Status), furthest)
    }),
  )
})

test('what somebody has seen did not fail', () => {
  assert.equal(advance('delivered', 'failed'), 'delivered')
  assert.equal(advance('sent', 'failed'), 'failed')
  assert.equal(advance('failed', 'read'), 'failed')
  assert.equal(advance('unknown', 'sent'), 'sent')
})

test('a message is as far as its slowest piece, and its worst news come first', () => {
  const cases: [Status[], Status][] = [
    [['sent', 'failed', 'queued'], 'failed'],
    [['sent', 'unknown', 'queued'], 'unknown'],
    [['read', 'delivered', 'sent'], 'sent'],
    [['sent', 'queued'], 'sending'],
    [['queued', 'queued'], 'queued'],
    [['read'], 'read'],
    [[], 'queued'],
  ]
  for (const [pieces, status] of cases) assert.equal(together(pieces), status, pieces.join())
})

test('a piece with several ids is as far as the slowest of them, fails with any, and never goes back', () => {
  const cases: [Status, Status[], Status][] = [
    ['sent', ['delivered', 'sent', 'delivered'], 'sent'],
    ['sent', ['delivered', 'delivered', 'read'], 'delivered'],
    ['delivered', ['read', 'read', 'read'], 'read'],
    ['sent', ['delivered', 'failed', 'sent'], 'failed'],
    ['delivered', ['delivered', 'sent', 'sent'], 'delivered'],
    ['delivered', ['delivered', 'failed'], 'failed'],
    ['failed', ['read', 'read'], 'failed'],
    ['queued', [], 'queued'],
  ]
  for (const [now, ids, status] of cases) assert.equal(withIds(now, ids), status, `${now}: ${ids.join()}`)
})

test('receipts of several ids, none a failure, come to the same in any order', () => {
  const told = fc.array(fc.tuple(fc.nat(2), fc.constantFrom<Status>('sent', 'delivered', 'read')), { maxLength: 12 })
  const after = (receipts: readonly (readonly [number, Status])[]): Status => {
    const ids: Status[] = ['sent', 'sent', 'sent']
    let piece: Status = 'sent'
    for (const [i, status] of receipts) {
      ids[i] = advance(ids[i]!, status)
      const next = withIds(piece, ids)
      assert.ok(progress[next] >= progress[piece])
      piece = next
    }
    return piece
  }
  fc.assert(
    fc.property(
      told.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => assert.equal(after(shuffled), after(all)),
    ),
  )
})
