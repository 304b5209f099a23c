import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { connectFake, makeWorkspace, testParley } from '../../test/parley.ts'
import { inWorkspace } from '../db/connect.ts'
import { search } from './search.ts'

type Tested = Awaited<ReturnType<typeof testParley>>

const find = (p: Tested, words: string, workspaceId = p.workspaceId) =>
  inWorkspace(p.db, workspaceId, tx => search(tx, workspaceId, words))

const people = async (p: Tested, words: string) => (await find(p, words)).people.map(c => c.contact.name).sort()
const excerpts = async (p: Tested, words: string) => (await find(p, words)).messages.map(m => m.excerpt)

test('words are found by their stems in English and Russian, and by their beginnings in any language', async t => {
  const p = await testParley(t)
  await p.hear(said('a', 'When are the deliveries'), said('b', 'Спасибо за доставку'), said('c', 'Tilaukseni puuttuu'))
  assert.deepEqual(await excerpts(p, 'delivery'), ['When are the <mark>deliveries</mark>'])
  assert.deepEqual(await excerpts(p, 'доставка'), ['Спасибо за <mark>доставку</mark>'])
  assert.deepEqual(await excerpts(p, 'tilau'), ['<mark>Tilaukseni</mark> puuttuu'])
  assert.deepEqual(await excerpts(p, 'delivery доставка'), [])
  assert.deepEqual(await excerpts(p, 'the'), [])
})

test('the words around what was found are shown whole, be it in a text, a subject or a button', async t => {
  const p = await testParley(t)
  const choices = [{ id: 'a', label: 'Rye layer cake' }]
  await p.hear(
    said('a', 'Do you ship rye bread to the US'),
    said('b', '', { parts: [{ type: 'choices', prompt: 'Which one shall we bake?', choices }] }),
    said('c', '', { parts: [{ type: 'mail', subject: 'Re: Rye', text: 'It is for my aunt' }] }),
  )
  assert.deepEqual((await excerpts(p, 'rye')).sort(), [
    'Do you ship <mark>rye</mark> bread to the US',
    'Re: <mark>Rye</mark> It is for my aunt',
    'Which one shall we bake? <mark>Rye</mark> layer cake',
  ])
})

test('of what was said often the newest is shown, newest first', async t => {
  const p = await testParley(t)
  const at = (n: number) => ({ at: new Date(Date.UTC(2026, 1, 1, 0, n)) })
  await p.hear(...Array.from({ length: 50 }, (_, n) => said('a', `Hello ${n}`, at(n))))
  const shown = (await find(p, 'hello')).messages.map(m => m.message.parts[0])
  assert.equal(shown.length, 40)
  assert.deepEqual(shown[0], { type: 'text', text: 'Hello 49' })
  assert.deepEqual(shown[39], { type: 'text', text: 'Hello 10' })
})

test('people are found by any part of their name, in any script, however short', async t => {
  const p = await testParley(t)
  for (const name of ['Анна Лебедева', 'Väinö Mäki', '李小龙', 'Ivan_50% off'])
    await p.hear(said(name, 'Hi', { sender: { name } }))
  assert.deepEqual(await people(p, 'лебед'), ['Анна Лебедева'])
  assert.deepEqual(await people(p, 'АННА Л'), ['Анна Лебедева'])
  assert.deepEqual(await people(p, 'äin'), ['Väinö Mäki'])
  assert.deepEqual(await people(p, '小龙'), ['李小龙'])
  assert.deepEqual(await people(p, '李'), ['李小龙'])
  assert.deepEqual(await people(p, '50% o'), ['Ivan_50% off'])
  assert.deepEqual(await people(p, 'a_n'), [])
  assert.deepEqual(await people(p, '%'), ['Ivan_50% off'])
  assert.deepEqual(await people(p, 'nna v'), [])
})

test('people are found by a part of their number, however it is written, and by their username', async t => {
  const p = await testParley(t)
  await p.hear(said('358401234567', 'Hi', { sender: { name: 'Anna', username: 'anna_bakes' } }))
  await p.hear(said('358409999999', 'Hi', { sender: { name: 'Boris' } }))
  assert.deepEqual(await people(p, '+358 40 123-45'), ['Anna'])
  assert.deepEqual(await people(p, '1234'), ['Anna'])
  assert.deepEqual(await people(p, 'A_BAKES'), ['Anna'])
  assert.deepEqual(await people(p, '35840'), ['Anna', 'Boris'])
})

test('a workspace finds nothing of another, neither words nor people', async t => {
  const p = await testParley(t)
  const other = await makeWorkspace(p.db, 'other')
  const theirs = await connectFake(p, other)
  await p.hear(said('anna', 'for Rye', { sender: { name: 'Anna' } }))
  await p.post(JSON.stringify({ events: [said('boris', 'for Oak', { sender: { name: 'Boris' } })] }), theirs)
  await p.ingester.idle()
  assert.deepEqual(await excerpts(p, 'oak'), [])
  assert.deepEqual(await people(p, 'boris'), [])
  const there = await find(p, 'boris', other)
  assert.equal(there.people.length, 1)
  assert.equal((await find(p, 'oak', other)).messages.length, 1)
  // Asked for another workspace than the transaction is sealed into, the database still gives nothing.
  const asked = await inWorkspace(p.db, other, tx => search(tx, p.workspaceId, 'rye'))
  assert.deepEqual(asked, { people: [], messages: [] })
})
