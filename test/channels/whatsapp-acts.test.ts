import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeNumber, identify, missCall, preferMarketing, reviewTemplate } from '../../sandbox/whatsapp/index.ts'
import type { Act } from '../../sandbox/wire.ts'
import { MediaGone, type Piece } from '../../src/channels/contract.ts'
import { whatsapp } from '../../src/channels/whatsapp/index.ts'
import { ana, heard, openShop, receipts, s, sent, told } from './whatsapp-shop.ts'

openShop()

test('a person may be known by both, or as before 2026 by the phone alone', async () => {
  const [both] = await told({ do: 'text', text: 'Hi' }, 'ana')
  assert.ok(both?.type === 'message')
  assert.match(both.from, /^DE\./)
  assert.deepEqual(both.aliases, [ana])
  identify(s.world, 'joe', 'phone')
  const [phone] = await told({ do: 'text', text: 'Hi' }, 'joe')
  assert.equal(phone?.type === 'message' && phone.from, '15551230001')
})

test('everything a customer can send arrives as what it is', async () => {
  const bytes = Buffer.from('voice')
  const acts: [Act, unknown][] = [
    [
      { do: 'text', text: 'Привет / 🎈' },
      { type: 'text', text: 'Привет / 🎈' },
    ],
    [
      { do: 'location', lat: 1.5, lon: -2.5, name: 'Beach' },
      { type: 'location', lat: 1.5, lon: -2.5, name: 'Beach', address: 'Beach' },
    ],
    [
      { do: 'contact', name: 'Bo Li', phone: '15550001' },
      { type: 'contact', name: 'Bo Li', phones: ['+15550001'] },
    ],
  ]
  for (const [act, part] of acts) {
    const [event] = await told(act)
    assert.deepEqual(event?.type === 'message' && event.parts, [part])
  }
  for (const type of ['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const) {
    const [event] = await told({ do: 'media', type, bytes, mime: 'audio/ogg', name: 'a.bin', caption: 'c' })
    const part = event?.type === 'message' ? event.parts[0] : undefined
    assert.equal(part?.type, type)
    const file = await whatsapp.media!(part && 'ref' in part ? part.ref! : '', s.io)
    assert.equal(Buffer.from(file.bytes).toString(), 'voice')
  }
})

test('coming from an ad carries the ad', async () => {
  const [event] = await told({ do: 'start', ref: 'spring-7' })
  assert.deepEqual(event?.type === 'message' && event.entry, { ref: 'spring-7', source: 'ad' })
  assert.throws(() => s.world.act('ana', { do: 'start' }), /WhatsApp says nothing/)
})

test('a file that is gone is told apart from one that may come later', async () => {
  await assert.rejects(whatsapp.media!('12345', s.io), MediaGone)
  s.world.faults.down = 1
  await assert.rejects(whatsapp.media!('12345', s.io), error => !(error instanceof MediaGone))
})

test('buttons, list rows and template replies come back as the choice', async () => {
  const choices = ['a', 'b', 'c', 'd'].map(id => ({ id, label: id.toUpperCase() }))
  const offers: Piece[] = [
    { type: 'choices', prompt: 'Which?', choices: choices.slice(0, 2) },
    { type: 'choices', prompt: 'Which?', choices },
  ]
  for (const offer of offers) {
    const id = await sent(offer)
    const [event] = await told({ do: 'press', bubble: id, choice: 'b' })
    assert.ok(event?.type === 'chosen')
    assert.deepEqual([event.choice, event.label, event.of], ['b', 'B', id])
  }
  const id = await sent({ type: 'template', name: 'order_shipped', language: 'en_US', values: ['A', '1'] })
  const [event] = await told({ do: 'press', bubble: id, choice: 'Stop' })
  assert.equal(event?.type === 'chosen' && event.choice, 'Stop')
})

test('reactions, changes and deletions of the customer arrive', async () => {
  await told({ do: 'text', text: 'Tusday' })
  const { id } = s.world.bubbles.at(-1)!
  const [edited] = await told({ do: 'edit', bubble: id, text: 'Tuesday' })
  assert.deepEqual(edited?.type === 'edited' && [edited.of, edited.parts], [id, [{ type: 'text', text: 'Tuesday' }]])
  const [deleted] = await told({ do: 'delete', bubble: id })
  assert.equal(deleted?.type === 'deleted' && deleted.of, id)
  const ours = await sent({ type: 'text', text: 'Fine' })
  const [up] = await told({ do: 'react', bubble: ours, emoji: '👍' })
  const [off] = await told({ do: 'react', bubble: ours, emoji: '' })
  assert.deepEqual(
    [up, off].map(e => e?.type === 'reaction' && e.emoji),
    ['👍', ''],
  )
})

test('looking at the phone reads what was delivered', async () => {
  const id = await sent({ type: 'text', text: 'Look here' })
  await told({ do: 'look' })
  assert.deepEqual(receipts(id), ['sent', 'delivered', 'read'])
})

test('calls, new numbers, marketing wishes and template reviews arrive', async () => {
  const calls = await heard(() => missCall(s.world, 'ana'))
  assert.deepEqual(
    calls.map(e => e.type === 'happened' && e.what),
    ['call-incoming', 'call-missed'],
  )
  const [stop] = await heard(() => preferMarketing(s.world, 'ana', 'stop'))
  assert.deepEqual(stop?.type === 'consent' && [stop.given, stop.purpose], [false, 'marketing'])
  const [review] = await heard(() => reviewTemplate(s.world, 'appointment', 'REJECTED'))
  assert.deepEqual(review?.type === 'account' && [review.what, review.level], [
    'message-template-status-rejected',
    'warning',
  ])
  const [before] = await told({ do: 'text', text: 'old number' }, 'joe')
  const [moved] = await heard(() => changeNumber(s.world, 'joe', '15551230002'))
  assert.ok(before?.type === 'message' && moved?.type === 'moved')
  assert.deepEqual([moved.from, moved.to], [before.from, '15551230002'])
})
