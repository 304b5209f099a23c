import { createHash } from 'node:crypto'
import type { Choice } from '../../domain/message.ts'
import { list, maybe, parseJson, text } from '../kit.ts'

// Viber tells a press of a button from typing by nothing: both arrive as text. But it gives `tracking_data` back with
// the customer's answer, so what we offered travels there: the id of each choice beside a digest of its words.

/** The words that stand in the chat once a button is pressed: the label, numbered where two labels are the same. */
export function spoken(choices: readonly Choice[]): string[] {
  const seen = new Map<string, number>()
  return choices.map(({ label }) => {
    const times = (seen.get(label) ?? 0) + 1
    seen.set(label, times)
    return times === 1 ? label : `${label} (${times})`
  })
}

/** The offer as `tracking_data`. Stays below Viber's 4000 characters for everything `can.choices` admits. */
export function offer(choices: readonly Choice[]): string {
  const words = spoken(choices)
  return JSON.stringify({ parley: choices.map((choice, i) => [choice.id, digest(words[i]!)]) })
}

/** The id of the choice that these words picked from the offer, if there was one and they did. */
export function picked(trackingData: unknown, words: string): string | undefined {
  const offered = offerIn(trackingData)
  const wanted = digest(words)
  const hit = offered.find(([, theirs]) => theirs === wanted)
  return hit ? text(hit[0]) : undefined
}

function offerIn(trackingData: unknown): unknown[][] {
  if (typeof trackingData !== 'string' || !trackingData.startsWith('{"parley":')) return []
  try {
    return list(maybe(parseJson(trackingData)).parley).filter(Array.isArray)
  } catch {
    return []
  }
}

const digest = (words: string): string => createHash('sha256').update(words.trim()).digest('hex').slice(0, 8)
