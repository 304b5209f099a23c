import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { addNote, assign, closeConversation, markRead, reopenConversation } from './verbs.ts'

const hour = 3_600_000

test('one click is one message, however often the request is repeated, also all at once', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  const replies = await Promise.all(Array.from({ length: 8 }, () => p.say(id, 'Yes', 'click-1')))
  await p.quiet()
  assert.deepEqual(new Set(replies.map(r => r.ok && r.message.id)).size, 1)
  assert.equal(replies.filter(r => r.ok && !r.repeated).length, 1)
  assert.equal(p.fake.sent.length, 1)
  assert.equal((await p.theOne()).messages.length, 2)
})

test('the same words under two client ids are two messages', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  await p.say(id, 'Yes', 'click-1')
  await p.say(id, 'Yes', 'click-2')
  await p.quiet()
  assert.equal(p.fake.sent.length, 2)
})

test('answers given at the same moment go out in the order the thread shows', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  await Promise.all(Array.from({ length: 20 }, (_, n) => p.say(id, `answer ${n}`)))
  await p.quiet()
  const shown = (await p.theOne()).messages
    .filter(m => m.direction === 'out')
    .map(m => (m.parts[0] as { text: string }).text)
  assert.deepEqual(
    p.fake.sent.map(s => (s.piece as { text: string }).text),
    shown,
  )
  assert.equal(shown.length, 20)
})

test('an answer stands below what it answers, though the customer’s clock runs ahead', async t => {
  const p = await testParley(t)
  p.time.offset = -5000
  await p.hear(said('anna', 'from the future', { at: new Date(Date.now() + hour) }))
  const { id } = await p.theOne()
  await p.say(id, 'answer')
  const { messages } = await p.theOne()
  assert.deepEqual(
    messages.map(m => m.direction),
    ['in', 'out'],
  )
})

test('outside the window nothing is queued, and the refusal says why', async t => {
  const p = await testParley(t, fakeChannel({ window: { hours: 24, after: 'template' } }))
  await p.hear(said('anna', 'Hello', { at: new Date(Date.now() - 25 * hour) }))
  const { id } = await p.theOne()
  const refused = await p.say(id, 'Too late')
  assert.deepEqual(refused, { ok: false, why: 'refused', because: [{ code: 'window-closed' }], but: 'template' })
  await p.quiet()
  assert.equal(p.fake.sent.length, 0)
  const { rows } = await p.db.query('select from jobs union all select from pieces')
  assert.equal(rows.length, 0)
  await p.hear(said('anna', 'Are you there?'))
  assert.equal((await p.say(id, 'Yes')).ok, true)
})

test('who opted out is not written to', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'STOP'), event('consent', { from: 'anna', given: false, purpose: 'all' }))
  const { id } = await p.theOne()
  assert.deepEqual(await p.say(id, 'But why?'), { ok: false, why: 'refused', because: [{ code: 'opted-out' }] })
})

test('a long text goes out in pieces, in order, and the message says so', async t => {
  const p = await testParley(t, fakeChannel({ text: { max: 10, unit: 'codepoints' } }))
  await p.hear(said('anna', 'Hello'))
  const { id } = await p.theOne()
  const replied = await p.say(id, 'one two three four five')
  assert.deepEqual(replied.ok && replied.message.changes, ['The text is sent in 3 messages'])
  await p.quiet()
  assert.equal(p.fake.sent.map(s => (s.piece as { text: string }).text).join(''), 'one two three four five')
})

test('an answer ends the waiting, and an unknown conversation or message is told apart', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const before = await p.theOne()
  assert.ok(before.waitingSince && before.unread === 1)
  await p.say(before.id, 'Hi')
  const after = await p.theOne()
  assert.deepEqual([after.waitingSince, after.unread], [null, 0])
  assert.deepEqual(await p.say('999', 'Hi'), { ok: false, why: 'no-conversation' })
})

test('closing, reopening and handing over are rows and lines of the thread, told once', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const on = { workspaceId: p.workspaceId, conversationId: (await p.theOne()).id, by: p.by }
  p.frames.length = 0
  await assign(p, { ...on, agentId: p.by.id, cause: 'by hand' })
  await assign(p, { ...on, agentId: p.by.id, cause: 'by hand' })
  await closeConversation(p, on)
  await closeConversation(p, on)
  await reopenConversation(p, on)
  await markRead(p, on)
  const happened = p.frames.flatMap(f => f.changes.flatMap(c => (c.type === 'happening' ? c.happening.what : [])))
  assert.deepEqual(happened, ['assigned', 'closed', 'reopened'])
  assert.deepEqual((await p.theOne()).assignee, { id: p.by.id, name: 'Ann' })
})

test('a note is kept once, seen by colleagues and never sent', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  const what = {
    workspaceId: p.workspaceId,
    conversationId: (await p.theOne()).id,
    by: p.by,
    text: `Regular customer\0`,
    clientId: 'n1',
  }
  const first = await addNote(p, what)
  assert.deepEqual(await addNote(p, what), first)
  assert.equal(first?.text, 'Regular customer')
  await p.quiet()
  assert.equal(p.fake.sent.length, 0)
})
