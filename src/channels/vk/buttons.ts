import type { Choice } from '../../domain/message.ts'
import { type Json, maybe, parseJson, text } from '../kit.ts'

// A button carries a payload of at most 255 characters, and VK hands back nothing else of a callback button: what it
// said goes along as far as there is room.

const room = 255
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

function payloadOf({ id, label }: Choice): string {
  const plain = { c: id }
  const bare = bytes(plain) <= room ? plain : { b: Buffer.from(id).toString('base64url') }
  const signs = [...label]
  while (signs.length && bytes({ ...bare, l: signs.join('') }) > room) signs.pop()
  return JSON.stringify({ ...bare, ...(signs.length && { l: signs.join('') }) })
}

/** What a pressed button of ours stands for. `payload` comes as JSON in a string, or as the value itself. */
export function pressed(payload: unknown): { choice: string; label: string } | undefined {
  const said = payloadIn(payload)
  const choice = text(said.c) ?? (typeof said.b === 'string' ? Buffer.from(said.b, 'base64url').toString() : undefined)
  return choice === undefined ? undefined : { choice, label: text(said.l) || choice }
}

/** The button that VK itself shows in an empty chat. */
export const isStart = (payload: unknown): boolean => payloadIn(payload).command === 'start'

function payloadIn(payload: unknown): Json {
  if (typeof payload !== 'string') return maybe(payload)
  try {
    return maybe(parseJson(payload))
  } catch {
    return {}
  }
}

/** What the customer's client can show, as it told with the last message. */
export type Shows = { inline: boolean; callback: boolean }

const inlineRows = 6
const inlineMost = 10

/** Buttons under the message; a keyboard that goes after one press where there are too many or the client is old. */
export function keyboard(choices: readonly Choice[], shows: Shows): Json {
  const inline = shows.inline && choices.length <= inlineMost
  const type = inline && shows.callback ? 'callback' : 'text'
  const buttons = choices.map(choice => ({
    action: { type, label: choice.label, payload: payloadOf(choice) },
    ...(type === 'text' && { color: 'primary' }),
  }))
  const columns = Math.ceil(buttons.length / (inline ? inlineRows : 10))
  const rows = Array.from({ length: Math.ceil(buttons.length / columns) }, (_, i) =>
    buttons.slice(i * columns, (i + 1) * columns),
  )
  return { one_time: !inline, inline, buttons: rows }
}
