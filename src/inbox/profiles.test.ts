import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { event, fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { Profile } from '../channels/contract.ts'

async function known(t: TestContext) {
  const fake = fakeChannel()
  const asked: string[] = []
  const answers: { next: Profile | null | Error } = {
    next: { name: 'Anna Larsson', avatarUrl: 'https://p.example/a.jpg' },
  }
  fake.adapter.profile = async of => {
    asked.push(of)
    if (answers.next instanceof Error) throw answers.next
    return answers.next
  }
  const p = await testParley(t, fake)
  return { p, asked, answers }
}

test('who writes for the first time is looked up once, and the screens hear the name', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'), said('u1', 'Anybody there?'))
  await p.hear(said('u1', 'Still me'))
  await p.quiet()
  assert.deepEqual(asked, ['u1'])
  const { contact } = await p.only()
  assert.equal(contact.name, 'Anna Larsson')
  assert.equal(contact.avatarUrl, 'https://p.example/a.jpg')
  const told = p.frames.flatMap(f => f.changes).findLast(c => c.type === 'conversation')
  assert.equal(told?.type === 'conversation' && told.conversation.contact.name, 'Anna Larsson')
})

test('after a week somebody who writes is looked up again', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'))
  await p.quiet()
  await p.db.query(`update contacts set looked_up_at = looked_up_at - interval '8 days'`)
  await p.hear(said('u1', 'Hello again'))
  await p.quiet()
  assert.deepEqual(asked, ['u1', 'u1'])
})

test('a network that fails delays no message and is asked again', async t => {
  const { p, asked, answers } = await known(t)
  answers.next = new Error('away')
  await p.hear(said('u1', 'Hello'))
  assert.equal((await p.only()).messages.length, 1)
  await p.quiet()
  answers.next = { name: 'Anna' }
  await p.hurry()
  assert.equal(asked.length, 2)
  assert.equal((await p.only()).contact.name, 'Anna')
})

test('a name that the team wrote stays, groups and receipts are not looked up', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'))
  await p.db.query(`update contacts set name = 'Aunt Anna', named = true`)
  await p.quiet()
  assert.equal((await p.only()).contact.name, 'Aunt Anna')
  await p.hear(
    said('g1', 'Hi all', { group: { title: 'Bakers', member: 'Bo' } }),
    event('receipt', { of: 'nothing', status: 'read' }),
  )
  await p.quiet()
  assert.deepEqual(asked, ['u1'])
})
