import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import pino from 'pino'
import { testParley, until } from '../../test/parley.ts'
import type { Change } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { places } from './crossing.ts'
import type { StoredDelivery } from './doorway.ts'
import { ingestApart, type Says, type Told } from './ingest-apart.ts'

/** The other side, by hand. */
function byHand() {
  const ears = new EventEmitter()
  const told: Told[] = []
  const thread = {
    on: (name: string, ear: () => void) => ears.on(name, ear),
    once: (name: string, ear: () => void) => ears.once(name, ear),
    postMessage: (what: Told, transfer: ArrayBuffer[]) => void told.push(structuredClone(what, { transfer })),
  } as unknown as Worker
  const says = (what: Says) => ears.emit('message', what)
  return { thread, told, says, end: () => ears.emit('exit') }
}

function apart() {
  const hand = byHand()
  const heard: unknown[] = []
  const on = {
    hub: {
      pass: (workspaceId: string, seq: number, text: string) => heard.push({ workspaceId, seq, text }),
      whisper: (workspaceId: string, change: Change) => heard.push({ workspaceId, change }),
    },
    wakeJobs: () => heard.push('wake'),
    log: pino({ level: 'silent' }),
  } as unknown as Parley
  const door = { crowd: 0 }
  let memory = new Int32Array(new SharedArrayBuffer(8))
  const begin = (shared: typeof memory) => {
    memory = shared
    return hand.thread
  }
  const ingester = ingestApart(on, begin, () => door.crowd)
  return { ...hand, heard, door, ingester, memory: () => memory }
}

function delivery(id: number, body: string, headers: Record<string, string> = {}): StoredDelivery {
  const request = { method: 'POST', query: {}, headers, body: Buffer.from(body) }
  return { id: String(id), workspaceId: '1', channelId: '7', receivedAt: new Date(id), request }
}

/** As the thread takes it apart: number, channel, request without its body, body, time. */
const rowsOf = (told: Told[]) =>
  told.flatMap(what => {
    if (!('stored' in what)) return []
    let from = 0
    return what.stored.flatMap(({ ids, lengths, channelId, request, receivedAt }) =>
      ids.map((id, i) => {
        const body = Buffer.from(what.bodies.slice(from, from + lengths[i]!)).toString()
        from += lengths[i]!
        return { id, channelId, ...request, body, at: receivedAt.getTime() }
      }),
    )
  })

test('what one commit stored goes over in one message, each with its own body, channel and request', async () => {
  const a = apart()
  const json = { 'content-type': 'application/json' }
  const at = new Date(5)
  const usual = (id: number, body: string) => ({ ...delivery(id, body, json), receivedAt: at })
  const asked = usual(6, 'six')
  a.ingester.arrived(usual(1, 'one'))
  a.ingester.arrived(usual(2, ''))
  a.ingester.arrived(usual(3, 'three'))
  a.ingester.arrived({ ...usual(4, 'four'), channelId: '8' })
  a.ingester.arrived(delivery(5, 'five', { 'x-odd': 'yes' }))
  a.ingester.arrived({ ...asked, request: { ...asked.request, method: 'GET', query: { q: '1' } } })
  a.ingester.arrived(usual(7, 'seven'))
  await Promise.resolve()
  assert.equal(a.told.length, 1)
  assert.ok('stored' in a.told[0]!)
  assert.equal(a.told[0].stored.length, 5, 'what is alike is told of once')
  const post = { channelId: '7', method: 'POST', query: {}, headers: json, at: 5 }
  assert.deepEqual(rowsOf(a.told), [
    { ...post, id: '1', body: 'one' },
    { ...post, id: '2', body: '' },
    { ...post, id: '3', body: 'three' },
    { ...post, id: '4', body: 'four', channelId: '8' },
    { ...post, id: '5', body: 'five', headers: { 'x-odd': 'yes' } },
    { ...post, id: '6', body: 'six', method: 'GET', query: { q: '1' } },
    { ...post, id: '7', body: 'seven' },
  ])
})

test('a thread that falls behind is told no more than it bears, and finds the rest in the database', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const a = apart()
  for (let id = 1; id <= 6000; id++) {
    a.ingester.arrived(delivery(id, 'x'))
    await Promise.resolve()
  }
  const before = rowsOf(a.told).length
  assert.ok(before < 4100, String(before))
  t.mock.timers.tick(1000)
  assert.ok(!a.told.some(what => 'lookAfter' in what), 'it is as far behind as before')
  Atomics.store(a.memory(), places.taken, before)
  t.mock.timers.tick(100)
  assert.deepEqual(a.told.at(-1), { lookAfter: ['7'] })
  a.ingester.arrived(delivery(6001, 'x'))
  await Promise.resolve()
  assert.equal(rowsOf(a.told).at(-1)!.id, '6001')
})

test('the thread sees the crowd at the door, and when it is gone', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const a = apart()
  a.door.crowd = 24
  a.ingester.arrived(delivery(1, 'x'))
  assert.equal(Atomics.load(a.memory(), places.crowd), 24)
  t.mock.timers.tick(300)
  assert.equal(Atomics.load(a.memory(), places.crowd), 0)
})

test('what the thread says reaches screens, jobs and whoever asked', async () => {
  const a = apart()
  const backlog = a.ingester.backlog()
  const asked = a.told.at(-1)!
  assert.ok('ask' in asked)
  a.says({ answer: asked.number, value: 5 })
  assert.equal(await backlog, 5)
  a.says({ frame: '{"seq":3,"changes":[]}', workspaceId: '1', seq: 3 })
  a.says({ wakeJobs: true })
  assert.deepEqual(a.heard, [{ workspaceId: '1', seq: 3, text: '{"seq":3,"changes":[]}' }, 'wake'])
  a.says({ ready: true })
  await a.ingester.ready!()
  a.ingester.forget!('7')
  assert.deepEqual(a.told.at(-1), { forget: '7' })
  const stopped = a.ingester.stop()
  assert.deepEqual(a.told.at(-1), { stop: true })
  a.end()
  await stopped
})

/** A thread that ends by itself at once, and one by hand after it. */
async function afterAFault(t: TestContext) {
  const p = await testParley(t)
  await p.ingester.stop()
  await p.post(JSON.stringify({ events: [] }))
  const next = byHand()
  let count = 0
  const begin = () => (++count === 1 ? new Worker('throw new Error("a bug")', { eval: true }) : next.thread)
  return { ...p, next, threads: () => count, ingester: ingestApart(p.parley, begin, () => 0) }
}

test('a thread that ends by itself is followed by another one, which is told what to look for', async t => {
  const p = await afterAFault(t)
  const { next, ingester } = p
  ingester.look([])
  await until(async () => next.told.length > 0, 'the second thread')
  assert.deepEqual(next.told, [{ look: [p.channelId] }])
  const stopped = ingester.stop()
  next.end()
  await stopped
  assert.equal(p.threads(), 2)
})

test('as long as it was not told to look, a new thread is not either: somebody else does it', async t => {
  const { next, ingester, threads } = await afterAFault(t)
  await until(async () => threads() === 2, 'the second thread')
  const backlog = ingester.backlog()
  assert.deepEqual(next.told, [{ ask: 'backlog', number: 1 }])
  next.end()
  assert.equal(await backlog, 0)
})

test('between two threads nobody waits: neither who asks nor who stops', async t => {
  const a = apart()
  t.mock.timers.enable({ apis: ['setTimeout'] })
  a.end()
  const asked = a.ingester.backlog()
  await a.ingester.stop()
  assert.equal(await asked, 0)
})
