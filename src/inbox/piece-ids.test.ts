import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley, until } from '../../test/parley.ts'
import type { ExternalId, ReceiptStatus, SendResult } from '../channels/contract.ts'
import { type Queryable, transaction } from '../db/connect.ts'
import { applyReceipts } from './receipts.ts'
import { resend } from './resend.ts'
import { sweep } from './sweep.ts'

const failure = { why: 'invalid' as const, detail: 'The telephone is full.' }
const of = (id: string, status: ReceiptStatus) =>
  event('receipt', { of: id, status, ...(status === 'failed' && { failure }) })

/** The provider makes three messages of all that is said: 1a, 1b and 1c of the first. */
const inThree = (n: number): SendResult & { ok: true } => {
  const [id, ...more] = ['a', 'b', 'c'].map(part => `${n}${part}` as ExternalId)
  return { ok: true, id: id!, more }
}

async function withAnna(t: Parameters<typeof testParley>[0], fake = fakeChannel()) {
  fake.answer = () => inThree(fake.sent.length)
  const p = await testParley(t, fake)
  await p.hear(said('anna', 'Hello', { id: 'hello' }))
  const { id: conversationId } = await p.theOne()
  const last = async () => (await p.theOne()).messages.at(-1)!
  return {
    ...p,
    last,
    status: async () => (await last()).status,
    async answer(text: string) {
      await p.say(conversationId, text)
      await p.quiet()
    },
    async again() {
      await resend(p, { ...p, conversationId, messageId: (await last()).id })
      await p.quiet()
    },
    waiting: async () =>
      (await p.db.query<{ external_id: string }>('select external_id from receipts where not applied')).rows,
  }
}

test('what went in three parts is delivered and read when all three are, in whatever order that is told', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  const seen: string[] = []
  for (const [id, status] of [
    ['1c', 'delivered'],
    ['1a', 'read'],
    ['1b', 'delivered'],
    ['1c', 'read'],
    ['1a', 'delivered'],
    ['1b', 'read'],
  ] as const) {
    await p.hear(of(id, status))
    seen.push(await p.status())
  }
  assert.deepEqual(seen, ['sent', 'sent', 'delivered', 'delivered', 'delivered', 'read'])
  assert.deepEqual(await p.waiting(), [])
  assert.equal((await p.theOne()).lastMessage?.status, 'read')
})

test('receipts of all parts in one delivery, and each of them twice, come to the same', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  const told = ['1b', '1a', '1c'].map(id => of(id, 'delivered'))
  await p.hearTogether([...told, ...told], told)
  assert.equal(await p.status(), 'delivered')
  await p.hear(...told)
  assert.equal(await p.status(), 'delivered')
})

test('when one part fails the message has failed, with that part’s reason, whatever becomes of the others', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.hear(of('1a', 'delivered'))
  await p.hear(of('1b', 'failed'))
  await p.hear(of('1c', 'delivered'))
  const message = await p.last()
  assert.equal(message.status, 'failed')
  assert.deepEqual(message.failure, failure)
})

test('a part that was delivered did not fail', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.hear(of('1b', 'delivered'))
  await p.hear(of('1b', 'failed'))
  assert.equal(await p.status(), 'sent')
})

test('receipts of parts that overtake the provider’s answer count when it comes', async t => {
  const p = await withAnna(t)
  p.fake.answer = async () => {
    await p.hear(of('1c', 'delivered'), of('1b', 'delivered'))
    return inThree(1)
  }
  await p.answer('A long answer')
  assert.equal(await p.status(), 'sent')
  await p.hear(of('1a', 'delivered'))
  assert.equal(await p.status(), 'delivered')
})

test('a failure of a later part that overtakes the answer counts too', async t => {
  const p = await withAnna(t)
  p.fake.answer = async () => {
    await p.hear(of('1c', 'failed'))
    return inThree(1)
  }
  await p.answer('A long answer')
  assert.deepEqual((await p.last()).failure, failure)
})

test('receipts that missed the answer by a moment are found later', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.hear(of('1a', 'delivered'), of('1b', 'delivered'))
  await p.db.query(
    `insert into receipts (workspace_id, channel_id, external_id, status, at) values ($1, $2, '1c', 'delivered', now())`,
    [p.workspaceId, p.channelId],
  )
  await sweep(p)
  assert.equal(await p.status(), 'delivered')
})

test('two processes that hear of different parts at the same moment come to the whole', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.db.query(
    `insert into receipts (workspace_id, channel_id, external_id, status, at) select $1, $2, unnest($3::text[]), 'delivered', now()`,
    [p.workspaceId, p.channelId, ['1a', '1b', '1c']],
  )
  const apply = (tx: Queryable, ids: string[]) =>
    applyReceipts(
      tx,
      p.workspaceId,
      ids.map(externalId => ({ channelId: p.channelId, externalId })),
    )
  const waits = async () =>
    (await p.db.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
      .rowCount
  const other = await transaction(p.db, async first => {
    await apply(first, ['1a', '1b'])
    const second = transaction(p.db, tx => apply(tx, ['1c']))
    await until(waits, 'the second waits for the first')
    return { second }
  })
  await other.second
  assert.equal(await p.status(), 'delivered')
})

test('of a text in two pieces each part of each piece counts', async t => {
  const p = await withAnna(t, fakeChannel({ text: { max: 6, unit: 'codepoints' } }))
  await p.answer('one   two   ')
  await p.hear(...['1a', '1b', '1c', '2a', '2c'].map(id => of(id, 'delivered')))
  assert.equal(await p.status(), 'sent')
  await p.hear(of('2b', 'delivered'))
  assert.equal(await p.status(), 'delivered')
})

test('what is sent again counts by the parts of the new try', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.hear(of('1a', 'delivered'), of('1b', 'failed'))
  await p.again()
  assert.equal(await p.status(), 'sent')
  await p.hear(of('1c', 'failed'))
  assert.equal(await p.status(), 'sent')
  await p.hear(of('2a', 'delivered'), of('2c', 'delivered'), of('2b', 'delivered'))
  const message = await p.last()
  assert.equal(message.status, 'delivered')
  assert.equal(message.failure, undefined)
  assert.deepEqual(await p.waiting(), [])
})

test('"all until now was read" covers all parts', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  await p.hear(of('1b', 'delivered'))
  const { rows } = await p.db.query<{ now: Date }>('select now()')
  await p.hear(event('watermark', { from: 'anna', until: rows[0]!.now, status: 'read' }))
  assert.equal(await p.status(), 'read')
})

/** Before the answer names all parts, the provider tells by our key how far one of them is. */
async function settledByKey(t: Parameters<typeof testParley>[0], status: ReceiptStatus) {
  const p = await withAnna(t)
  p.fake.answer = async (_piece, to) => {
    await p.hear(event('receipt', { of: '1b', key: to.key, status }))
    return inThree(1)
  }
  await p.answer('A long answer')
  return p
}

test('a lost answer that the provider settles by our key knows the other parts when they are named', async t => {
  const p = await settledByKey(t, 'sent')
  await p.hear(of('1b', 'delivered'), of('1c', 'delivered'))
  assert.equal(await p.status(), 'sent')
  await p.hear(of('1a', 'delivered'))
  assert.equal(await p.status(), 'delivered')
})

test('what was told delivered before its other parts were known is not taken back, but one of them may fail', async t => {
  const p = await settledByKey(t, 'delivered')
  await p.hear(of('1a', 'delivered'))
  assert.equal(await p.status(), 'delivered')
  await p.hear(of('1c', 'failed'))
  assert.equal(await p.status(), 'failed')
})

test('a quote, a reaction, an edit and an echo that name a later part find the message', async t => {
  const p = await withAnna(t)
  await p.answer('A long answer')
  const ours = await p.last()
  await p.hear(
    event('reaction', { from: 'anna', of: '1c', emoji: '👍', sender: { name: 'Anna' } }),
    said('anna', 'That one', { replyTo: '1b' }),
  )
  await p.hear(event('echo', { id: '1c', from: 'anna', parts: [{ type: 'text', text: 'the third part' }] }))
  await p.hear(event('edited', { from: 'anna', of: '1b', parts: [{ type: 'text', text: 'corrected' }] }))
  const { messages } = await p.theOne()
  assert.equal(messages.length, 3)
  const [, seen, quoting] = messages
  assert.equal(quoting!.replyTo, ours.id)
  assert.deepEqual(
    seen!.reactions?.map(r => r.emoji),
    ['👍'],
  )
  assert.deepEqual(seen!.parts, [{ type: 'text', text: 'corrected' }])
})

test('a reaction and a quote of a later part that overtake the answer wait for it', async t => {
  const p = await withAnna(t)
  p.fake.answer = async () => {
    await p.hear(
      event('reaction', { from: 'anna', of: '1c', emoji: '👍', sender: { name: 'Anna' } }),
      said('anna', 'That one', { replyTo: '1b' }),
    )
    return inThree(1)
  }
  await p.answer('A long answer')
  const { messages } = await p.theOne()
  const ours = messages.find(m => m.direction === 'out')!
  assert.equal(
    messages.find(m => m.parts.some(part => part.type === 'text' && part.text === 'That one'))?.replyTo,
    ours.id,
  )
  assert.equal(ours.reactions?.length, 1)
})

test('an id that the provider gave twice stays with the message that had it first', async t => {
  const p = await withAnna(t)
  await p.answer('one')
  p.fake.answer = () => ({ ok: true, id: '1b' as ExternalId, more: ['1c' as ExternalId, '2a' as ExternalId] })
  await p.answer('two')
  await p.hear(of('1a', 'delivered'), of('1b', 'delivered'), of('1c', 'delivered'))
  const statuses = async () => (await p.theOne()).messages.slice(1).map(m => m.status)
  assert.deepEqual(await statuses(), ['delivered', 'sent'])
  await p.hear(of('2a', 'delivered'))
  assert.deepEqual(await statuses(), ['delivered', 'delivered'])
})

test('the same id for all parts is one id', async t => {
  const p = await withAnna(t)
  p.fake.answer = () => ({ ok: true, id: 'x' as ExternalId, more: ['x' as ExternalId, 'x' as ExternalId] })
  await p.answer('A long answer')
  await p.hear(of('x', 'delivered'))
  assert.equal(await p.status(), 'delivered')
  assert.deepEqual((await p.db.query('select from piece_ids')).rows, [])
})
