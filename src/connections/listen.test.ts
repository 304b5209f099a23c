import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley, until } from '../../test/parley.ts'
import { type Listening, Refused } from '../channels/contract.ts'
import { editChannel, listChannels } from './connect.ts'

/** A network that is polled: `arrive` is what its mailbox gives next. */
async function polled(t: TestContext) {
  const fake = fakeChannel()
  const begun: { on: Listening<unknown>; ended: boolean }[] = []
  const wanted: { fail?: Error | undefined } = {}
  fake.adapter.listen = async on => {
    if (wanted.fail) throw wanted.fail
    const run = { on, ended: false }
    begun.push(run)
    on.connected('post@rye.example')
    await new Promise<void>(done => on.signal.addEventListener('abort', () => done(), { once: true }))
    run.ended = true
  }
  const p = await testParley(t, fake)
  const running = () => until(async () => begun.find(run => !run.ended), 'it listens')
  const channel = async () => (await listChannels(p.parley, p.db, p.workspaceId))[0]!
  return { ...p, begun, wanted, running, channel }
}

const letter = (id: string, text: string) => ({
  method: 'IMAP',
  query: {},
  headers: {},
  body: Buffer.from(JSON.stringify({ events: [said('anna', text, { id })] })),
})

test('what a listener delivers is stored and received like a webhook, once however often it comes', async t => {
  const p = await polled(t)
  const { on } = await p.running()
  await on.deliver(letter('m1', 'Hello'))
  await on.deliver(letter('m1', 'Hello'))
  await p.ingester.idle()
  assert.deepEqual(
    (await p.theOne()).messages.map(m => m.parts),
    [[{ type: 'text', text: 'Hello' }]],
  )
  assert.equal((await p.channel()).account, 'post@rye.example')
})

test('the cursor is kept, and unreadable in the database', async t => {
  const p = await polled(t)
  const { on } = await p.running()
  assert.equal(await on.cursor.get(), undefined)
  await on.cursor.set({ uid: 'the-seventh' })
  await on.cursor.set({ uid: 'the-eighth' })
  assert.deepEqual(await on.cursor.get(), { uid: 'the-eighth' })
  const { rows } = await p.db.query<{ value: Buffer }>('select value from channel_cursors')
  assert.ok(!rows[0]!.value.includes('eighth'))
})

test('new settings end the listening and begin it again with them; switching off ends it', async t => {
  const p = await polled(t)
  const first = await p.running()
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { token: 'two' } })
  const second = await until(async () => p.begun[1], 'it listens again')
  assert.ok(first.ended)
  assert.equal((second.on.io.settings as { token: string }).token, 'two')
  await editChannel(p.parley, p.workspaceId, p.channelId, { state: 'off' })
  await until(async () => second.ended, 'it ends')
  assert.equal(p.begun.length, 2)
})

test('of two processes one listens, and the other takes over when it is gone', async t => {
  const p = await polled(t)
  await p.running()
  const other = await testParley(t, p.fake, p.db)
  await p.worker.stop()
  await p.listening.stop()
  // The lease of a process that closed is given back; its channel now belongs to the other.
  const ours = `/hooks/${p.channelId}`
  const mine = await until(
    async () => p.begun.find(run => !run.ended && run.on.io.webhookUrl.endsWith(ours)),
    'the other listens',
  )
  await mine.on.deliver(letter('m9', 'Still here'))
  await other.ingester.idle()
  assert.equal((await p.theOne()).lastMessage?.text, 'Still here')
})

test('a connection that is lost is told and begun again; a refusal waits for somebody', async t => {
  const p = await polled(t)
  const first = await p.running()
  p.wanted.fail = new Error('the line is dead')
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { token: 'two' } })
  await until(
    async () => (await p.channel()).health.problems.some(p => p.detail.includes('the line is dead')),
    'the health line says so',
  )
  p.wanted.fail = undefined
  await until(async () => p.begun[1], 'it listens again')
  await until(
    async () => !(await p.channel()).health.problems.some(p => p.detail.includes('the line is dead')),
    'and the line is green',
  )
  assert.ok(first.ended)
  p.wanted.fail = new Refused('the password is wrong')
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { token: 'three' } })
  await until(async () => (await p.channel()).health.state === 'alarm', 'the channel is red')
  assert.match(JSON.stringify((await p.channel()).health.problems), /the password is wrong/)
})
