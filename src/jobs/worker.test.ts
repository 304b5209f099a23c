import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testDatabase } from '../../test/database.ts'
import { type Database, inWorkspace } from '../db/connect.ts'
import type { Queries, Task, TaskLimits } from './job.ts'
import { enqueue, type NewJob, retryNow, wake } from './queue.ts'
import { startWorker, type Worker, type WorkerOptions } from './worker.ts'

test('A failed job keeps its key waiting while other keys run on, and is tried again in its place.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const fails = { times: 1 }
  const worker = work({
    say: async job => {
      if (job.payload === 'a1' && fails.times-- > 0) throw new Error('provider is down')
      ran.push(String(job.payload))
    },
  })
  await put(db, 'a', ['a1', 'a2'])
  await put(db, 'b', ['b1'])
  await worker.idle()
  assert.deepEqual(ran, ['b1'])
  clock.now += 600_000
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['b1', 'a1', 'a2'])
})

test('Order holds after a restart: a job put in later still waits for the failed one.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const first = work({ say: () => Promise.reject(new Error('down')) })
  await put(db, 'a', ['a1', 'a2'])
  await first.idle()
  await first.stop()
  await put(db, 'a', ['a3'])
  const second = work({ say: async job => void ran.push(String(job.payload)) })
  await second.idle()
  assert.deepEqual(ran, [])
  clock.now += 600_000
  wake()
  await second.idle()
  assert.deepEqual(ran, ['a1', 'a2', 'a3'])
})

test('A worker that lost its lane in its sleep changes nothing, and can know it.', async t => {
  const { db, work } = await shop(t)
  const gates = { old: gate(), young: gate() }
  const owned: boolean[] = []
  const old = work({
    say: async (_, { stillOwned }) => {
      await gates.old.opened
      owned.push(await stillOwned())
      return { dead: 'said by the worker that lost the lane' }
    },
  })
  await put(db, 'a', ['a1'])
  await until(() => old.stats.running === 1)
  await db.query(`update job_lanes set lease_until = now() - interval '1 s'`)
  await db.query('delete from job_workers')
  const young = work({
    say: async (_, { stillOwned }) => {
      await gates.young.opened
      owned.push(await stillOwned())
    },
  })
  await until(() => young.stats.running === 1)
  gates.old.open()
  await until(() => old.stats.dead === 1)
  await old.stop()
  assert.equal((await db.query('select from jobs')).rows.length, 1)
  assert.equal((await db.query('select from dead_jobs')).rows.length, 0)
  gates.young.open()
  await young.idle()
  assert.equal((await db.query('select from jobs')).rows.length, 0)
  assert.deepEqual(owned, [false, true])
})

test('After its last attempt a job is kept with its error, and its key goes on.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const run: Task = async job => {
    if (job.payload === 'a1') throw new Error('refused')
    ran.push(String(job.payload))
  }
  const worker = work({ say: { run, maxAttempts: 2 } })
  await put(db, 'a', ['a1', 'a2'])
  await worker.idle()
  clock.now += 600_000
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['a2'])
  const { rows } = await db.query('select key, task, payload, attempts, last_error from dead_jobs')
  assert.deepEqual(rows, [{ key: 'a', task: 'say', payload: 'a1', attempts: 2, last_error: 'refused' }])
})

test('Cut connections lose no job and disturb no order.', async t => {
  const { db, work } = await shop(t)
  const last = new Map<string, number>()
  const wrong: string[] = []
  const ended = new Set<string>()
  const worker = work({
    say: async job => {
      const n = Number(job.payload)
      // A job may run again after a cut, but never before the one ahead of it has run.
      if (n > (last.get(job.key) ?? -1) + 1) wrong.push(`${job.key} ${n}`)
      last.set(job.key, n)
      ended.add(`${job.key} ${n}`)
      await new Promise(setImmediate)
    },
  })
  for (let n = 0; n < 3000; n += 10) await put(db, `k${(n / 10) % 7}`, numbers(Math.floor(n / 70) * 10, 10))
  for (let cut = 1; cut <= 5; cut++) {
    await until(() => worker.stats.done >= cut * 300)
    await db.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  }
  await until(async () => (await db.query('select from jobs limit 1')).rows.length === 0)
  assert.deepEqual(wrong, [])
  assert.equal(ended.size, 3000)
})

test('A flood on one key holds up nobody else on its lane.', async t => {
  const { db, work, ran } = await shop(t)
  const flood = gate()
  const worker = work({
    say: async job => {
      if (job.key === 'flood') await flood.opened
      else ran.push(String(job.payload))
    },
  })
  await put(db, 'flood', numbers(0, 12_000))
  await put(db, 'calm', ['hello'])
  await until(() => ran.length === 1)
  assert.equal(worker.stats.running, 1)
  await db.query(`delete from jobs where key = 'flood' and (payload::int) >= 500`)
  flood.open()
  await worker.idle()
  assert.equal((await db.query('select from jobs')).rows.length, 0)
})

test('A job for later holds back its own key only, and a retry of failed jobs does not hurry it.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const worker = work({ say: async job => void ran.push(String(job.payload)) })
  await enqueue(db, [job('a', 'a1', { runAt: new Date(clock.now + 60_000) }), job('a', 'a2'), job('b', 'b1')])
  await worker.idle()
  assert.equal(await retryNow(db, { workspaceId: 1 }), 0)
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['b1'])
  clock.now += 60_000
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['b1', 'a1', 'a2'])
})

test('When a channel is connected again, its waiting jobs run at once and those of other channels wait on.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const link = { up: false }
  const later = new Date(clock.now + 3_600_000)
  const worker = work({ say: async job => (link.up ? void ran.push(String(job.payload)) : { retryAt: later }) })
  await enqueue(db, [job('a', 'a1'), job('a', 'a2'), job('b', 'b1', { laneOf: 'other channel' })])
  await worker.idle()
  link.up = true
  assert.equal(await retryNow(db, { workspaceId: 2, laneOf: 'channel' }), 0)
  assert.equal(await retryNow(db, { workspaceId: 1, laneOf: 'channel' }), 1)
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['a1', 'a2'])
})

test('A task that outlasts its time is told to end, and is tried again.', async t => {
  const { db, work, ran, clock } = await shop(t)
  const run: Task = async (job, { signal, attempt }) => {
    if (job.payload === 'a1' && attempt === 1) await delay(60_000, undefined, { signal })
    ran.push(String(job.payload))
  }
  const worker = work({ say: { run, timeoutMs: 5 } })
  await put(db, 'a', ['a1', 'a2'])
  await until(() => worker.stats.waited === 1)
  await worker.idle()
  const { rows } = await db.query('select last_error, attempts from jobs where place = 1')
  assert.deepEqual(rows, [{ last_error: 'No end within 5 ms.', attempts: 1 }])
  clock.now += 600_000
  wake()
  await worker.idle()
  assert.deepEqual(ran, ['a1', 'a2'])
})

test('Stopping lets the running job end and gives the lanes back, so the next worker starts at once.', async t => {
  const { db, work, ran } = await shop(t)
  const hold = gate()
  const first = work({ say: job => hold.opened.then(() => void ran.push(`first ${job.payload}`)) })
  await put(db, 'a', ['a1', 'a2'])
  await until(() => first.stats.running === 1)
  const stopped = first.stop()
  hold.open()
  await stopped
  await work({ say: async job => void ran.push(`second ${job.payload}`) }).idle()
  assert.deepEqual(ran, ['first a1', 'second a2'])
})

test('Two workers come to share the lanes.', async t => {
  const { work } = await shop(t)
  const first = work({}, { leaseMs: 600 })
  await until(() => first.stats.lanes === 64)
  const second = work({}, { leaseMs: 600 })
  await until(() => first.stats.lanes === 32 && second.stats.lanes === 32)
})

test('A job comes and goes with the transaction it was put in by, within the workspace of that transaction.', async t => {
  const { db } = await shop(t)
  const both = (q: Queries) => enqueue(q, [job('a', 'a1'), job('a', 'a2')])
  await assert.rejects(inWorkspace(db, '2', both), /row-level security/)
  await assert.rejects(
    inWorkspace(db, '1', async tx => both(tx).then(() => Promise.reject(new Error('changed my mind')))),
  )
  assert.equal((await db.query('select from jobs')).rows.length, 0)
  await inWorkspace(db, '1', both)
  assert.equal((await db.query('select from jobs')).rows.length, 2)
})

/** A database, a clock that stands still, and workers that end with the test. */
async function shop(t: TestContext) {
  const workers: Worker[] = []
  t.after(() => Promise.all(workers.map(worker => worker.stop())))
  const db = await testDatabase(t)
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const silent = { warn: () => {}, error: () => {} }
  const work = (tasks: Record<string, Task | TaskLimits>, more: Partial<WorkerOptions> = {}) => {
    const given = {
      db,
      tasks,
      owner: `worker ${workers.length}`,
      log: silent,
      now: () => new Date(clock.now),
      random: () => 0.5,
    }
    workers.push(startWorker({ leaseMs: 60_000, ...given, ...more }))
    return workers.at(-1)!
  }
  return { db, work, clock, ran: [] as string[] }
}

const job = (key: string, payload: unknown, more: Partial<NewJob> = {}): NewJob => {
  return { workspaceId: 1, laneOf: 'channel', key, task: 'say', payload, ...more }
}

async function put(db: Database, key: string, payloads: unknown[]): Promise<void> {
  await enqueue(
    db,
    payloads.map(payload => job(key, payload)),
  )
  wake()
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await Promise.resolve(condition()).catch(() => false))) await delay(2)
}
