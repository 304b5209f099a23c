import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shorten, size, split } from './split.ts'

const units = ['utf16', 'codepoints', 'bytes'] as const
/** Words, white space, flags, families, accents, Cyrillic, and whole strings of any kind. */
const piece = fc.oneof(
  fc.constantFrom(
    ' ',
    '\n',
    '\r\n',
    ' \u0301',
    '\u0301',
    '👨‍👩‍👧',
    '🇫🇮',
    'é',
    'ё',
    'ß',
    '…',
    'слово',
    'word',
    'a'.repeat(30),
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const text = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(''))
const graphemes = (words: string): string[] =>
  [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(words)].map(s => s.segment)

/** Where each of them ends when they stand one after another. */
function borders(list: readonly string[]): number[] {
  let at = 0
  return list.map(one => {
    at += one.length
    return at
  })
}

for (const unit of units) {
  test(`pieces counted in ${unit} join to the text again, none too large, none empty`, () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), (words, max) => {
        const pieces = split(words, max, unit)
        assert.equal(pieces.join(''), words)
        for (const one of pieces) assert.ok(size(one, unit) <= max, `${one} is larger than ${max}`)
        if (words) assert.ok(pieces.every(one => one.length > 0))
      }),
    )
  })

  test(`a cut counted in ${unit} never goes through what a reader sees as one character`, () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 30, max: 60 }), (words, max) => {
        const pieces = split(words, max, unit)
        const largest = Math.max(0, ...graphemes(words).map(g => size(g, unit)))
        if (!words || largest > max) return // one character larger than a whole message must be cut somewhere
        const ends = new Set(borders(graphemes(words)))
        assert.deepEqual(
          borders(pieces).filter(at => !ends.has(at)),
          [],
          JSON.stringify(pieces),
        )
      }),
    )
  })

  test(`a text shortened to so many ${unit} stays within them and begins as the whole`, () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), (words, max) => {
        const short = shorten(words, max, unit)
        assert.ok(size(short, unit) <= max)
        assert.ok(words.startsWith(short.replace(/…$/, '')) || words === short)
      }),
    )
  })
}

test('a cut goes after white space where it can', () => {
  assert.deepEqual(split('one two three', 8, 'codepoints'), ['one two ', 'three'])
  assert.deepEqual(split('onetwothree', 4, 'codepoints'), ['onet', 'woth', 'ree'])
  assert.deepEqual(split('👨‍👩‍👧👨‍👩‍👧', 5, 'codepoints'), ['👨‍👩‍👧', '👨‍👩‍👧'])
})

test('a text that fits is left alone', () => {
  assert.deepEqual(split('', 5, 'bytes'), [''])
  assert.deepEqual(split('ёё', 4, 'bytes'), ['ёё'])
  assert.equal(size('😀', 'utf16'), 2)
  assert.equal(size('😀', 'codepoints'), 1)
  assert.equal(size('😀', 'bytes'), 4)
})
