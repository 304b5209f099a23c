import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Capabilities } from './capabilities.ts'
import { mayContact } from './contacting.ts'
import { fit } from './fit.ts'
import { isMedia, type Part, wordsOf } from './message.ts'
import { inEnglish, prepare } from './prepare.ts'
import { privateWords } from './privately.ts'
import { size } from './split.ts'

const plain: Capabilities = {
  text: { max: 20, unit: 'codepoints' },
  media: {},
  receipts: [],
  firstMessage: 'free',
  rate: { perSecond: 1 },
}
const rich: Capabilities = {
  ...plain,
  media: { image: { maxBytes: 1000, caption: 10, mimes: ['image/jpeg'] }, file: { maxBytes: 5000, caption: 0 } },
  choices: { max: 3, label: 20, id: 20, prompt: 40, list: { max: 10, label: 24, description: 72, id: 200 } },
  location: true,
  contact: true,
  poll: { options: 4, question: 40 },
  templates: true,
}
const now = new Date('2026-06-01T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const choices = (count: number, label = 'Label'): Part => ({
  type: 'choices',
  prompt: 'Which?',
  choices: Array.from({ length: count }, (_, n) => ({ id: `c${n}`, label: `${label} ${n}` })),
})
const codes = (parts: Part[], can: Capabilities) => {
  const fitted = fit(parts, can)
  return (fitted.ok ? fitted.changes : fitted.refusals).map(r => r.code)
}

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
const sayable: fc.Arbitrary<Part> = fc.oneof(
  words.map(text => ({ type: 'text' as const, text })),
  fc.record({
    type: fc.constant('location' as const),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lon: fc.constant(1),
    name: words,
  }),
  fc.record({ type: fc.constant('contact' as const), name: words, phones: fc.array(words, { maxLength: 2 }) }),
  fc.record({
    type: fc.constant('choices' as const),
    prompt: words,
    choices: fc.array(fc.record({ id: words, label: words }), { minLength: 1, maxLength: 12 }),
  }),
  fc.record({
    type: fc.constant('poll' as const),
    question: words,
    options: fc.array(fc.record({ label: words }), { maxLength: 6 }),
  }),
  fc.record({ type: fc.constant('link' as const), url: fc.webUrl(), title: words }),
  fc.record({
    type: fc.constantFrom('image' as const, 'file' as const),
    url: fc.constant('/m/1'),
    caption: words,
    bytes: fc.constant(10),
  }),
)

for (const [name, can] of [
  ['plain', plain],
  ['rich', rich],
] as const)
  test(`whatever is said to a ${name} network, no piece is too large and no word is lost`, () => {
    fc.assert(
      fc.property(fc.array(sayable, { minLength: 1, maxLength: 5 }), parts => {
        const fitted = fit(parts, can)
        if (!fitted.ok) return void assert.ok(fitted.refusals.length > 0)
        for (const piece of fitted.pieces) {
          if (piece.type === 'text') assert.ok(size(piece.text, can.text.unit) <= can.text.max)
          if (isMedia(piece)) assert.ok(size(piece.caption ?? '', can.text.unit) <= can.media[piece.type]!.caption)
        }
        const squeezed = (list: readonly Part[]) =>
          list
            .map(p => wordsOf([p]))
            .join('')
            .replace(/[\s,]/gu, '')
        const out = squeezed(fitted.pieces)
        for (const part of parts)
          if (part.type === 'text')
            assert.ok(out.includes(part.text.replace(/[\s,]/gu, '')), `${out} lacks ${part.text}`)
          else if (part.type === 'choices')
            for (const c of part.choices) assert.ok(out.includes(c.label.replace(/[\s,]/gu, '')))
      }),
    )
  })

test('buttons stay buttons where they fit, become a list, else a numbered menu, and each change is told', () => {
  assert.deepEqual(codes([choices(3)], rich), [])
  assert.deepEqual(codes([choices(5)], rich), ['choices-listed'])
  assert.deepEqual(codes([choices(3, 'A label that is much too long for it')], rich), [
    'choices-numbered',
    'text-split',
  ])
  assert.deepEqual(codes([choices(2)], { ...plain, text: { max: 200, unit: 'utf16' } }), ['choices-numbered'])
})

test('a file goes as what the network takes it, its caption apart where it does not fit', () => {
  const image = (more: object): Part => ({ type: 'image', url: '/m/1', mime: 'image/jpeg', bytes: 500, ...more })
  assert.deepEqual(codes([image({})], rich), [])
  assert.deepEqual(codes([image({ bytes: 3000 })], rich), ['media-as-file'])
  assert.deepEqual(codes([image({ mime: 'image/webp' })], rich), ['media-as-file'])
  assert.deepEqual(codes([image({ caption: 'longer than ten' })], rich), ['caption-apart'])
  assert.deepEqual(codes([image({ bytes: 9000 })], rich), ['media-too-large'])
  assert.deepEqual(codes([image({ state: 'pending' })], rich), ['media-not-ready'])
  assert.deepEqual(codes([image({})], plain), ['no-media'])
})

test('what cannot be said is refused, never dropped', () => {
  assert.deepEqual(codes([{ type: 'text', text: '  ' }], rich), ['nothing-to-send'])
  assert.deepEqual(codes([], rich), ['nothing-to-send'])
  assert.deepEqual(codes([{ type: 'unsupported', what: 'x' }], rich), ['not-sayable'])
  assert.deepEqual(codes([{ type: 'template', name: 'n', language: 'en', values: [] }], plain), ['no-templates'])
})

test('consent comes before the window, the window before the form', () => {
  const can: Capabilities = { ...rich, window: { hours: 24, after: 'template' }, firstMessage: 'template' }
  const may = (contact: Parameters<typeof mayContact>[0]) => mayContact(contact, can, now)
  assert.deepEqual(may({ optedOut: true, lastWroteAt: hoursAgo(1) }), { yes: false, because: 'opted-out' })
  assert.deepEqual(may({ optedOut: false }), { yes: false, because: 'never-wrote', but: 'template' })
  assert.deepEqual(may({ optedOut: false, lastWroteAt: hoursAgo(1) }), { yes: true, until: hoursAgo(-23) })
  assert.deepEqual(may({ optedOut: false, lastWroteAt: hoursAgo(24) }), {
    yes: false,
    because: 'window-closed',
    but: 'template',
  })
  assert.deepEqual(mayContact({ optedOut: false }, { ...can, firstMessage: 'free' }, now), { yes: true })
  assert.deepEqual(mayContact({ optedOut: false }, { ...can, firstMessage: 'never' }, now), {
    yes: false,
    because: 'never-wrote',
  })
})

test('after the window a template goes out, a text does not, and an opted-out person gets neither', () => {
  const can: Capabilities = { ...rich, window: { hours: 24, after: 'template' } }
  const late = { optedOut: false, lastWroteAt: hoursAgo(30) }
  const template: Part = { type: 'template', name: 'hello', language: 'en', values: [] }
  assert.equal(prepare([template], late, can, now).ok, true)
  assert.equal(prepare([{ type: 'text', text: 'hi' }], late, can, now).ok, false)
  assert.equal(prepare([template, { type: 'text', text: 'hi' }], late, can, now).ok, false)
  assert.equal(prepare([template], { ...late, optedOut: true }, can, now).ok, false)
})

test('every remark has its English', () => {
  for (const code of ['text-split', 'media-kind', 'opted-out', 'not-sayable'] as const)
    assert.match(inEnglish({ code, values: { type: 'image', mime: 'x', pieces: 2 } }), /^[A-Z].*[a-z]$/)
})

test('below a post words for one person alone are one message, in time, or are refused before anybody reads them', () => {
  const can: Capabilities = { ...plain, media: rich.media, public: { privatelyForDays: 7 } }
  const code = (parts: Part[], at = can, days = 1) => {
    const prepared = prepare(parts, { optedOut: false, lastWroteAt: hoursAgo(24 * days) }, at, now)
    return prepared.ok ? 'goes' : prepared.because.map(remark => remark.code).join()
  }
  const text = (words: string): Part => ({ type: 'text', text: words })
  const image: Part = { type: 'image', url: '/m/1', mime: 'image/jpeg', bytes: 10 }
  assert.equal(code([text('/private Hi')]), 'goes')
  assert.equal(code([text('/privately we bake')]), 'goes')
  assert.equal(code([text('Hi'), text('all')]), 'goes')
  assert.equal(code([text('/private a secret of more than twenty letters')]), 'private-one')
  assert.equal(code([text(' /PRIVATE Hi'), image]), 'private-one')
  assert.equal(code([{ ...image, caption: '/private' }]), 'private-one')
  assert.equal(code([text('/private ')]), 'nothing-to-send')
  assert.equal(code([text('/private Hi')], can, 8), 'private-late')
  assert.equal(code([text('Hi')], can, 8), 'goes')
  assert.equal(code([text('/private Hi')], { ...plain, public: {} }), 'private-not-here')
  assert.equal(code([text('/private Hi')], plain), 'goes')
  for (const code of ['private-one', 'private-late', 'private-not-here'] as const)
    assert.doesNotMatch(inEnglish({ code, values: { days: 7 } }), /undefined/)
})

test('private words are told by their mark, which is taken off', () => {
  assert.equal(privateWords('/private  Your address?'), 'Your address?')
  assert.equal(privateWords('\n/Private\nYour address?'), 'Your address?')
  for (const open of ['private', 'Not /private', '/privately']) assert.equal(privateWords(open), undefined)
})
