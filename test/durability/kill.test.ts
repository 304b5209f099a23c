import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Server, startParley } from '../harness/server.ts'
import { until } from '../harness/until.ts'
import { judge, type Verdict } from './audit.ts'
import { startLoad } from './load.ts'

const rounds = Number(process.env.PARLEY_KILL_ROUNDS ?? 20)
const seed = Number(process.env.PARLEY_KILL_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A fault may end in waiting for ever; then the run should say so. */
const patience = { timeout: 480_000 }

test(
  `${rounds} times the server, its database or both are killed under load, and nothing is lost, doubled or moved`,
  patience,
  async t => {
    t.diagnostic(`seed ${seed} (PARLEY_KILL_SEED repeats it)`)
    const random = mulberry(seed)
    const server = await startParley({ database: 'own' })
    try {
      const load = await startLoad({ url: server.url, key: server.key, people: 6, random })
      const killed = { server: 0, database: 0, both: 0 }
      for (let round = 0; round < rounds; round++) {
        await pause(1000 + random() * 2500)
        const what = (['server', 'database', 'both'] as const)[Math.floor(random() * 3)]!
        killed[what]++
        await strike(server, what)
      }
      await load.quieten()
      const verdict = await settle(() => judge(load.api, load.books))
      await load.close()
      t.diagnostic(JSON.stringify({ killed, ...verdict, wrong: verdict.wrong.length }))
      assert.deepEqual(verdict.wrong.slice(0, 10), [], server.log().split('\n').slice(-5).join('\n'))
      assert.ok(verdict.received > rounds && verdict.answered > rounds)
      // A kill can catch what is on its way at that moment, one answer of a person, and no more.
      assert.ok(verdict.unknown <= rounds * load.books.length)
    } finally {
      await server.stop()
    }
  },
)

async function strike(server: Server, what: 'server' | 'database' | 'both'): Promise<void> {
  const postgres = server.postgres()
  if (what !== 'database') await server.kill()
  if (what !== 'server' && postgres) process.kill(postgres, 'SIGKILL')
  if (what !== 'database') return server.restart()
  await until('the server has another database', () => ![undefined, postgres].includes(server.postgres()))
  await server.ready()
  assert.ok(server.alive(), 'the server outlives its database')
}

/** Receipts and jobs that were interrupted need a moment. */
async function settle(ask: () => Promise<Verdict>): Promise<Verdict> {
  let last = await ask()
  for (let tries = 0; last.wrong.length && tries < 40; tries++) {
    await pause(1000)
    last = await ask()
  }
  return last
}

/** A small seeded generator (mulberry32), for chance that can be repeated. */
function mulberry(a: number): () => number {
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let x = Math.imul(a ^ (a >>> 15), 1 | a)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}
