import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, said } from '../../test/fake-channel.ts'
import { testParley, until } from '../../test/parley.ts'
import type { Change } from '../api/shapes.ts'
import { catchUp } from './catch-up.ts'
import { createHub, type LiveFrame } from './hub.ts'
import { changingAsWorker } from './publish.ts'

const change = (n: number): Change => ({ type: 'channel', channelId: String(n) })
const noHeads = { query: async () => ({ rows: [] }) } as never

/** A hub alone, with a listener in workspace 1 and what a database would answer. */
async function alone(answer: () => Promise<{ seq: number; changes: Change[]; reset?: boolean }>) {
  const asked: number[] = []
  const hub = await createHub(noHeads, (_id, after) => {
    asked.push(after)
    return answer()
  })
  const frames: LiveFrame[] = []
  hub.subscribe('1', frame => frames.push(frame))
  return { hub, frames, asked, seqs: () => frames.map(f => f.seq) }
}

test('a frame that comes early waits for the one before it', async t => {
  const { hub, seqs, asked } = await alone(async () => ({ seq: 0, changes: [] }))
  t.after(() => hub.close())
  hub.announce('1', 2, [change(2)])
  hub.announce('1', 3, [change(3)])
  assert.deepEqual(seqs(), [])
  hub.announce('1', 1, [change(1)])
  assert.deepEqual(seqs(), [1, 2, 3])
  hub.announce('1', 2, [change(2)])
  assert.deepEqual(seqs(), [1, 2, 3])
  assert.deepEqual(asked, [])
})

test('a frame that never comes is fetched, also when the database is away at first', async t => {
  let tries = 0
  const { hub, frames, seqs, asked } = await alone(async () => {
    if (++tries === 1) throw new Error('away')
    return { seq: 4, changes: [change(1), change(2), change(4)] }
  })
  t.after(() => hub.close())
  hub.announce('1', 4, [change(4)])
  await until(async () => frames.length > 0, 'the missing frames')
  hub.announce('1', 5, [change(5)])
  assert.deepEqual(seqs(), [4, 5])
  assert.deepEqual(asked, [0, 0])
})

test('when too much is missing the screens are told to load again', async t => {
  const { hub, frames } = await alone(async () => ({ seq: 9000, changes: [], reset: true }))
  t.after(() => hub.close())
  hub.announce('1', 9000, [change(1)])
  await until(async () => frames.length > 0, 'a frame')
  assert.deepEqual(JSON.parse(frames[0]!.text), { seq: 9000, changes: [], reset: true })
})

test('what was committed but never announced here is found all the same', async t => {
  const p = await testParley(t)
  const hub = await createHub(p.db, (id, after) => catchUp(p.db, id, after))
  t.after(() => hub.close())
  const frames: LiveFrame[] = []
  hub.subscribe(p.workspaceId, frame => frames.push(frame))
  await p.hear(said('anna', 'Hello'))
  await until(async () => frames.length > 0, 'the frame of another process')
  assert.ok(frames[0]!.changes.some(c => c.type === 'message'))
  assert.equal(frames.at(-1)!.seq, p.hub.last(p.workspaceId))
})

test('workspaces do not hear each other', async t => {
  const { hub, seqs } = await alone(async () => ({ seq: 0, changes: [] }))
  t.after(() => hub.close())
  hub.announce('2', 1, [change(1)])
  hub.whisper('2', { type: 'typing', conversationId: '1', who: 'Anna', by: 'contact' })
  assert.deepEqual(seqs(), [])
})

test('numbers come without holes and in order, however many change at once', async t => {
  const p = await testParley(t)
  const before = p.hub.last(p.workspaceId)!
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => changingAsWorker(p, p.workspaceId, async tx => tx.tell(change(n)))),
  )
  assert.deepEqual(
    p.frames.map(f => f.seq).slice(-40),
    Array.from({ length: 40 }, (_, n) => before + 1 + n),
  )
})

test('a transaction that fails tells nothing and takes no number', async t => {
  const p = await testParley(t)
  const before = p.hub.last(p.workspaceId)
  const failing = changingAsWorker(p, p.workspaceId, async tx => {
    tx.tell(change(1))
    throw new Error('no')
  })
  await assert.rejects(failing, /^Error: no$/)
  await changingAsWorker(p, p.workspaceId, async tx => tx.tell(change(2)))
  assert.equal(p.frames.at(-1)!.seq, before! + 1)
  assert.deepEqual(p.frames.at(-1)!.changes, [change(2)])
})

test('two transactions that wait for each other both come to their end', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'), said('boris', 'Hello'))
  const [one, two] = (await p.conversations()).map(c => c.id)
  const met = { count: 0, both: Promise.withResolvers<void>() }
  const touch = (first: string, second: string) =>
    changingAsWorker(p, p.workspaceId, async tx => {
      await tx.query('update conversations set unread = unread + 1 where id = $1', [first])
      if (++met.count === 2) met.both.resolve()
      await met.both.promise
      await tx.query('update conversations set unread = unread + 1 where id = $1', [second])
      tx.tell(change(1))
    })
  await Promise.all([touch(one!, two!), touch(two!, one!)])
  assert.deepEqual(
    (await p.conversations()).map(c => c.unread),
    [3, 3],
  )
})

test('who was away gets each thing once and as it is now', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one', { id: 'm' }))
  const since = p.hub.last(p.workspaceId)!
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: [{ type: 'text', text: 'two' }] }))
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: [{ type: 'text', text: 'three' }] }))
  const missed = await catchUp(p.db, p.workspaceId, since)
  assert.equal(missed.reset, false)
  assert.equal(missed.seq, p.hub.last(p.workspaceId))
  const messages = missed.changes.flatMap(c => (c.type === 'message' ? [c.message] : []))
  assert.deepEqual(
    messages.map(m => m.parts),
    [[{ type: 'text', text: 'three' }]],
  )
  assert.deepEqual((await catchUp(p.db, p.workspaceId, missed.seq)).changes, [])
})

test('what was heard live and what is caught up on come to the same', async t => {
  const p = await testParley(t)
  const since = p.hub.last(p.workspaceId)!
  await p.hear(said('anna', 'one'), said('boris', 'two'))
  await p.say((await p.conversations())[0]!.id, 'answer')
  await p.quiet()
  const state = (changes: readonly Change[]) => {
    const things = new Map<string, unknown>()
    for (const c of changes)
      if (c.type === 'message') things.set(`message ${c.message.id}`, c.message)
      else if (c.type === 'conversation') things.set(`conversation ${c.conversation.id}`, c.conversation)
    return new Map([...things].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  const live = p.frames.filter(f => f.seq > since).flatMap(f => [...f.changes])
  assert.deepEqual(state(live), state((await catchUp(p.db, p.workspaceId, since)).changes))
})

test('who missed a flood loads again, instead of being told all of it', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'))
  const head = p.hub.last(p.workspaceId)!
  const message = Array.from({ length: 20_001 }, (_, n) => String(n))
  await p.db.query('update live_heads set seq = seq + 1 where workspace_id = $1', [p.workspaceId])
  await p.db.query('insert into changes (workspace_id, seq, refs) values ($1, $2, $3)', [
    p.workspaceId,
    head + 1,
    JSON.stringify({ message }),
  ])
  assert.deepEqual(await catchUp(p.db, p.workspaceId, head), { seq: head + 1, changes: [], reset: true })
})

test('who was away for too long, or comes from another life, loads again', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'))
  await p.hear(said('anna', 'two'))
  const head = p.hub.last(p.workspaceId)!
  assert.equal((await catchUp(p.db, p.workspaceId, head + 5)).reset, true)
  await p.db.query('delete from changes where seq < $1', [head])
  assert.equal((await catchUp(p.db, p.workspaceId, head - 2)).reset, true)
  assert.equal((await catchUp(p.db, p.workspaceId, head - 1)).reset, false)
  await p.db.query('delete from changes')
  assert.equal((await catchUp(p.db, p.workspaceId, head - 1)).reset, true)
  assert.equal((await catchUp(p.db, p.workspaceId, head)).reset, false)
})
