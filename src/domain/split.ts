import type { Unit } from './capabilities.ts'

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const encoder = new TextEncoder()

/** Length of a text as a network counts it. */
export function size(text: string, unit: Unit): number {
  if (unit === 'bytes') return encoder.encode(text).length
  if (unit === 'utf16') return text.length
  let points = 0
  for (const _ of text) points++
  return points
}

/**
 * Cuts a text into pieces of at most `max`, after white space where it can, else between two characters as a reader
 * sees them: never inside an emoji, a flag or a letter with its accents. Joined, the pieces are the text again.
 */
export function split(text: string, max: number, unit: Unit): string[] {
  if (size(text, unit) <= max) return [text]
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const word of wordsThatFit(text, max, unit)) {
    const length = size(word, unit)
    if (used + length > max && piece) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += word
    used += length
  }
  if (piece) pieces.push(piece)
  return pieces
}

/** Not between CR and LF, nor before an accent that sits on the space: each is one character to a reader. */
const afterSpace = /(?<=\s)(?<!\r(?=\n))(?![\p{M}\u200d])/u

function* wordsThatFit(text: string, max: number, unit: Unit): Generator<string> {
  for (const word of text.split(afterSpace)) {
    if (size(word, unit) <= max) yield word
    else for (const { segment } of graphemes.segment(word)) yield* size(segment, unit) <= max ? [segment] : segment
  }
}

/** The start of a text, at most `max` long with an ellipsis, cut between characters as a reader sees them. */
export function shorten(text: string, max: number, unit: Unit): string {
  if (size(text, unit) <= max) return text
  const room = max - size('…', unit)
  let short = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const length = size(segment, unit)
    if (used + length > room) break
    short += segment
    used += length
  }
  return `${short}…`
}
