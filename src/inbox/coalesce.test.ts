import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coalesce } from './coalesce.ts'

const limits = { count: 10, weigh: (n: number) => n, weight: 100 }

/** Writes numbers down, batch by batch; `bad` ones fail whatever they come with. */
function book(bad: number[] = []) {
  const batches: number[][] = []
  const write = async (batch: number[]) => {
    batches.push(batch)
    await Promise.resolve()
    if (batch.some(n => bad.includes(n))) throw new Error('bad')
    return batch.map(n => n * 2)
  }
  return { batches, write }
}

test('what arrives together is written together, and each gets its own answer', async () => {
  const { batches, write } = book()
  const writer = coalesce(write, limits)
  const outs = await Promise.all([1, 2, 3].map(n => writer.add(n)))
  assert.deepEqual(outs, [2, 4, 6])
  assert.deepEqual(batches, [[1, 2, 3]])
  assert.equal(writer.open(), 0)
})

test('a batch is bounded by count and by weight, and one that is too heavy goes alone', async () => {
  const { batches, write } = book()
  const writer = coalesce(write, limits)
  await Promise.all([60, 30, 20, 500, ...Array.from({ length: 12 }, () => 1)].map(n => writer.add(n)))
  assert.deepEqual(
    batches.map(b => b.length),
    [2, 1, 1, 10, 2],
  )
  assert.deepEqual(batches.flat().slice(0, 4), [60, 30, 20, 500])
})

test('one bad item fails alone', async () => {
  const { write } = book([2])
  const writer = coalesce(write, limits)
  const outs = await Promise.allSettled([1, 2, 3].map(n => writer.add(n)))
  assert.deepEqual(
    outs.map(o => o.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal(await writer.add(4), 8)
})

test('an outage fails all of a batch at once, and the next one is tried again', async () => {
  const { batches, write } = book([2])
  const writer = coalesce(write, { ...limits, blameless: () => true })
  const outs = await Promise.allSettled([1, 2, 3].map(n => writer.add(n)))
  assert.deepEqual(
    outs.map(o => o.status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.equal(batches.length, 1)
  assert.equal(await writer.add(4), 8)
  assert.equal(writer.open(), 0)
})
