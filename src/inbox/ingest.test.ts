import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { somebodyWaits, testParley, until } from '../../test/parley.ts'
import { DatabaseUnavailable, transaction } from '../db/connect.ts'
import { listDeliveries, markForReplay } from './deliveries.ts'

test('what was taken when the database went away is received when it is back', async t => {
  const p = await testParley(t)
  const { byId } = p.channels
  let calls = 0
  // The first call is the door's, the second one is made by ingestion.
  p.channels.byId = id => (++calls === 2 ? Promise.reject(new DatabaseUnavailable('away')) : byId(id))
  await p.hear(said('anna', 'Hello'))
  assert.ok(calls > 2)
  assert.equal((await p.theOne()).lastMessage?.text, 'Hello')
})

test('a replay of everything changes nothing, and brings what was set aside by mistake', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'), said('anna', 'two'))
  const { parse } = p.fake.adapter
  p.fake.adapter.parse = () => {
    throw new Error('a bug in the adapter')
  }
  await p.hear(said('anna', 'three'))
  assert.equal((await p.theOne()).messages.length, 2)
  p.fake.adapter.parse = parse
  const { replayed, channels } = await markForReplay(p.db, p.workspaceId, {})
  assert.equal(replayed, 2)
  p.ingester.look(channels)
  await p.ingester.idle()
  const seen = await p.theOne()
  assert.deepEqual(
    seen.messages.map(m => (m.parts[0] as { text: string }).text),
    ['one', 'two', 'three'],
  )
  assert.equal(seen.unread, 3)
})

test('what was stored before a stop is received after the next start', async t => {
  const p = await testParley(t)
  await p.ingester.stop()
  await p.post(JSON.stringify({ events: [said('anna', 'Hello')] }))
  assert.equal((await p.conversations()).length, 0)
  const next = await testParley(t, p.fake, p.db)
  await next.ingester.idle()
  assert.equal((await p.theOne()).lastMessage?.text, 'Hello')
})

test('what another process writes in the same moment is one message, and its neighbours are received', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  const hearing = await transaction(p.db, async tx => {
    await tx.query(
      `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, author_name, parts, status, external_id, at)
       values ($1, $2, $3, 'in', 'contact', 'Anna', '[{"type":"text","text":"Are you there?"}]', 'received', 'twice', now())`,
      [p.workspaceId, id, p.channelId],
    )
    // In an object: a promise alone would be awaited here, before the commit that it waits for.
    const heard = { done: p.hear(said('anna', 'Are you there?', { id: 'twice' }), said('boris', 'Hi')) }
    await until(() => somebodyWaits(p.db), 'the second waits for the first')
    return heard
  })
  await hearing.done
  const { rows } = await p.db.query('select external_id from messages where workspace_id = $1 and external_id = $2', [
    p.workspaceId,
    'twice',
  ])
  assert.equal(rows.length, 1)
  assert.equal((await p.conversations()).length, 2)
  assert.equal((await listDeliveries(p.db, p.workspaceId, { state: 'quarantined', limit: 10 })).items.length, 0)
})
