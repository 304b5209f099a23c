import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { gsmBytes, gsmText, type Keyword, keywordOf, smsOf } from './sms.ts'

const GSM = 'gsm'
const UCS2 = 'ucs2'

describe('the segments of an SMS', () => {
  // Counted by sms-segments-calculator 1.3.0 (TwilioDevEd). Units of emoji are ours: limits count 16-bit units.
  const counted: [string, 'gsm' | 'ucs2', number, number][] = [
    ['hello', GSM, 1, 5],
    ['a'.repeat(160), GSM, 1, 160],
    ['a'.repeat(161), GSM, 2, 161],
    ['a'.repeat(306), GSM, 2, 306],
    ['a'.repeat(307), GSM, 3, 307],
    ['ж'.repeat(70), UCS2, 1, 70],
    ['ж'.repeat(71), UCS2, 2, 71],
    ['ж'.repeat(134), UCS2, 2, 134],
    ['ж'.repeat(135), UCS2, 3, 135],
    ['€'.repeat(80), GSM, 1, 160],
    ['€'.repeat(81), GSM, 2, 162],
    ['{'.repeat(80), GSM, 1, 160],
    ['{'.repeat(81), GSM, 2, 162],
    ['😀'.repeat(35), UCS2, 1, 70],
    ['😀'.repeat(36), UCS2, 2, 72],
    ['{[]}|~^\\', GSM, 1, 16],
    ['“smart”', UCS2, 1, 7],
    ['`', UCS2, 1, 1],
    ['a\u00a0b', UCS2, 1, 3],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, GSM, 3, 306],
    [`${'ж'.repeat(66)}😀${'ж'.repeat(66)}`, UCS2, 3, 134],
    [`${'ж'.repeat(66)}😀${'ж'.repeat(65)}`, UCS2, 2, 133],
  ]
  for (const [text, encoding, parts, units] of counted)
    test(`${text.slice(0, 9)} (${text.length}) is ${parts} of ${encoding}`, () => {
      const sms = smsOf(text)
      assert.deepEqual([sms.encoding, sms.parts.length, sms.units], [encoding, parts, units])
      assert.equal(sms.parts.join(''), text)
    })

  test('an escaped character or an emoji that has no room goes to the next part as a whole', () => {
    assert.equal(smsOf(`${'a'.repeat(152)}{${'a'.repeat(10)}`).parts[0], 'a'.repeat(152))
    assert.equal(smsOf(`${'ж'.repeat(66)}😀жжж`).parts[0], 'ж'.repeat(66))
  })
  test('it tells how much room is left before the next part', () => {
    assert.equal(smsOf('').left, 160)
    assert.equal(smsOf('hello').left, 155)
    assert.equal(smsOf('a'.repeat(160)).left, 0)
    assert.equal(smsOf('a'.repeat(161)).left, 145)
    assert.equal(smsOf('привет').left, 64)
    // One septet of the first part stays empty for good: the pair went into the second.
    assert.equal(smsOf(`${'a'.repeat(152)}€${'a'.repeat(152)}`).left, 152)
  })
  test('it names the characters that make a message dearer, each once', () => {
    assert.deepEqual(smsOf('Don’t say “no”, “maybe”').foreign, ['’', '“', '”'])
    assert.deepEqual(smsOf('ç is not GSM, Ç is').foreign, ['ç'])
    assert.deepEqual(smsOf('Hyvää päivää, ¿qué tal? £5 @ § ñ').foreign, [])
    assert.deepEqual(smsOf('\u001b').foreign, ['\u001b'])
  })
  test('an empty text needs no message', () => assert.deepEqual(smsOf('').parts, []))
  test('however long and odd, no part is too large and no character is cut', () => {
    const odd = fc.constantFrom(...'a€{ж\n', '😀', '👨‍👩‍👧', '🇫🇮', '\ud83d')
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 400 }), chars => {
        const text = chars.join('')
        const { encoding, parts, units } = smsOf(text)
        const max = encoding === 'gsm' ? (parts.length > 1 ? 153 : 160) : parts.length > 1 ? 67 : 70
        const weight = (part: string) => (encoding === 'gsm' ? gsmBytes(part)!.length : part.length)
        assert.equal(parts.join(''), text)
        assert.ok(parts.every(part => weight(part) <= max))
        assert.equal(
          parts.reduce((sum, part) => sum + weight(part), 0),
          units,
        )
        for (let i = 1; i < parts.length; i++)
          assert.ok(!/[\ud800-\udbff]$/.test(parts[i - 1]!) || !/^[\udc00-\udfff]/.test(parts[i]!))
      }),
      { seed: 20_261_122 },
    )
  })
})

describe('GSM septets', () => {
  test('stand where the standard has them', () => {
    assert.deepEqual([...gsmBytes('@$_ Az\n\r')!], [0x00, 0x02, 0x11, 0x20, 0x41, 0x7a, 0x0a, 0x0d])
    assert.deepEqual([...gsmBytes('ΔΞÆéà§¿¡')!], [0x10, 0x1a, 0x1c, 0x05, 0x7f, 0x5f, 0x60, 0x40])
    assert.deepEqual([...gsmBytes('€{\f')!], [0x1b, 0x65, 0x1b, 0x28, 0x1b, 0x0a])
    assert.equal(gsmBytes('ж'), null)
  })
  test('of all 128 places make the same bytes again', () => {
    const all = Uint8Array.from({ length: 128 }, (_, i) => i).filter(code => code !== 0x1b)
    assert.equal([...gsmText(all)].length, 127)
    assert.deepEqual(gsmBytes(gsmText(all)), all)
    const extension = '\f^{}\\[~]|€'
    assert.equal(gsmText(gsmBytes(extension)!), extension)
  })
  test('with an unknown or missing extension are read as phones read them', () => {
    assert.equal(gsmText(Uint8Array.of(0x1b, 0x41)), 'A')
    assert.equal(gsmText(Uint8Array.of(0x41, 0x1b)), 'A')
  })
})

describe('words that ask for something', () => {
  const asked: Record<Keyword, string[]> = {
    stop: [
      ...[
        'STOP',
        'stop',
        ' Stop. ',
        '"STOP"',
        'stop!!!',
        'STOP 🛑',
        'Ｓｔｏｐ',
        'StopAll',
        'stop all',
        'Opt-out',
        'opt out',
      ],
      ...[
        'UNSUBSCRIBE',
        'Cancel',
        'END',
        'quit',
        'revoke',
        'СТОП',
        'стоп',
        'Отписаться',
        'отпишите меня',
        'відписатися',
      ],
      ...['Lopeta', 'avsluta', 'Stopp', 'ABMELDEN', 'arrêt', 'ARRET', 'désabonner', 'parar', 'BAJA', 'SAIR', 'durdur'],
      ...['退订', '配信停止', '수신거부', 'إيقاف', 'הסר', 'Cancelar suscripción', 'cancelar inscrição'],
    ],
    start: ['START', 'start', 'Unstop', 'opt in', 'Старт', 'подписаться', 'aloita', 'Démarrer', 'COMENZAR', 'começar'],
    help: ['HELP', 'Help?', 'info', 'Помощь', 'apua', 'Hilfe', 'AIDE', 'ayuda', 'ajuda', 'yardım', 'YARDIM', '帮助'],
  }
  for (const [meaning, texts] of Object.entries(asked))
    test(`mean ${meaning} in any case, width and language`, () => {
      for (const text of texts) assert.equal(keywordOf(text), meaning, text)
    })
  test('mean nothing inside a sentence', () => {
    for (const text of [
      ...['stop it', 'Please stop the order', 'Can you help me?', 'the end', 'start today', 'yes', 'да', 'no', 'Ok'],
      ...[
        '',
        '   ',
        '🛑',
        '!!!',
        'stopstop',
        'nonstop',
        'Стоп-кран',
        'STOP\nbut deliver the boots first',
        'отмена',
        '1',
      ],
      'stop'.repeat(1000),
      'constructor',
    ])
      assert.equal(keywordOf(text), undefined, text)
  })
})
