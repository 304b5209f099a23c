import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Refused } from '../harness/api.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'
import type { Messenger } from '../harness/worlds.ts'

const town = await openTown()
const limits = { whatsapp: 4096, telegram: 4096, viber: 7000 } as const
const messengers = ['whatsapp', 'telegram', 'viber'] as const

const onPhone = (kind: Messenger) =>
  town
    .world(kind)
    .bubbles.filter(b => b.person === folk[kind].id && b.from === 'business')
    .map(textOf)

async function begin(kind: Messenger) {
  town.act(kind, { do: 'text', text: 'Tell me everything' })
  return town.conversation(kind)
}

const letters = (text: string): string => text.replace(/\s/gu, '')
const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), s => s.segment)

for (const kind of messengers) {
  test(`a long answer reaches ${kind} in pieces, in order, whole words, nothing missing`, async () => {
    const conversation = await begin(kind)
    const before = onPhone(kind).length
    const text = Array.from({ length: 1500 }, (_, n) => `loaf${n}`).join(' ')
    const { id, changes } = await town.answer(conversation, text)
    assert.ok(
      changes?.some(change => /messages/.test(change)),
      `it is told: ${changes}`,
    )
    await town.message(conversation, 'all of it is sent', m => m.id === id && ['sent', 'delivered'].includes(m.status))
    const pieces = onPhone(kind).slice(before)
    assert.ok(pieces.length > 1 && pieces.every(piece => piece.length <= limits[kind]))
    assert.deepEqual(pieces.join(' ').split(/\s+/), text.split(' '))
  })

  test(`no emoji and no accent is torn at the end of a piece on ${kind}`, async () => {
    const conversation = await begin(kind)
    const before = onPhone(kind).length
    const one = '👩‍👩‍👧‍👦🇫🇮👋🏽e\u0301\u0323नि'
    const text = one.repeat(Math.ceil((limits[kind] * 1.5) / one.length))
    const { id } = await town.answer(conversation, text)
    await town.message(conversation, 'it is sent', m => m.id === id && ['sent', 'delivered'].includes(m.status))
    const pieces = onPhone(kind).slice(before)
    assert.ok(pieces.length > 1)
    assert.equal(pieces.join(''), text)
    assert.deepEqual(pieces.flatMap(graphemes), graphemes(text))
  })
}

test('a message of 100,000 characters comes in and goes out whole, one character more is refused', async () => {
  const long = 'Ruisleipä ja kahvi. '.repeat(5000)
  assert.equal(long.length, 100_000)
  town.act('viber', { do: 'text', text: long })
  const conversation = await town.conversation('viber')
  await town.message(conversation, 'it is here', m => m.direction === 'in' && textOf(m) === long)
  const before = onPhone('viber').length
  await town.answer(conversation, long)
  const pieces = await until('the phone has all of it', () => {
    const now = onPhone('viber').slice(before)
    return letters(now.join('')) === letters(long) ? now : undefined
  })
  assert.equal(pieces.length, Math.ceil(long.length / limits.viber) + Number(pieces.length > 15))
  await assert.rejects(town.answer(conversation, `${long}x`), (error: Refused) => error.status === 400)
})

test('what a database cannot hold arrives all the same', async () => {
  const odd = 'NUL \0 and half a pair \ud83d stay harmless'
  town.act('telegram', { do: 'text', text: odd })
  const conversation = await town.conversation('telegram')
  await town.message(conversation, 'it is here', m => /^NUL .*stay harmless$/s.test(textOf(m)))
})
