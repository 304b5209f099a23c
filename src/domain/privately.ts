import type { Capabilities } from './capabilities.ts'
import type { Contacted } from './contacting.ts'
import type { Remark } from './fit.ts'
import type { Part } from './message.ts'

/** What private words begin with. Parley's own: no network knows it. */
export const privateMark = '/private'

const marked = /^\s*\/private(?:\s+|$)/i

/** Words for one person alone, said where everybody reads: without their mark. Undefined when they are for everybody. */
export const privateWords = (text: string): string | undefined =>
  marked.test(text) ? text.replace(marked, '') : undefined

/** Nothing that begins as private may become public on its way: neither its second half nor its picture. */
export function refusedPrivately(
  pieces: readonly Part[],
  can: Capabilities,
  on: { contact: Contacted; now: Date },
): Remark | undefined {
  if (!can.public) return undefined
  const aside = pieces.map(asideOf).filter(words => words !== undefined)
  if (!aside.length) return undefined
  const days = can.public.privatelyForDays
  if (!days) return { code: 'private-not-here' }
  if (pieces.length > 1 || pieces[0]!.type !== 'text') return { code: 'private-one' }
  if (!aside[0]) return { code: 'nothing-to-send' }
  const late = on.now.getTime() - (on.contact.lastWroteAt?.getTime() ?? 0) >= days * 86_400_000
  return late ? { code: 'private-late', values: { days } } : undefined
}

function asideOf(piece: Part): string | undefined {
  if (piece.type === 'text') return privateWords(piece.text)
  return 'caption' in piece && piece.caption ? privateWords(piece.caption) : undefined
}
