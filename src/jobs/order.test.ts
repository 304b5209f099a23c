import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testDatabase } from '../../test/database.ts'
import type { Database } from '../db/connect.ts'
import type { Job, Queries, TaskContext } from './job.ts'
import { enqueue, wake } from './queue.ts'
import { startWorker, type Worker } from './worker.ts'

// Whatever happens, and in whatever order: per key first in, first out, never two at once, every job done or dead.

type Step = 'ok' | 'fail' | 'later' | 'dead'
type Action =
  | { do: 'put'; key: number; plans: Step[][]; laterBy: number | null }
  | { do: 'flood'; key: number; plan: Step[] }
  | { do: 'crash'; worker: number }
  | { do: 'pass' }
  | { do: 'rest' }

const plan = fc.array(fc.constantFrom<Step>('ok', 'ok', 'fail', 'later', 'dead'), { minLength: 1, maxLength: 4 })
const key = fc.nat({ max: 5 })
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      key,
      plans: fc.array(plan, { minLength: 1, maxLength: 6 }),
      laterBy: fc.option(fc.nat({ max: 900_000 }), { freq: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flood' as const), key, plan }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), worker: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'pass' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'rest' as const }) },
)

test('Jobs of a key run in order, one at a time, and each ends, through failures, floods and crashes.', async t => {
  const db = await testDatabase(t)
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 14 }), async actions => {
      const world = await newWorld(db)
      try {
        for (const one of actions) await world.act(one)
        await world.runDry()
        await world.check()
      } finally {
        await world.close()
      }
    }),
    { numRuns: 30, endOnFailure: true },
  )
})

const MAX_ATTEMPTS = 3
type Life = { name: string; cut: boolean; worker: Worker; active: Set<string>; asking: Set<Promise<unknown>> }

async function newWorld(db: Database) {
  await db.query(`truncate jobs, dead_jobs, job_workers; update job_lanes set owner = null, lease_until = null`)
  // Known beforehand, so that each of the two takes half of the lanes at once.
  await db.query(`insert into job_workers values ('w1', now() + interval '1 hour')`)
  const world = new World(db)
  world.lives = [world.start('w0'), world.start('w1')]
  return world
}

class World {
  lives: Life[] = []
  time = Date.parse('2026-01-01T00:00:00Z')
  births = 2
  plans = new Map<string, Step[][]>()
  /** Per key, the numbers of jobs whose last run answered, and of those whose end is known to be written. */
  ended = new Map<string, Set<number>>()
  written = new Map<string, Set<number>>()
  wrong: string[] = []
  readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  start(name: string): Life {
    const life: Life = {
      name,
      cut: false,
      active: new Set(),
      asking: new Set(),
      worker: undefined as unknown as Worker,
    }
    const db: Queries = {
      query: async (text, values) => {
        if (life.cut) throw new Error('cut off')
        const asked = this.db.query(text, values)
        life.asking.add(asked)
        const result = await asked.finally(() => life.asking.delete(asked))
        if (life.cut) throw new Error('cut off; the answer is lost')
        return result
      },
    }
    const task = (job: Job, context: TaskContext) => this.run(life, job, context)
    const silent = { warn: () => {}, error: () => {} }
    const limits = { maxAttempts: MAX_ATTEMPTS, run: task }
    life.worker = startWorker({
      ...{ db, owner: name, log: silent, tasks: { t: limits }, leaseMs: 60_000, graceMs: 0 },
      ...{ now: () => new Date(this.time), random: () => 0.7, laneConcurrency: 3 },
    })
    return life
  }

  async run(life: Life, job: Job, { attempt }: TaskContext) {
    const number = (job.payload as { number: number }).number
    const ended = this.ended.get(job.key)!
    const say = (what: string) => this.wrong.push(`${job.key} #${number} attempt ${attempt} on ${life.name}: ${what}`)
    if (this.lives.some(other => other.active.has(job.key))) say('two at once')
    if (this.written.get(job.key)!.has(number)) say('again after its end was written')
    for (let earlier = 0; earlier < number; earlier++) if (!ended.has(earlier)) say(`before #${earlier} ended`)
    life.active.add(job.key)
    await new Promise(setImmediate)
    if (life.cut) return new Promise<undefined>(() => {}) // a dead process answers nothing
    life.active.delete(job.key)
    const step = this.plans.get(job.key)![number]![attempt - 1] ?? 'ok'
    if (step === 'fail') {
      if (endOf(this.plans.get(job.key)![number]!, attempt) === 'dead') ended.add(number)
      throw new Error('planned')
    }
    if (step === 'later') return { retryAt: new Date(this.time + 60_000) }
    ended.add(number)
    return step === 'dead' ? { dead: 'planned' } : undefined
  }

  async act(action: Action): Promise<void> {
    if (action.do === 'put') await this.put(action.key, action.plans, action.laterBy)
    if (action.do === 'flood') await this.put(action.key, new Array(150).fill(action.plan), null)
    if (action.do === 'crash') await this.crash(action.worker)
    if (action.do === 'pass') this.time += 700_000
    if (action.do === 'rest') await Promise.all(this.lives.map(life => life.worker.idle()))
    wake()
  }

  async put(which: number, plans: Step[][], laterBy: number | null): Promise<void> {
    const key = `k${which}`
    const known = this.plans.get(key) ?? []
    this.plans.set(key, [...known, ...plans])
    if (known.length === 0) for (const map of [this.ended, this.written]) map.set(key, new Set())
    const runAt = laterBy === null ? {} : { runAt: new Date(this.time + laterBy) }
    const job = { workspaceId: 1, laneOf: `channel ${which % 3}`, key, task: 't', ...runAt }
    await enqueue(
      this.db,
      plans.map((_, i) => ({ ...job, payload: { number: known.length + i } })),
    )
  }

  async crash(which: number): Promise<void> {
    const old = this.lives[which]!
    old.cut = true
    // What it had sent arrives before its leases run out here; a renewal arriving later would last a real minute.
    await Promise.allSettled(old.asking)
    const { rows } = await this.db.query<{ key: string; number: number }>(
      `select key, (payload->'number')::int as number from jobs`,
    )
    const left = new Set(rows.map(row => `${row.key} ${row.number}`))
    for (const [key, numbers] of this.ended)
      for (const n of numbers) if (!left.has(`${key} ${n}`)) this.written.get(key)!.add(n)
    await this.db.query(`update job_lanes set lease_until = now() - interval '1 s' where owner = $1`, [old.name])
    await this.db.query('delete from job_workers where owner = $1', [old.name])
    this.lives[which] = this.start(`w${this.births++}`)
    void old.worker.stop()
  }

  async runDry(): Promise<void> {
    for (let round = 0; round < 2000; round++) {
      this.time += 1_000_000
      wake()
      await Promise.all(this.lives.map(life => life.worker.idle()))
      if ((await this.db.query('select from jobs limit 1')).rows.length === 0) return
    }
    assert.fail('jobs are left that nobody runs')
  }

  async check(): Promise<void> {
    assert.deepEqual(this.wrong, [])
    const { rows } = await this.db.query<{ it: string }>(
      `select key || ' ' || (payload->>'number') as it from dead_jobs`,
    )
    const planned = [...this.plans].flatMap(([key, plans]) =>
      plans.flatMap((steps, n) => (endOf(steps, Infinity) === 'dead' ? [`${key} ${n}`] : [])),
    )
    assert.deepEqual(rows.map(row => row.it).sort(), planned.sort())
    for (const [key, plans] of this.plans) assert.equal(this.ended.get(key)!.size, plans.length, `all of ${key} ended`)
  }

  async close(): Promise<void> {
    await Promise.all(this.lives.map(life => life.worker.stop()))
  }
}

/** What a job has come to after so many runs. */
function endOf(steps: Step[], runs: number): 'ok' | 'dead' | 'open' {
  let failures = 0
  for (let run = 0; run < runs; run++) {
    const step = steps[run] ?? 'ok'
    if (step === 'fail') failures++
    if (step === 'dead' || failures === MAX_ATTEMPTS) return 'dead'
    if (step === 'ok') return 'ok'
  }
  return 'open'
}
