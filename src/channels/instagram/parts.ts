import type { Choice, Part } from '../../domain/message.ts'
import { type Json, maybe, present, records, text } from '../kit.ts'

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
  const url = text(payload.url)
  if (type === 'template') return template(payload, raw)
  if (type === 'like_heart') return [{ type: 'text', text: '❤️' }]
  if (!url || type === 'ephemeral') return [unknown(type)]
  if (type === 'image' || type === 'video' || type === 'audio' || type === 'file') return [file(type, url)]
  const link: Part = { type: 'link', url, ...present({ title: text(payload.title) }) }
  // Posts, reels and stories belong to others: they are shown as links and not stored.
  return type === 'story_mention' ? [{ type: 'system', what: 'story-mention' }, link] : [link]
}

const unknown = (type: string): Part => ({ type: 'unsupported', what: `attachment ${type}`.slice(0, 80) })

const file = (type: 'image' | 'video' | 'audio' | 'file', url: string): Part => ({
  type,
  url: '',
  ref: url,
  state: 'pending',
})

/** A shared product, or a card with buttons that another app of the account sent. */
function template(payload: Json, raw: Json): Part[] {
  const cards = records(maybe(payload.product).elements ?? maybe(payload.generic).elements ?? payload.elements)
  const shown = cards.map(c => [text(c.title), text(c.subtitle)].filter(Boolean).join('\n')).filter(Boolean)
  const prompt = [text(payload.text) ?? text(raw.title), ...shown].filter(Boolean).join('\n\n')
  const choices = [payload, ...cards].flatMap(c => records(c.buttons)).flatMap(choice)
  if (choices.length) return [{ type: 'choices', prompt, choices }]
  return prompt ? [{ type: 'text', text: prompt }] : [unknown('template')]
}

const choice = (button: Json): Choice[] =>
  text(button.title) ? [{ id: text(button.payload) ?? text(button.url) ?? '', label: text(button.title)! }] : []
