import type { Choice, Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, records, text } from '../kit.ts'

/** What a message consists of; nothing for one without content. */
export function partsOf(body: Json): Part[] {
  const words: Part[] = text(body.text) ? [{ type: 'text', text: text(body.text)! }] : []
  const files = records(body.attachments).flatMap(attachment)
  const unsupported: Part[] = body.is_unsupported === true ? [{ type: 'unsupported', what: 'message' }] : []
  return [...words, ...files, ...unsupported]
}

function attachment(raw: Json): Part[] {
  const type = text(raw.type) || 'nameless'
  const payload = maybe(raw.payload)
  const url = text(payload.url) ?? text(raw.url)
  const [lat, lon] = [number(maybe(payload.coordinates).lat), number(maybe(payload.coordinates).long)]
  if (type === 'location' && lat !== undefined && lon !== undefined) return [{ type, lat, lon }]
  if (type === 'template') return template(payload, raw)
  if (!url) return text(raw.title) ? [{ type: 'text', text: text(raw.title)! }] : [unknown(type)]
  if (payload.sticker_id !== undefined || type === 'sticker') return [file('sticker', url)]
  if (type === 'image' || type === 'video' || type === 'audio' || type === 'file') return [file(type, url)]
  // Posts, reels and shared pages belong to others: they are shown as links and not stored.
  return [{ type: 'link', url, ...present({ title: text(raw.title) ?? text(payload.title) }) }]
}

const unknown = (type: string): Part => ({ type: 'unsupported', what: `attachment ${type}`.slice(0, 80) })

export const file = (type: 'image' | 'video' | 'audio' | 'file' | 'sticker', url: string): Part => ({
  type,
  url: '',
  ref: url,
  state: 'pending',
  ...(type === 'file' && present({ name: nameIn(url) })),
})

function nameIn(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '').slice(0, 200)
  } catch {
    return undefined
  }
}

/** A shared product, or a card with buttons that another app of the page sent. */
function template(payload: Json, raw: Json): Part[] {
  const cards = records(maybe(payload.product).elements ?? payload.elements)
  const shown = cards.map(c => [text(c.title), text(c.subtitle)].filter(Boolean).join('\n')).filter(Boolean)
  const prompt = [text(payload.text) ?? text(raw.title), ...shown].filter(Boolean).join('\n\n')
  const choices = [payload, ...cards].flatMap(c => records(c.buttons)).flatMap(choice)
  if (choices.length) return [{ type: 'choices', prompt, choices }]
  return prompt ? [{ type: 'text', text: prompt }] : [unknown('template')]
}

const choice = (button: Json): Choice[] =>
  text(button.title) ? [{ id: text(button.payload) ?? text(button.url) ?? '', label: text(button.title)! }] : []

/** Every word of a nested answer by its path, for forms that no two businesses build alike. */
export function leaves(value: unknown, path = ''): Record<string, string> {
  const said = text(value)
  if (said !== undefined) return { [path]: said }
  if (typeof value !== 'object' || value === null) return {}
  const inside = Object.entries(value).map(([key, v]) => leaves(v, path ? `${path}.${key}` : key))
  return Object.assign({}, ...inside)
}
