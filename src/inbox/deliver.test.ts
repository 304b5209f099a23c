import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, fakeChannel, said } from '../../test/fake-channel.ts'
import { type TestParley, testParley, until } from '../../test/parley.ts'
import type { ExternalId, SendResult } from '../channels/contract.ts'
import { disconnect, editChannel } from '../connections/connect.ts'
import { resend } from './resend.ts'

const id = (text: string): SendResult => ({ ok: true, id: text as ExternalId })
const words = (p: TestParley) => p.fake.sent.map(s => (s.piece as { text?: string }).text)

/** Anna has written, so that she may be answered. */
async function withAnna(t: Parameters<typeof testParley>[0], fake = fakeChannel()) {
  const p = await testParley(t, fake)
  await p.hear(said('anna', 'Hello', { id: 'hello' }))
  const { id: conversationId } = await p.theOne()
  const last = async () => (await p.theOne()).messages.at(-1)!
  const again = async () => resend(p, { ...p, conversationId, messageId: (await last()).id })
  return { ...p, conversationId, last, again, answer: (text: string) => p.say(conversationId, text) }
}

test('an answer goes out, is marked sent, then delivered and read as the receipts come', async t => {
  const p = await withAnna(t)
  await p.answer('Yes, we have rye.')
  await p.quiet()
  assert.deepEqual(words(p), ['Yes, we have rye.'])
  assert.equal((await p.last()).status, 'sent')
  await p.hear(event('receipt', { of: 'out-1', status: 'read' }))
  assert.equal((await p.last()).status, 'read')
  await p.hear(event('receipt', { of: 'out-1', status: 'delivered' }))
  assert.equal((await p.last()).status, 'read')
  assert.equal((await p.theOne()).lastMessage?.status, 'read')
})

test('a receipt that overtakes the provider’s answer counts when the answer comes', async t => {
  const p = await withAnna(t)
  p.fake.answer = async () => {
    await p.hear(event('receipt', { of: 'early', status: 'delivered' }))
    return id('early')
  }
  await p.answer('Yes')
  await p.quiet()
  assert.equal((await p.last()).status, 'delivered')
})

test('"all until now was read" covers what we sent before, not after', async t => {
  const p = await withAnna(t)
  await p.answer('one')
  await p.quiet()
  const seen = await until(async () => (await p.db.query<{ now: Date }>('select now()')).rows[0], 'a time')
  await p.answer('two')
  await p.quiet()
  await p.hear(event('watermark', { from: 'anna', until: seen.now, status: 'read' }))
  const [, one, two] = (await p.theOne()).messages
  assert.deepEqual([one!.status, two!.status], ['read', 'sent'])
})

test('answers of one conversation go out in order, also when the first one waits', async t => {
  const p = await withAnna(t)
  const results: SendResult[] = [{ ok: false, why: 'down', detail: 'away' }]
  p.fake.answer = () => results.shift() ?? id(`out-${p.fake.sent.length}`)
  await p.answer('one')
  await p.answer('two')
  await p.answer('three')
  await p.quiet()
  assert.deepEqual(words(p), ['one'])
  assert.equal((await p.last()).status, 'queued')
  await p.hurry()
  assert.deepEqual(words(p), ['one', 'one', 'two', 'three'])
  assert.equal(p.fake.sent[0]!.to.key, p.fake.sent[1]!.to.key)
  assert.equal((await p.last()).status, 'sent')
})

test('when a piece fails the ones after it wait; "send again" goes on from it', async t => {
  const p = await withAnna(t, fakeChannel({ text: { max: 6, unit: 'codepoints' } }))
  p.fake.answer = piece =>
    (piece as { text: string }).text.startsWith('two') && p.fake.sent.length < 3
      ? { ok: false, why: 'invalid', detail: 'Not this.' }
      : id(`out-${p.fake.sent.length}`)
  await p.answer('one   two   three ')
  await p.quiet()
  const failed = await p.last()
  assert.equal(failed.status, 'failed')
  assert.deepEqual(failed.failure, { why: 'invalid', detail: 'Not this.' })
  const key = p.fake.sent[1]!.to.key
  await p.again()
  assert.notEqual((await p.last()).status, 'failed')
  await p.quiet()
  assert.deepEqual(words(p), ['one   ', 'two   ', 'two   ', 'three '])
  assert.notEqual(p.fake.sent[2]!.to.key, key)
  const sent = await p.last()
  assert.equal(sent.status, 'sent')
  assert.equal(sent.failure, undefined)
  assert.equal(await p.again(), 'not-needed')
})

test('a lost answer is unknown: never sent again by itself, but by a click', async t => {
  const p = await withAnna(t)
  p.fake.answer = () =>
    p.fake.sent.length === 1 ? { ok: false, why: 'unknown', detail: 'The line broke.' } : id('second')
  await p.answer('Yes')
  await p.quiet()
  assert.equal((await p.last()).status, 'unknown')
  await p.hurry()
  assert.equal(p.fake.sent.length, 1)
  await p.again()
  await p.quiet()
  assert.equal((await p.last()).status, 'sent')
})

test('a lost answer is settled when the provider speaks of our key', async t => {
  const p = await withAnna(t)
  p.fake.answer = () => ({ ok: false, why: 'unknown', detail: 'The line broke.' })
  await p.answer('Yes')
  await p.quiet()
  await p.hear(event('receipt', { of: 'theirs', key: p.fake.sent[0]!.to.key, status: 'delivered' }))
  const message = await p.last()
  assert.equal(message.status, 'delivered')
  assert.equal(message.externalId, 'theirs')
})

test('a lost answer is asked for again under the same key where the provider knows repetitions', async t => {
  const p = await withAnna(t, fakeChannel({ idempotent: true }))
  p.fake.answer = () => (p.fake.sent.length < 3 ? { ok: false, why: 'unknown', detail: 'The line broke.' } : id('x'))
  await p.answer('Yes')
  await p.quiet()
  await p.hurry()
  await p.hurry()
  assert.equal(new Set(p.fake.sent.map(s => s.to.key)).size, 1)
  assert.equal((await p.last()).status, 'sent')
})

for (const [what, can, status, calls] of [
  ['becomes unknown and is not sent again', {}, 'unknown', 0],
  ['is sent again where the provider knows repetitions', { idempotent: true }, 'sent', 1],
] as const)
  test(`what a crash left half sent ${what}`, async t => {
    const p = await withAnna(t, fakeChannel(can))
    await p.worker.stop()
    await p.answer('Yes')
    await p.db.query(`update pieces set status = 'sending', attempts = 1`)
    const next = await testParley(t, p.fake, p.db)
    await next.quiet()
    const message = await until(async () => {
      const seen = await p.last()
      return seen.status === status && seen
    }, `the message is ${status}`)
    assert.equal(p.fake.sent.length, calls)
    assert.equal(message.status, status)
  })

test('refused credentials hold the channel: all is kept, and goes out in order after new settings', async t => {
  const p = await withAnna(t)
  await p.hear(said('boris', 'Hello'))
  const boris = (await p.conversations()).find(c => c.address === 'boris')!
  p.fake.answer = () =>
    p.fake.sent.at(-1)!.token === 'one'
      ? { ok: false, why: 'auth', detail: 'Token revoked.' }
      : id(`o-${p.fake.sent.length}`)
  const anna = (await p.conversations()).find(c => c.address === 'anna')!
  await p.say(anna.id, 'one')
  await p.quiet()
  await p.say(anna.id, 'two')
  await p.say(boris.id, 'three')
  await p.quiet()
  const { rows } = await p.db.query<{ state: string }>('select state from channels')
  assert.equal(rows[0]!.state, 'reconnect')
  assert.equal(p.fake.sent.length, 1)
  const edited = await editChannel(p, p.workspaceId, p.channelId, { settings: { token: 'two' } })
  assert.ok(edited?.ok && edited.channel.health.state !== 'alarm')
  await p.quiet()
  const sent = p.fake.sent.slice(1)
  assert.deepEqual(
    sent.filter(s => s.to.address === 'anna').map(s => (s.piece as { text: string }).text),
    ['one', 'two'],
  )
  assert.equal(sent.length, 3)
})

test('what waits for a channel that is removed fails and says why', async t => {
  const p = await withAnna(t)
  p.fake.answer = () => ({ ok: false, why: 'down', detail: 'away' })
  await p.answer('Yes')
  await p.quiet()
  await disconnect(p, p.workspaceId, p.channelId)
  await p.hurry()
  const message = await p.last()
  assert.equal(message.status, 'failed')
  assert.equal(message.failure?.detail, 'The channel was removed.')
})

test('an adapter that throws loses nothing: the message is unknown and the next one goes out', async t => {
  const p = await withAnna(t)
  p.fake.answer = () => {
    if (p.fake.sent.length === 1) throw new Error('a bug\0')
    return id('fine')
  }
  await p.answer('one')
  await p.answer('two')
  await p.quiet()
  const [, one, two] = (await p.theOne()).messages
  assert.deepEqual([one!.status, two!.status], ['unknown', 'sent'])
})

test('a customer who writes while answers are recorded loses nothing and sets nothing aside', async t => {
  const p = await withAnna(t)
  const talk = Array.from({ length: 30 }, async (_, n) => {
    await p.answer(`answer ${n}`)
    await p.post(
      JSON.stringify({ events: [said('anna', `word ${n}`), event('receipt', { of: `out-${n}`, status: 'read' })] }),
    )
  })
  await Promise.all(talk)
  await p.ingester.idle()
  await p.quiet()
  const { messages } = await p.theOne()
  assert.equal(messages.length, 61)
  assert.deepEqual(new Set(messages.filter(m => m.direction === 'out').map(m => m.status)).size <= 2, true)
  const { rows } = await p.db.query('select error from open_deliveries')
  assert.deepEqual(rows, [])
})
