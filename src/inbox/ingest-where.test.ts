import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'
import type { Database } from '../db/connect.ts'
import type { StoredDelivery } from './doorway.ts'
import type { Ingester } from './ingest.ts'
import { ingestWhereItPays } from './ingest-where.ts'

const minute = 60_000

/** Ingesters that only note what they are told; a database with something to do on channel 7. */
function world() {
  const state = {
    now: 0,
    crowd: false,
    away: 0,
    slow: Promise.resolve() as Promise<void>,
    ready: Promise.resolve() as Promise<void>,
  }
  const log: string[] = []
  const place = (name: string): Ingester => {
    log.push(`${name} begins`)
    return {
      arrived: ({ id }) => void log.push(`${name} gets ${id}`),
      look: ids => void log.push(`${name} looks at ${ids}`),
      forget: id => void log.push(`${name} forgets ${id}`),
      ready: () => state.ready,
      idle: async () => {},
      backlog: () => 3,
      async stop() {
        await state.slow
        log.push(`${name} stops`)
      },
    }
  }
  const query = async () => {
    if (state.away-- > 0) throw new Error('away')
    return { rows: [{ channel_id: '7' }] }
  }
  const ingestion = ingestWhereItPays(
    { db: { query } as unknown as Database, log: pino({ level: 'silent' }) },
    { here: () => place('here'), apart: () => place('apart'), crowded: () => state.crowd, now: () => state.now },
  )
  const arrive = async (id: string, at: number, crowd: boolean) => {
    Object.assign(state, { now: at, crowd })
    ingestion.arrived({ id } as StoredDelivery)
    for (let n = 0; n < 10; n++) await turn()
  }
  return { state, log, ingestion, arrive }
}

test('only a crowd that lasts gets a thread, and gives it back after a long calm', async () => {
  const { log, arrive, ingestion } = world()
  await arrive('1', 0, true)
  await arrive('2', 900, true)
  await arrive('3', 15_000, true)
  assert.deepEqual(log, ['here begins', 'here gets 1', 'here gets 2', 'here gets 3'], 'a burst is no crowd')
  for (let at = 15_500; at < 17_000; at += 500) await arrive('4', at, true)
  assert.ok(!log.includes('apart begins'))
  await arrive('5', 17_000, true)
  assert.deepEqual(log.splice(0).slice(-4), ['apart begins', 'here gets 5', 'here stops', 'apart looks at 7'])
  await arrive('6', 17_001, true)
  await arrive('7', 17_001 + 9 * minute, false)
  assert.deepEqual(log.splice(0), ['apart gets 6', 'apart gets 7'])
  await arrive('8', 17_002 + 10 * minute, false)
  assert.deepEqual(log.splice(0), ['here begins', 'apart gets 8', 'apart stops', 'here looks at 7'])
  await ingestion.stop()
  assert.deepEqual(log, ['here stops'])
})

test('what is stored during the move is looked for after it, also when the database is away', async () => {
  const { state, log, arrive, ingestion } = world()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.slow = promise
  state.away = 1
  for (let at = 0; at < 2000; at += 1000) await arrive('1', at, true)
  log.length = 0
  await arrive('2', 2000, true)
  await arrive('3', 2001, true)
  assert.deepEqual(log.splice(0), ['apart begins', 'here gets 2'])
  assert.equal(await ingestion.backlog(), 0)
  resolve()
  await ingestion.idle()
  assert.deepEqual(log.splice(0), ['here stops', 'apart looks at 7'])
  ingestion.forget('7')
  ingestion.look(['8'])
  assert.equal(await ingestion.backlog(), 3)
  await ingestion.stop()
  assert.deepEqual(log, ['apart forgets 7', 'apart looks at 8', 'apart stops'])
})

test('until the thread is ready, it goes on where it is', async () => {
  const { state, log, arrive, ingestion } = world()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.ready = promise
  for (let at = 0; at <= 4000; at += 1000) await arrive(String(at), at, true)
  assert.deepEqual(log.splice(0).slice(-4), ['apart begins', 'here gets 2000', 'here gets 3000', 'here gets 4000'])
  resolve()
  await ingestion.idle()
  assert.deepEqual(log.splice(0), ['here stops', 'apart looks at 7'])
  await ingestion.stop()
})

test('a stop does not wait for a thread that is never ready', async () => {
  const { state, log, arrive, ingestion } = world()
  state.ready = new Promise(() => {})
  for (let at = 0; at <= 3000; at += 1000) await arrive('1', at, true)
  log.length = 0
  await ingestion.stop()
  assert.deepEqual(log, ['here stops', 'apart stops'])
})

test('a stop during the move waits for it', async () => {
  const { log, arrive, ingestion } = world()
  for (let at = 0; at < 2000; at += 1000) await arrive('1', at, true)
  void arrive('2', 2000, true)
  await ingestion.stop()
  assert.equal(log.filter(l => l.endsWith('begins')).length, log.filter(l => l.endsWith('stops')).length)
})
