import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fakeChannel } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { SetupResult } from '../channels/contract.ts'
import { listChannels, setUp } from './connect.ts'
import { tendChannels } from './tend.ts'

async function tended(t: TestContext) {
  const fake = fakeChannel()
  const answers: { next: SetupResult | Error; calls: string[] } = { next: { ok: true, account: 'Rye' }, calls: [] }
  fake.adapter.tend = {
    everyHours: 8,
    async run(url) {
      answers.calls.push(url)
      if (answers.next instanceof Error) throw answers.next
      return answers.next
    },
  }
  const p = await testParley(t, fake)
  await setUp(p.parley, p.workspaceId, p.channelId)
  // The clock of the tests moves forward; the assembly's own turns stay out of the way.
  const turn = async (hours: number) => {
    p.time.offset += hours * 3_600_000
    await tendChannels(p.parley)
    return (await listChannels(p.parley, p.db, p.workspaceId))[0]!.health
  }
  return { p, answers, turn }
}

test('an account is tended in its own rhythm, with its webhook’s address', async t => {
  const { p, answers, turn } = await tended(t)
  await turn(0)
  await turn(7)
  assert.equal(answers.calls.length, 1)
  await turn(2)
  assert.deepEqual(answers.calls, Array(2).fill(`https://chat.example/hooks/${p.channelId}`))
})

test('a network that is down is asked again at the next turn, without a word', async t => {
  const { answers, turn } = await tended(t)
  answers.next = new Error('no answer')
  const health = await turn(0)
  assert.ok(!JSON.stringify(health).includes('no answer'))
  answers.next = { ok: true, account: 'Rye' }
  await turn(0)
  assert.equal(answers.calls.length, 2)
})

test('what it says is shown, and refused credentials make the channel red', async t => {
  const { answers, turn } = await tended(t)
  answers.next = { ok: true, account: 'Rye', detail: 'https://m.me/rye', warning: 'The token expires in three days.' }
  assert.match(JSON.stringify((await turn(0)).problems), /three days/)
  answers.next = { ok: true, account: 'Rye', detail: 'https://m.me/rye' }
  assert.deepEqual((await turn(9)).problems, [], 'what is in order again is taken back, and a detail is no problem')
  answers.next = { ok: false, why: 'auth', detail: 'The token was revoked.' }
  const health = await turn(9)
  assert.equal(health.state, 'alarm')
  assert.match(JSON.stringify(health.problems), /revoked/)
})
