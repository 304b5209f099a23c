import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { Conversation } from '../api/shapes.ts'
import { address } from '../channels/kit.ts'
import type { Queryable } from '../db/connect.ts'
import type { LiveFrame } from '../live/hub.ts'
import { changingAsWorker } from '../live/publish.ts'
import { type Known, speaking } from './find-people.ts'
import { createPeopleBook } from './people-book.ts'
import { conversationsById, holdConversationsOf } from './store.ts'

const anna = speaking('1', [address('anna'), address('+358401')])

const conversation = (name = 'Anna'): Conversation => ({
  id: '7',
  channelId: '1',
  contact: {
    id: '5',
    name,
    identities: [
      { channelId: '1', address: '+358401' },
      { channelId: '1', address: 'anna', username: 'annav' },
    ],
  },
  address: 'anna',
  status: 'open',
  assignee: null,
  team: null,
  unread: 1,
  optedOut: false,
  lastInAt: null,
  waitingSince: null,
  lastMessageAt: '2026-11-22T10:00:00.000Z',
  lastMessage: null,
})

/** A workspace in which others tell of conversations, each under a number of its own. */
function workspace() {
  const told: (string[] | null)[] = []
  let kept = 0
  const time = { now: 0 }
  const book = createPeopleBook(() => time.now)
  const tx = {
    async query(_sql: string, [, since]: [string, number]) {
      const rows = told.map((ids, i) => ({ head: told.length, seq: i + 1, ids })).filter(r => r.seq > since)
      const left = rows.slice(kept)
      return { rows: left.length ? left : [{ head: told.length, seq: null, ids: null }] }
    },
  } as unknown as Queryable
  const people = (name = 'Anna'): Map<string, Known> => {
    const known = { contactId: '5', conversationId: '7', name, named: false, addresses: new Map() }
    return new Map(anna.keys.map(key => [key, known]))
  }
  return {
    time,
    tell: (ids: string[] | null) => told.push(ids),
    /** Of so many numbers nothing is known any more. */
    sweep: (n: number) => {
      kept = n
    },
    find: (spoken = anna) => book.find(tx, 'w', [spoken]),
    keep: (seq: number, name?: string) =>
      book.keep('w', seq, { spoken: [anna], people: people(name), conversations: [conversation(name)] }),
    found: async () => (await book.find(tx, 'w', [anna])).known.get(anna.keys[0]!)?.name,
  }
}

test('who was met is known at all their addresses, with what is shown of them, and nothing was asked before', async () => {
  const { tell, keep, find } = workspace()
  assert.deepEqual(await find(), { known: new Map(), since: undefined })
  keep(tell(['7']))
  const { known, since } = await find()
  assert.equal(since, 1)
  assert.deepEqual([...known.keys()], anna.keys)
  const [one, other] = anna.keys.map(key => known.get(key)!)
  assert.equal(one, other)
  assert.equal(one!.conversationId, '7')
  assert.equal(one!.told?.lastMessageAt, '2026-11-22T10:00:00.000Z')
  assert.deepEqual(
    [...one!.addresses],
    [
      [anna.keys[0], 'annav'],
      [anna.keys[1], null],
    ],
  )
})

test('of whom others told since is forgotten, and of others told is not', async () => {
  const { tell, keep, find, found } = workspace()
  keep(tell(['7']))
  tell(['8', '9'])
  tell(null)
  assert.equal(await found(), 'Anna')
  tell(['6', '7'])
  assert.deepEqual(await find(), { known: new Map(), since: 4 })
})

test('who speaks from a new address first is checked like everybody else', async () => {
  const { tell, keep, find } = workspace()
  const moved = speaking('1', [address('new'), address('anna')])
  keep(tell(['7']))
  assert.deepEqual([...(await find(moved)).known.keys()], [anna.keys[0]])
  tell(['7'])
  assert.deepEqual(await find(moved), { known: new Map(), since: 2 })
})

test('what was told before it was written down changes nothing; what is told later than it is written down does', async () => {
  const { tell, keep, found } = workspace()
  keep(tell(['7']))
  tell(['7'])
  keep(tell(['7']), 'Anna V.')
  assert.equal(await found(), 'Anna V.')
  tell(['7'])
  assert.equal(await found(), undefined)
  keep(3, 'Anna V.')
  assert.equal(await found(), undefined, 'the fourth was looked at already')
})

test('when not all that was told is kept any more, everybody is forgotten', async () => {
  const { tell, keep, found, sweep } = workspace()
  keep(tell(['7']))
  tell(['8'])
  tell(['9'])
  sweep(1)
  assert.equal(await found(), undefined)
})

test('after ten minutes nobody is believed to be the same', async () => {
  const { tell, keep, found, time } = workspace()
  keep(tell(['7']))
  time.now = 599_000
  assert.equal(await found(), 'Anna')
  time.now = 600_001
  assert.equal(await found(), undefined)
  keep(tell(['7']))
  assert.equal(await found(), 'Anna')
})

test('what is changed in what was found does not change the book', async () => {
  const { tell, keep, find, found } = workspace()
  keep(tell(['7']))
  const copy = (await find()).known.get(anna.keys[0]!)!
  copy.name = 'Somebody'
  copy.told = undefined
  assert.equal(await found(), 'Anna')
  assert.equal((await find()).known.size, 2)
})

const namesTold = (frames: readonly LiveFrame[]): string[] =>
  frames.flatMap(f => f.changes.flatMap(c => (c.type === 'conversation' ? c.conversation.contact.name : [])))

test('a name that the team writes between two messages is on the second, and in what is told of it', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one', { sender: { name: 'Anna' } }))
  const { contact } = await p.theOne()
  await changingAsWorker(p, p.workspaceId, async tx => {
    const ids = await holdConversationsOf(tx, p.workspaceId, contact.id)
    await tx.query(`update contacts set name = 'Anna (baker)', named = true where id = $1`, [contact.id])
    for (const conversation of await conversationsById(tx, p.workspaceId, ids))
      tx.tell({ type: 'conversation', conversation })
  })
  p.frames.length = 0
  await p.hear(said('anna', 'two', { sender: { name: 'Anna' } }))
  const seen = await p.theOne()
  assert.equal(seen.contact.name, 'Anna (baker)')
  assert.deepEqual(
    seen.messages.map(m => m.author.name),
    ['Anna', 'Anna (baker)'],
  )
  assert.deepEqual(namesTold(p.frames), ['Anna (baker)'])
})

test('a new name that comes with a message known already is told, too', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one', { id: 'same', sender: { name: 'Anna' } }))
  p.frames.length = 0
  await p.hear(said('anna', 'one', { id: 'same', sender: { name: 'Anna V.' } }))
  assert.deepEqual(namesTold(p.frames), ['Anna V.'])
  await p.hear(said('anna', 'two'))
  assert.deepEqual(namesTold(p.frames), ['Anna V.', 'Anna V.'])
})
