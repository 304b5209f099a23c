import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { connectFake, testParley } from '../../test/parley.ts'
import { createBacklog } from './backlog.ts'
import { createDoorway, type StoredDelivery } from './doorway.ts'
import { besideTheDoor } from './tempo.ts'

const { keep } = besideTheDoor

/** A backlog over real deliveries that nobody ingests. */
async function waiting(t: Parameters<typeof testParley>[0]) {
  const p = await testParley(t)
  await p.ingester.stop()
  const quiet = await connectFake(p.parley, p.workspaceId)
  const backlog = createBacklog(p.db, keep)
  const doorway = createDoorway(p.db, backlog.add)
  const [flooded, other] = [await p.channels.byId(p.channelId), await p.channels.byId(quiet)]
  const arrive = (on: typeof flooded, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        doorway.store(on!, {
          method: 'POST',
          query: {},
          headers: {},
          body: Buffer.from(JSON.stringify({ events: [said('a', `${n}`)] })),
        }),
      ),
    )
  const done = async (batch: StoredDelivery[]) =>
    void (await p.db.query('delete from open_deliveries where delivery_id = any($1::bigint[])', [batch.map(d => d.id)]))
  /** What it stores nobody is told of. */
  const elsewhere = createDoorway(p.db, () => {})
  return { ...p, backlog, arrive, elsewhere, done, flooded, other }
}

test('a flood on one channel does not starve another', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 5000)
  await w.arrive(w.other, 3)
  const first = await w.backlog.take()
  assert.equal(first.filter(d => d.channelId === w.other!.id).length, 3)
  assert.ok(first.length <= 400)
})

test('beyond its bounds the backlog keeps nothing and reads the rest in order from the database', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 9000)
  assert.ok(w.backlog.size() <= 8001, String(w.backlog.size()))
  const taken: string[] = []
  for (let batch = await w.backlog.take(); batch.length; batch = await w.backlog.take()) {
    taken.push(...batch.map(d => d.id))
    await w.done(batch)
    if (taken.length === 1200) await w.arrive(w.flooded, 10)
  }
  assert.equal(taken.length, 9010)
  assert.deepEqual(
    taken,
    [...new Set(taken)].sort((a, b) => Number(a) - Number(b)),
  )
})

test('when another channel has filled the memory, what was handed out is not read again', async t => {
  const w = await waiting(t)
  await w.arrive(w.other, 2)
  const inWork = await w.backlog.take()
  await w.arrive(w.flooded, 8000)
  await w.arrive(w.other, 2)
  const taken = [...(await w.backlog.take()), ...(await w.backlog.take())]
  assert.equal(taken.filter(d => d.channelId === w.other!.id).length, 2)
  assert.ok(inWork.every(d => !taken.some(other => other.id === d.id)))
})

test('told to look after what it has, it reads what is newer and nothing that was handed out', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 3)
  const inWork = await w.backlog.take()
  await w.elsewhere.store(w.flooded!, { method: 'POST', query: {}, headers: {}, body: Buffer.from('{}') })
  w.backlog.lookAfter(w.flooded!.id)
  assert.equal(w.backlog.looks(), false, 'it need not wait until nothing is in work')
  const newer = await w.backlog.take()
  assert.equal(newer.length, 1)
  assert.ok(inWork.every(d => BigInt(d.id) < BigInt(newer[0]!.id)))
})

test('large deliveries are taken few at a time', async t => {
  const w = await waiting(t)
  const body = Buffer.alloc(1_500_000, 'x')
  for (let n = 1; n <= 10; n++)
    w.backlog.add({
      id: String(n),
      workspaceId: w.workspaceId,
      channelId: w.channelId,
      receivedAt: new Date(),
      request: { method: 'POST', query: {}, headers: {}, body },
    })
  assert.ok((await w.backlog.take()).length <= 3)
})

test('told to look, it finds what lies in the database only', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 5)
  const another = createBacklog(w.db, keep)
  assert.equal((await another.take()).length, 0)
  another.look(w.channelId)
  assert.equal((await another.take()).length, 5)
  assert.equal(another.size(), 0)
})

test('told to look, it looks at once, however many are told of meanwhile, and hands out the oldest first', async t => {
  const w = await waiting(t)
  for (let n = 0; n < 3; n++)
    await w.elsewhere.store(w.flooded!, { method: 'POST', query: {}, headers: {}, body: Buffer.from('{}') })
  await w.arrive(w.flooded, 300)
  w.backlog.look(w.channelId)
  const taken: number[] = []
  for (let batch = await w.backlog.take(); batch.length; batch = await w.backlog.take()) {
    assert.equal(w.backlog.looks(), false)
    taken.push(...batch.map(d => Number(d.id)))
    await w.done(batch)
    if (taken.length < 1000) await w.arrive(w.flooded, 200)
  }
  assert.ok(taken.length > 1000)
  assert.deepEqual(
    taken,
    Array.from(taken, (_, i) => taken[0]! + i),
  )
})

test('a database that fails while the backlog reads costs nothing of what waits', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 3)
  await w.arrive(w.other, 3)
  let broken = true
  const db = {
    ...w.db,
    query: (...a: Parameters<typeof w.db.query>) => (broken ? Promise.reject(new Error('gone')) : w.db.query(...a)),
  }
  const backlog = createBacklog(db as typeof w.db, keep)
  const here = await w.backlog.take()
  for (const delivery of here.filter(d => d.channelId === w.flooded!.id)) backlog.add(delivery)
  backlog.look(w.other!.id)
  const taken = await backlog.take()
  await assert.rejects(backlog.take(), /gone/)
  broken = false
  taken.push(...(await backlog.take()))
  assert.deepEqual(taken.map(d => d.id).sort(), here.map(d => d.id).sort())
})

test('what arrives while the database is read is kept, also when nothing was found there', async t => {
  const w = await waiting(t)
  await w.arrive(w.flooded, 2)
  const all = await w.backlog.take()
  await w.done([all[0]!])
  let arrived = () => {}
  const db = {
    ...w.db,
    async query(...a: Parameters<typeof w.db.query>) {
      const found = await w.db.query(...a)
      arrived()
      // As it was before the second one was committed.
      return { ...found, rows: [] }
    },
  }
  const backlog = createBacklog(db as typeof w.db, keep)
  arrived = () => backlog.add(all[1]!)
  backlog.look(w.flooded!.id)
  assert.deepEqual(
    (await backlog.take()).map(d => d.id),
    [all[1]!.id],
  )
})
