import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { connect, type Database } from '../src/db/connect.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { enqueue } from '../src/jobs/queue.ts'
import { startWorker } from '../src/jobs/worker.ts'
import type { Figure } from './figure.ts'

const JOBS = 40_000
const BURST = 20
const ROUNDS = 3

/** Ordered jobs per second with a near-empty task, in bursts of 20 per key, on a database that syncs every commit. */
export async function jobs(): Promise<Figure> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-bench-jobs-'))
  const silent = { info: () => {}, warn: () => {}, error: () => {} }
  const server = await startEmbedded({ dir, log: silent })
  const db = connect(server.target)
  try {
    await migrate(db)
    await db.query(bareTable)
    const { ours, bare, spread } = await measure(db)
    return {
      name: 'Ordered jobs, bursts of 20 per key',
      value: ours,
      unit: 'jobs/s',
      control: { name: 'bare loop without retries, time limits and fencing', value: bare },
      target: '>= 20,000 jobs/s',
      note: `Medians of ${ROUNDS} alternating rounds of ${JOBS} jobs; one worker of all lanes, the bare loop twice with half of them; ${spread}.`,
    }
  } finally {
    await db.close()
    await server.stop()
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

async function measure(db: Database): Promise<{ ours: number; bare: number; spread: string }> {
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await putIn(db)
    ours.push(await rate(done => drainWithWorker(db, done)))
    await putInBare(db)
    bare.push(await rate(done => drainBare(db, done)))
  }
  const spread = `rounds: ours ${ours.join(', ')}; bare ${bare.join(', ')}`
  return { ours: median(ours), bare: median(bare), spread }
}

async function putIn(db: Database): Promise<void> {
  for (let from = 0; from < JOBS; from += 500) {
    const batch = Array.from({ length: 500 }, (_, i) => {
      const key = `conversation ${Math.floor((from + i) / BURST)}`
      return { workspaceId: 1, laneOf: key, key, task: 'say', payload: { number: from + i, text: 'x'.repeat(200) } }
    })
    await enqueue(db, batch)
  }
}

async function rate(drain: (done: Order) => Promise<void>): Promise<number> {
  const order = new Order()
  const start = performance.now()
  await drain(order)
  return Math.round(JOBS / ((performance.now() - start) / 1000))
}

/** Speed without order is worth nothing, so both ways are checked. */
class Order {
  readonly last = new Map<string, number>()
  done = 0

  async say(key: string, number: number): Promise<void> {
    const before = this.last.get(key)
    if (before !== undefined && number !== before + 1) throw new Error(`${key}: ${number} after ${before}`)
    this.last.set(key, number)
    await new Promise(setImmediate)
    this.done++
  }
}

async function drainWithWorker(db: Database, order: Order): Promise<void> {
  const say = (job: { key: string; payload: unknown }) => order.say(job.key, (job.payload as { number: number }).number)
  const log = { warn: console.error, error: console.error }
  const worker = startWorker({ db, tasks: { say }, owner: 'bench', log, now: () => new Date(), random: Math.random })
  await worker.idle()
  await worker.stop()
  if (order.done !== JOBS) throw new Error(`${order.done} of ${JOBS} jobs were run.`)
}

// The prototype that the queue was chosen by, on a table of its own with the indexes that suit it: on our table
// "order by id" has no index, and a control that sorts the whole backlog at each reading would flatter us.
const bareTable = `create table bare_jobs (
    id bigint generated always as identity primary key, lane smallint not null, key text, task text not null,
    payload jsonb not null, run_at timestamptz not null default now(), attempts smallint not null default 0);
  create index bare_jobs_lane on bare_jobs (lane, id);
  create index bare_jobs_due on bare_jobs (run_at)`

/** The same jobs in the same lanes. */
async function putInBare(db: Database): Promise<void> {
  await putIn(db)
  await db.query(
    'insert into bare_jobs (lane, key, task, payload) select lane, key, task, payload from jobs order by id',
  )
  await db.query('truncate jobs')
}

async function drainBare(db: Database, order: Order): Promise<void> {
  await Promise.all([0, 32].map(from => bareWorker(db, order, from)))
  if (order.done !== JOBS) throw new Error(`${order.done} of ${JOBS} jobs were run by the bare loop.`)
}

async function bareWorker(db: Database, order: Order, from: number): Promise<void> {
  const lanes = Array.from({ length: 32 }, (_, i) => from + i)
  for (;;) {
    const { rows } = await db.query<{ id: string; key: string; payload: { number: number } }>(
      'select id, key, payload from bare_jobs where lane = any ($1::smallint[]) and run_at <= now() order by id limit 400',
      [lanes],
      'bare read',
    )
    if (rows.length === 0) return
    const chains = new Map<string, Promise<void>>()
    for (const { key, payload } of rows) {
      chains.set(
        key,
        (chains.get(key) ?? Promise.resolve()).then(() => order.say(key, payload.number)),
      )
    }
    await Promise.all(chains.values())
    await db.query('delete from bare_jobs where id = any ($1::bigint[])', [rows.map(row => row.id)], 'bare delete')
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

if (import.meta.main) console.log(await jobs())
