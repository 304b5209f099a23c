import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { listConversations } from './list.ts'

test('the list counts activity in steps of ten seconds, for what customers say and for our answers', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'))
  const steps = async () => {
    const { rows } = await p.db.query<{ rest: string }>(
      'select extract(epoch from active_at) % 10 as rest from conversations',
    )
    return rows.map(row => Number(row.rest))
  }
  assert.deepEqual(await steps(), [0])
  await p.say((await p.theOne()).id, 'Yes?')
  assert.deepEqual(await steps(), [0])
})

test('a page shows the last words of the same ten seconds first, and the pages together everybody once', async t => {
  const p = await testParley(t)
  const names = ['anna', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus']
  for (const [i, name] of names.entries()) await p.hear(said(name, 'Hello', { at: new Date(Date.now() - i * 1000) }))
  await p.db.query(`update conversations set active_at = '2026-11-22T10:00:10Z'`)
  await p.db.query(`update conversations set active_at = '2026-11-22T10:00:20Z' where address = 'gus'`)
  const page = (limit: number, after?: string) =>
    listConversations(p.db, p.workspaceId, { view: 'all', agentId: null, limit, after })
  const whole = await page(100)
  assert.deepEqual(
    whole.items.map(c => c.address),
    ['gus', 'anna', 'ben', 'cleo', 'dan', 'eve', 'finn'],
  )
  assert.equal(whole.next, null)
  const seen: string[] = []
  for (let next: string | null | undefined; next !== null; ) {
    const { items, next: after } = await page(2, next)
    seen.push(...items.map(c => c.address))
    next = after
  }
  assert.equal(seen[0], 'gus')
  assert.deepEqual(seen.toSorted(), names)
})
