import type { Choice } from '../../domain/message.ts'
import { type Json, maybe, parseJson, text } from '../kit.ts'

// A press tells nothing but the payload of the button, so that carries the words on it too.

/** One button a row. */
export const keyboard = (choices: readonly Choice[]): Json => ({
  type: 'INLINE_KEYBOARD',
  payload: {
    keyboard: {
      buttons: choices.map(({ id, label }) => [
        { type: 'CALLBACK', text: label, intent: 'DEFAULT', payload: JSON.stringify({ c: id, l: label }) },
      ]),
    },
  },
})

/** What the press of a button means; one that another program offered is called by its payload. */
export function pressed(payload: string): { choice: string; label: string } {
  const { c, l } = payloadIn(payload)
  const choice = text(c) ?? payload
  return { choice, label: text(l) || choice }
}

function payloadIn(payload: string): Json {
  try {
    return maybe(parseJson(payload))
  } catch {
    return {}
  }
}
