import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { every, runTick } from './every.ts'

test('Of several workers only one runs a tick, and the next tick is run again.', async t => {
  const db = await testDatabase(t)
  const clock = { now: 90_000 }
  const ran: string[] = []
  const tick = (owner: string) => {
    const options = { db, owner, now: () => new Date(clock.now), log: { warn: () => {}, error: () => {} } }
    return runTick(options, { name: 'sweep', intervalMs: 60_000, run: async () => void ran.push(owner) })
  }
  const first = await Promise.all([tick('a'), tick('b'), tick('c')])
  assert.equal(first.filter(Boolean).length, 1)
  clock.now = 119_999
  assert.equal(await tick('a'), false)
  clock.now = 120_000
  assert.equal(await tick('b'), true)
  assert.equal(ran.length, 2)
  assert.equal((await db.query('select from job_ticks')).rows.length, 1)
})

test('A repeating task that fails is told of and comes again.', async t => {
  const db = await testDatabase(t)
  const clock = { now: 0 }
  const twice = Promise.withResolvers<void>()
  const warned: string[] = []
  const runs = { count: 0 }
  const options = {
    ...{ db, owner: 'a', now: () => new Date(clock.now++) },
    log: { warn: (_: object, text: string) => void warned.push(text), error: () => {} },
  }
  const run = async () => {
    if (++runs.count === 2) twice.resolve()
    throw new Error('no')
  }
  const repeating = every(options, { name: 'sweep', intervalMs: 4, run })
  await twice.promise
  await repeating.stop()
  assert.deepEqual(warned.slice(0, 2), ['A repeating task failed.', 'A repeating task failed.'])
})
