import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, said } from '../../test/fake-channel.ts'
import { connectFake, makeWorkspace, somebodyWaits, testParley, until } from '../../test/parley.ts'
import { changingAsWorker } from '../live/publish.ts'
import { listConversations } from './list.ts'
import { conversationsById, holdConversationsOf } from './store.ts'

test('a person with two addresses has one conversation, by whichever they write', async t => {
  const p = await testParley(t)
  await p.hear(said('network-id', 'one', { aliases: ['+358401234567'] }))
  await p.hear(said('+358401234567', 'two'))
  const seen = await p.theOne()
  assert.equal(seen.messages.length, 2)
  assert.deepEqual(seen.contact.identities.map(i => i.address).sort(), ['+358401234567', 'network-id'])
})

test('answers go to the address that was written from last', async t => {
  const p = await testParley(t)
  await p.hear(said('network-id', 'one', { aliases: ['+358401234567'] }))
  await p.hear(said('+358401234567', 'two'))
  assert.equal((await p.theOne()).address, '+358401234567')
})

test('who moves keeps the conversation: the new address leads to it, answers go there', async t => {
  const p = await testParley(t)
  await p.hear(said('old', 'Hello', { sender: { name: 'Anna' } }))
  await p.hear(event('moved', { from: 'old', to: 'new' }))
  assert.equal((await p.theOne()).address, 'new')
  await p.hear(said('new', 'Here I am'))
  const seen = await p.theOne()
  assert.equal(seen.contact.name, 'Anna')
  assert.equal(seen.messages.length, 3)
})

test('who moves and writes at once, all in one batch, keeps the conversation', async t => {
  const p = await testParley(t)
  await p.hear(said('old', 'Hello'))
  await p.hearTogether([event('moved', { from: 'old', to: 'new' })], [said('new', 'Here I am')])
  assert.equal((await p.theOne()).address, 'new')
})

test('a person’s own new name is taken over, unless somebody of the team wrote another', async t => {
  const p = await testParley(t)
  const write = (name: string) => p.hear(said('anna', 'Hello', { sender: { name } }))
  await write('Anna')
  await write('Anna Virtanen')
  assert.equal((await p.theOne()).contact.name, 'Anna Virtanen')
  await p.db.query(`update contacts set name = 'Anna (baker)', named = true`)
  await write('Anna V.')
  assert.equal((await p.theOne()).contact.name, 'Anna (baker)')
})

test('the same address in two workspaces is two people, sealed from each other', async t => {
  const p = await testParley(t)
  const other = await makeWorkspace(p.db, 'other')
  const theirs = await connectFake(p, other)
  await p.hear(said('anna', 'for Rye', { id: 'same' }))
  await p.post(JSON.stringify({ events: [said('anna', 'for the other', { id: 'same' })] }), theirs)
  await p.ingester.idle()
  const { items } = await listConversations(p.db, other, { view: 'all', agentId: null, limit: 10 })
  assert.deepEqual(
    items.map(c => c.lastMessage?.text),
    ['for the other'],
  )
  assert.equal((await p.theOne()).lastMessage?.text, 'for Rye')
})

test('many strangers of one batch each get their own name and words', async t => {
  const p = await testParley(t)
  const names = Array.from({ length: 60 }, (_, n) => `Guest ${n}`)
  await p.hear(...names.map(name => said(`address of ${name}`, `I am ${name}`, { sender: { name } })))
  for (const c of await p.conversations()) {
    assert.equal(c.lastMessage?.text, `I am ${c.contact.name}`)
    assert.equal(c.address, `address of ${c.contact.name}`)
  }
  assert.equal((await p.conversations()).length, 60)
})

test('a name that changes while a message waits is in what is told of it', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { contact } = await p.theOne()
  const hearing = await changingAsWorker(p, p.workspaceId, async tx => {
    const [id] = await holdConversationsOf(tx, p.workspaceId, contact.id)
    // In an object: a promise alone would be awaited here, before the commit that it waits for.
    const heard = { done: p.hear(said('anna', 'Are you there?')) }
    await until(() => somebodyWaits(p.db), 'the message waits for the conversation')
    await tx.query(`update contacts set name = 'Aunt Anna', named = true where id = $1`, [contact.id])
    for (const conversation of await conversationsById(tx, p.workspaceId, [id!]))
      tx.tell({ type: 'conversation', conversation })
    return heard
  })
  await hearing.done
  const told = p.frames.flatMap(f => f.changes).flatMap(c => (c.type === 'conversation' ? [c.conversation] : []))
  assert.equal(told.at(-1)!.lastMessage?.text, 'Are you there?')
  assert.equal(told.at(-1)!.contact.name, 'Aunt Anna')
})
