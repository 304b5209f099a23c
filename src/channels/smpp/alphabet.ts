import { gsmBytes, gsmText, smsOf } from '../../domain/sms.ts'
import { split } from '../../domain/split.ts'

/** What the centre means by data_coding 0, its default alphabet. */
export const alphabets = ['gsm', 'latin1'] as const
export type Alphabet = (typeof alphabets)[number]

/** Which national tables of 3GPP TS 23.038 a text header asked for, by their language number. */
export interface Shift {
  locking?: number
  single?: number
}

// 5.2.19 of SMPP 3.4. Numbers that are not here carry bytes, not words.
const encodings: Readonly<Record<number, string>> = {
  1: 'ascii',
  3: 'latin1',
  5: 'shift_jis',
  6: 'iso-8859-5',
  7: 'iso-8859-8',
  8: 'utf-16be',
  10: 'iso-2022-jp',
  13: 'euc-jp',
  14: 'euc-kr',
}

/** The words in these bytes, or null when they are no words but data. */
export function wordsIn(bytes: Uint8Array, coding: number, by: { alphabet: Alphabet; shift?: Shift }): string | null {
  const encoding = encodingOf(coding, by.alphabet)
  if (!encoding) return null
  if (encoding === 'gsm') return by.shift ? shifted(bytes, by.shift) : gsmText(bytes)
  // As TextDecoder knows it, "latin1" is windows-1252, which has other letters in 0x80-0x9f.
  if (encoding === 'latin1' || encoding === 'ascii') return Buffer.from(bytes).toString('latin1')
  return new TextDecoder(encoding).decode(bytes)
}

function encodingOf(coding: number, alphabet: Alphabet): string | undefined {
  if (coding === 0) return alphabet
  if (coding < 0x10) return encodings[coding]
  // Above, many centres hand the handset's own coding through (3GPP TS 23.038, chapter 4).
  const group = coding >> 4
  if (group === 0xf) return coding & 4 ? undefined : 'gsm'
  if (group === 0xe) return 'utf-16be'
  if (group === 0xc || group === 0xd) return 'gsm'
  return group < 4 ? ['gsm', undefined, 'utf-16be'][(coding >> 2) & 3] : undefined
}

/** The bytes that carry a text: one piece for each message of the air, or a single one for message_payload. */
export interface Written {
  coding: number
  pieces: Uint8Array[]
}

/** `header`: the bytes a part's text header takes; 0 leaves the text whole. */
export function written(text: string, alphabet: Alphabet, header: 0 | 6 | 7): Written {
  const gsm = gsmBytes(text)
  const plain = gsm && (alphabet === 'gsm' || ![...text].some(char => char.codePointAt(0)! > 0xff))
  const bytes = (piece: string): Uint8Array =>
    !plain ? ucs2(piece) : alphabet === 'gsm' ? gsmBytes(piece)! : Buffer.from(piece, 'latin1')
  const pieces = header ? cut(text, plain ? 'gsm' : 'ucs2', header) : [text]
  return { coding: plain ? 0 : 8, pieces: pieces.map(bytes) }
}

/** 140 bytes are 160 septets or 70 units; a header of six leaves 153 and 67, one of seven 152 and 66. */
function cut(text: string, encoding: 'gsm' | 'ucs2', header: 6 | 7): string[] {
  const sms = smsOf(text)
  if (header === 6 && sms.encoding === encoding) return sms.parts
  if (encoding === 'ucs2') return text.length <= 70 ? [text] : split(text, header === 6 ? 67 : 66, 'utf16')
  return sms.parts.length < 2 ? sms.parts : septets(text, 152)
}

function septets(text: string, max: number): string[] {
  const pieces = ['']
  let used = 0
  for (const char of text) {
    const weight = gsmBytes(char)?.length ?? 1
    if (used + weight > max) {
      pieces.push('')
      used = 0
    }
    pieces[pieces.length - 1] += char
    used += weight
  }
  return pieces
}

const ucs2 = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16()

// 3GPP TS 23.038, annex A.2 and A.3, where they differ from the default tables. Turkish 1, Spanish 2, Portuguese 3.
const lockings: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 4: '€', 7: 'ı', 11: 'Ğ', 12: 'ğ', 28: 'Ş', 29: 'ş', 64: 'İ', 96: 'ç' },
  3: {
    ...{ 4: 'ê', 6: 'ú', 7: 'í', 8: 'ó', 9: 'ç', 11: 'Ô', 12: 'ô', 14: 'Á', 15: 'á' },
    ...{ 18: 'ª', 19: 'Ç', 20: 'À', 21: '∞', 22: '^', 23: '\\', 24: '€', 25: 'Ó', 26: '|' },
    ...{ 28: 'Â', 29: 'â', 30: 'Ê', 36: 'º', 64: 'Í', 91: 'Ã', 92: 'Õ', 93: 'Ú' },
    ...{ 96: '~', 123: 'ã', 124: 'õ', 125: '`' },
  },
}
const singles: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 71: 'Ğ', 73: 'İ', 83: 'Ş', 99: 'ç', 103: 'ğ', 105: 'ı', 115: 'ş' },
  2: { 9: 'ç', 65: 'Á', 73: 'Í', 79: 'Ó', 85: 'Ú', 97: 'á', 105: 'í', 111: 'ó', 117: 'ú' },
  3: {
    ...{ 5: 'ê', 9: 'ç', 11: 'Ô', 12: 'ô', 14: 'Á', 15: 'á', 18: 'Φ', 19: 'Γ', 21: 'Ω' },
    ...{ 22: 'Π', 23: 'Ψ', 24: 'Σ', 25: 'Θ', 31: 'Ê', 65: 'À', 73: 'Í', 79: 'Ó', 85: 'Ú' },
    ...{ 91: 'Ã', 92: 'Õ', 97: 'Â', 105: 'í', 111: 'ó', 117: 'ú', 123: 'ã', 124: 'õ', 127: 'â' },
  },
}

function shifted(bytes: Uint8Array, { locking = 0, single = 0 }: Shift): string {
  let text = ''
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]! & 0x7f
    if (code !== 0x1b) text += lockings[locking]?.[code] ?? gsmText(Uint8Array.of(code))
    else if (++at < bytes.length)
      text += singles[single]?.[bytes[at]! & 0x7f] ?? gsmText(bytes.subarray(at - 1, at + 1))
  }
  return text
}
