import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { listDeliveries } from './deliveries.ts'
import { closeConversation } from './verbs.ts'

const texts = (list: { parts: unknown[] }[]) => list.map(m => (m.parts[0] as { text?: string }).text)

test('a customer writes for the first time: a contact, a conversation, an unread message, a frame for the screens', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Do you have rye bread?', { sender: { name: 'Anna' } }))
  const seen = await p.theOne()
  assert.equal(seen.contact.name, 'Anna')
  assert.equal(seen.status, 'open')
  assert.equal(seen.unread, 1)
  assert.equal(seen.lastMessage?.text, 'Do you have rye bread?')
  assert.deepEqual(texts(seen.messages), ['Do you have rye bread?'])
  const types = p.frames.flatMap(f => f.changes.map(c => c.type))
  assert.ok(types.includes('message') && types.includes('conversation'), types.join())
})

test('a repeated delivery changes nothing', async t => {
  const p = await testParley(t)
  const words = said('anna', 'Hello')
  await p.hear(words)
  const before = await p.theOne()
  await p.hear(words)
  await p.hear(words, words)
  assert.deepEqual(await p.theOne(), before)
})

test('a delivery repeated in the same batch keeps the file of its message', async t => {
  const p = await testParley(t)
  p.fake.files.set('photo', { bytes: Buffer.from('a photo'), mime: 'text/plain', name: 'photo.txt' })
  const picture = said('anna', '', { parts: [{ type: 'image', url: '', ref: 'photo' }] })
  await p.hearTogether([picture], [picture], [picture])
  await p.quiet()
  const { messages } = await p.theOne()
  assert.equal(messages.length, 1)
  assert.equal((messages[0]!.parts[0] as { state?: string }).state, 'ready')
})

test('everything of a batched webhook is received, each to its own conversation', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one'), said('boris', 'two'), said('anna', 'three'), said('vera', 'four'))
  const all = await p.conversations()
  assert.deepEqual(all.map(c => c.address).sort(), ['anna', 'boris', 'vera'])
  assert.equal(all.find(c => c.address === 'anna')!.unread, 2)
})

test('the thread follows the provider’s time, and its running number where the time is the same', async t => {
  const p = await testParley(t)
  const at = (s: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, s))
  await p.hear(
    said('anna', 'third', { at: at(5), order: 12 }),
    said('anna', 'second', { at: at(5), order: 11 }),
    said('anna', 'fourth', { at: at(6) }),
  )
  await p.hear(said('anna', 'first, late', { at: at(1) }))
  const { messages, lastMessage } = await p.theOne()
  assert.deepEqual(texts(messages), ['first, late', 'second', 'third', 'fourth'])
  assert.equal(lastMessage?.text, 'fourth')
})

test('a clock that is broken or ahead does not break the thread', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'before', { at: new Date(Date.now() - 1000) }))
  await p.hear(said('anna', 'no time', { at: 'yesterday' }), said('anna', 'far', { at: '+099999-01-01T00:00:00Z' }))
  const { messages } = await p.theOne()
  assert.deepEqual(texts(messages), ['before', 'no time', 'far'])
  for (const message of messages) assert.ok(Math.abs(Date.parse(message.at) - Date.now()) < 600_000, message.at)
})

test('a closed conversation opens when its customer writes, and the thread says so', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  await closeConversation(p, { workspaceId: p.workspaceId, conversationId: id, by: p.by })
  assert.equal((await p.theOne()).status, 'closed')
  p.frames.length = 0
  await p.hear(said('anna', 'One more thing'))
  assert.equal((await p.theOne()).status, 'open')
  const happening = p.frames.flatMap(f => [...f.changes]).find(c => c.type === 'happening')
  assert.equal(happening?.type === 'happening' && happening.happening.what, 'reopened')
})

test('what merely happened is shown and disturbs nobody', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  await closeConversation(p, { workspaceId: p.workspaceId, conversationId: id, by: p.by })
  await p.hear(event('happened', { from: 'anna', what: 'missed-call' }))
  const seen = await p.theOne()
  assert.equal(seen.status, 'closed')
  assert.equal(seen.unread, 0)
  assert.equal(seen.messages.length, 2)
})

test('rubbish in texts, names, addresses and ids never loses a message', async t => {
  const p = await testParley(t)
  const half = '\ud83d'
  await p.hear(
    said('nul\0address', `a\0b${half}c`, { id: 'nul\0id', sender: { name: `N\0${half}` } }),
    said('long', 'x', { sender: { name: `${'n'.repeat(199)}😀`, username: `${'u'.repeat(999)}😀` } }),
    event('account', { what: 'notice', detail: `${'d'.repeat(491)}😀 \\u0000 ${half}`, level: 'note' }),
    event('unsupported', { from: 'odd', what: `poll\0${half}` }),
  )
  const all = await p.conversations()
  assert.equal(all.length, 3)
  const [message] = await p.messages(all.find(c => c.address === 'nuladdress')!.id)
  assert.deepEqual(texts([message!]), ['ab\ufffdc'])
  const { items } = await listDeliveries(p.db, p.workspaceId, { state: 'quarantined', limit: 10 })
  assert.deepEqual(items, [])
})

test('a hundred thousand characters are one message, searchable and whole', async t => {
  const p = await testParley(t)
  const long = 'слово 😀 word '.repeat(7200)
  await p.hear(said('anna', long))
  const seen = await p.theOne()
  assert.equal((seen.messages[0]!.parts[0] as { text: string }).text, long)
  assert.ok(seen.lastMessage!.text.length <= 160)
})

test('one poisonous event is set aside with its delivery; its neighbours arrive', async t => {
  const p = await testParley(t)
  const poison = { ...said('anna', 'x'), parts: null } as never
  await p.hearTogether([said('anna', 'one')], [poison], [said('boris', 'two')], [said('anna', 'three')])
  await p.post('this is no request of the fake messenger')
  await p.ingester.idle()
  assert.equal((await p.conversations()).length, 2)
  const { items } = await listDeliveries(p.db, p.workspaceId, { state: 'quarantined', limit: 10 })
  assert.equal(items.length, 2)
  assert.match(items[0]!.error!, /^It could not be read: /)
  assert.match(items[1]!.error!, /^It could not be received: /)
})

test('an unknown kind of message is shown as unsupported and counted', async t => {
  const p = await testParley(t)
  await p.hear(event('unsupported', { from: 'anna', what: 'hologram' }))
  const { messages } = await p.theOne()
  assert.deepEqual(messages[0]!.parts, [{ type: 'unsupported', what: 'hologram' }])
  const { rows } = await p.db.query('select received::int, unsupported::int from channel_traffic')
  assert.deepEqual(rows, [{ received: 1, unsupported: 1 }])
})

test('an answer quotes what it answers, also within one batch', async t => {
  const p = await testParley(t)
  const question = said('anna', 'Rye?', { id: 'q' })
  await p.hear(question, said('anna', 'This one', { replyTo: 'q' }))
  const { messages } = await p.theOne()
  assert.equal(messages[1]!.replyTo, messages[0]!.id)
})

test('a quote that overtook what it quotes is tied to it later', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'This one', { replyTo: 'q' }))
  await p.hear(said('anna', 'Rye or wheat?', { id: 'q' }))
  const { messages } = await p.theOne()
  const [question, answer] = ['Rye or wheat?', 'This one'].map(
    text => messages.find(m => JSON.stringify(m.parts).includes(text))!,
  )
  assert.equal(answer!.replyTo, question!.id)
})

test('what the business says elsewhere is an answer: nobody waits any more', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  assert.ok((await p.theOne()).waitingSince)
  await p.hear(event('echo', { from: 'anna', parts: [{ type: 'text', text: 'From the phone' }] }))
  const seen = await p.theOne()
  assert.equal(seen.waitingSince, null)
  assert.equal(seen.messages[1]!.direction, 'out')
})

test('typing is told to open screens and kept nowhere', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello', { sender: { name: 'Anna' } }))
  const seq = p.hub.last(p.workspaceId)
  p.frames.length = 0
  await p.hear(event('typing', { from: 'anna' }), event('typing', { from: 'stranger' }))
  assert.deepEqual(
    p.frames.map(f => [f.seq, f.changes.map(c => c.type === 'typing' && c.who)]),
    [[seq, ['Anna']]],
  )
  assert.equal((await p.conversations()).length, 1)
})

test('who asks not to be written to is remembered by the last word, in whatever order it comes', async t => {
  const p = await testParley(t)
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  await p.hear(event('consent', { from: 'anna', given: false, purpose: 'all', at: at(1) }))
  assert.equal((await p.theOne()).optedOut, true)
  await p.hear(event('consent', { from: 'anna', given: true, purpose: 'all', at: at(5) }))
  assert.equal((await p.theOne()).optedOut, true)
  await p.hear(event('consent', { from: 'anna', given: true, purpose: 'all', at: at(0) }))
  assert.equal((await p.theOne()).optedOut, false)
})
