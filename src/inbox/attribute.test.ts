import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeChannel, said } from '../../test/fake-channel.ts'
import { connectFake, testParley } from '../../test/parley.ts'
import { editChannel } from '../connections/connect.ts'
import { lotBeside } from './beside.ts'

test('of one webhook for several accounts each event goes to its account’s channel, and none is lost', async t => {
  const fake = fakeChannel()
  fake.adapter.account = settings => (settings as { token: string }).token
  const p = await testParley(t, fake)
  const second = await connectFake(p.parley, p.workspaceId)
  await editChannel(p.parley, p.workspaceId, second, { settings: { token: 'two' } })
  await p.hear(
    said('anna', 'to one', { account: 'one' }),
    said('anna', 'to two', { account: 'two' }),
    said('boris', 'to whom?', { account: 'nobody' }),
    said('anna', 'no name'),
  )
  const all = await p.conversations()
  const lines = await Promise.all(
    all.map(
      async c =>
        `${c.channelId === second ? 'second' : 'first'}: ${(await p.messages(c.id)).map(m => (m.parts[0] as { text: string }).text)}`,
    ),
  )
  assert.deepEqual(lines.sort(), ['first: to one,no name', 'first: to whom?', 'second: to two'])
})

test('messages of different people may be received side by side, one person’s stay in order, and the rest runs alone', () => {
  const channel = { id: '1' } as never
  const delivery = (...events: ReturnType<typeof said>[]) => ({
    delivery: {} as never,
    heard: events.map(event => ({ channel, event })),
  })
  const [a1, a2, b1, a3] = [
    delivery(said('a', '1')),
    delivery(said('a', '2')),
    delivery(said('b', '1')),
    delivery(said('a', '3')),
  ]
  const first = lotBeside([a1, b1], [], 1)
  assert.deepEqual(first, { lot: first.lot, rest: [b1] })
  const beside = lotBeside([a2, b1, a3], [first.lot], 10)
  assert.deepEqual([beside.lot.list, beside.rest], [[b1], [a2, a3]])
  const joined = delivery(said('a', '4'), said('b', '2'))
  const after = lotBeside([joined, delivery(said('b', '3'))], [first.lot], 10)
  assert.deepEqual(after.lot.list, [], 'what waits holds back whoever it speaks of')
  const edited = delivery({ ...said('c', 'x'), type: 'edited', of: 'm' } as never)
  const c = delivery(said('c', '1'))
  assert.deepEqual(lotBeside([edited, c], [first.lot], 10).lot.list, [])
  const alone = lotBeside([edited, c], [], 10).lot
  assert.deepEqual([alone.list, alone.alone], [[edited, c], true])
  assert.deepEqual(lotBeside([delivery(said('d', '1'))], [alone], 10).lot.list, [])
})
