import { type Json, list, maybe, records, text } from '../../src/channels/kit.ts'
import { jsonIn } from './account.ts'
import { Wrong } from './answer.ts'

const kinds = [
  'text',
  'callback',
  'open_link',
  'location',
  'vkpay',
  'open_app',
  'intent_subscribe',
  'intent_unsubscribe',
]
const colors = ['primary', 'secondary', 'negative', 'positive']

/** The buttons of a keyboard, or a refusal where VK refuses it. */
export function buttonsOf(given: unknown): Json[] {
  if (given === undefined) return []
  const keyboard = maybe(jsonIn(given))
  if (!Array.isArray(keyboard.buttons)) throw new Wrong(911)
  const rows = list(keyboard.buttons).map(records)
  const inline = keyboard.inline === true
  if (inline && keyboard.one_time === true) throw new Wrong(911, 'inline keyboard cannot be one_time')
  if (rows.length > (inline ? 6 : 10)) throw new Wrong(911, 'too many rows')
  if (rows.some(row => row.length > 5 || !row.length)) throw new Wrong(911, 'row length is out of range')
  const buttons = rows.flat()
  if (buttons.length > (inline ? 10 : 40)) throw new Wrong(911, 'too many buttons')
  for (const button of buttons) check(button)
  return buttons
}

function check({ action, color }: Json): void {
  const { type, label, payload, link } = maybe(action)
  if (!kinds.includes(text(type) ?? '')) throw new Wrong(911, 'button type is unknown')
  if (color !== undefined && !colors.includes(String(color))) throw new Wrong(911, 'color is unknown')
  if (['text', 'callback', 'open_link'].includes(String(type)) && !text(label)) throw new Wrong(911, 'label is empty')
  if ([...(text(label) ?? '')].length > 40) throw new Wrong(911, 'label is too long')
  if ((text(payload) ?? '').length > 255) throw new Wrong(911, 'payload is too long')
  if (payload !== undefined && jsonIn(payload) === undefined) throw new Wrong(911, 'payload is not a valid JSON')
  if (type === 'open_link' && !/^https?:/.test(text(link) ?? '')) throw new Wrong(911, 'link is invalid')
}
