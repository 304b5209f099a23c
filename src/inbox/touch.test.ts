import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { event, said } from '../../test/fake-channel.ts'
import { type TestParley, testParley } from '../../test/parley.ts'
import type { Conversation } from '../api/shapes.ts'
import type { InboundEvent } from '../channels/contract.ts'
import { assign, closeConversation, markRead, reopenConversation } from './verbs.ts'

/** What may happen to one person's conversation. */
type Step =
  | { is: 'message' | 'again' | 'echo' | 'happened'; secondsAgo: number }
  | { is: 'two'; secondsAgo: number; otherSecondsAgo: number }
  | { is: 'named' | 'consent' | 'moved' | 'elsewhere'; n: number }
  | { is: 'read' | 'close' | 'reopen' | 'assign' | 'unassign' | 'say' | 'agent' }

const secondsAgo = fc.nat({ max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constantFrom('message' as const, 'again' as const, 'echo' as const), secondsAgo }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('happened' as const), secondsAgo }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('two' as const), secondsAgo, otherSecondsAgo: secondsAgo }) },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constantFrom('named' as const, 'consent' as const, 'moved' as const, 'elsewhere' as const),
      n: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constantFrom(
        ...(['read', 'close', 'reopen', 'assign', 'unassign', 'say', 'agent'] as const satisfies Step['is'][]),
      ),
    }),
  },
)

test('what is told of a conversation without reading it is what the database holds, whatever happened before', async t => {
  const p = await testParley(t)
  let person = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async steps => {
      const from = `person ${person++}`
      await p.hear(said(from, 'Hello'))
      const id = (await p.conversations()).find(c => c.address === from)!.id
      for (const one of steps) {
        await live(p, { from, id }, one)
        await p.quiet()
        const [stored] = (await p.conversations()).filter(c => c.id === id)
        assert.deepEqual(lastTold(p, id), withoutUndefined(stored!), JSON.stringify(one))
      }
    }),
    { numRuns: 40 },
  )
})

function lastTold(p: TestParley, id: string): Conversation | undefined {
  const told = p.frames.flatMap(f => f.changes.flatMap(c => (c.type === 'conversation' ? c.conversation : [])))
  return withoutUndefined(told.findLast(c => c.id === id)!)
}

const withoutUndefined = <T>(value: T): T => JSON.parse(JSON.stringify(value))

async function live(p: TestParley, { from, id }: { from: string; id: string }, one: Step): Promise<void> {
  const on = { workspaceId: p.workspaceId, conversationId: id, by: p.by }
  // Whole seconds, as WhatsApp tells them: many messages have the same.
  const ago = (seconds: number) => new Date((Math.floor(Date.now() / 1000) - seconds) * 1000)
  const says = (seconds: number, more = {}): InboundEvent => said(from, 'One more', { at: ago(seconds), ...more })
  switch (one.is) {
    case 'message':
      return p.hear(says(one.secondsAgo))
    case 'again': {
      const twice = says(one.secondsAgo)
      await p.hear(twice)
      return p.hear(twice)
    }
    case 'two':
      return p.hearTogether([says(one.secondsAgo)], [says(one.otherSecondsAgo)])
    case 'echo':
      return p.hear(event('echo', { from, at: ago(one.secondsAgo), parts: [{ type: 'text', text: 'From the phone' }] }))
    case 'happened':
      return p.hear(event('happened', { from, at: ago(one.secondsAgo), what: 'call' }))
    case 'named':
      return p.hear(says(0, { sender: { name: `Name ${one.n}` } }))
    case 'consent':
      return p.hear(event('consent', { from, given: one.n > 0, purpose: 'all' }), says(0))
    case 'moved':
      return p.hear(event('moved', { from, to: `${from}, house ${one.n}` }), says(0))
    case 'elsewhere':
      return p.hear(said(`${from}, house ${one.n}`, 'From here', { at: ago(0), aliases: [from] }))
    case 'say':
      return void (await p.say(id, 'Our answer'))
    case 'agent':
      await p.db.query(`update agents set name = name || 'a'`) // which is told to nobody
      return p.hear(says(0))
    case 'read':
      return void (await markRead(p, on))
    case 'close':
      return void (await closeConversation(p, on))
    case 'reopen':
      return void (await reopenConversation(p, on))
    default:
      await assign(p, { ...on, agentId: one.is === 'assign' ? p.by.id : null, cause: 'by hand' })
  }
}
