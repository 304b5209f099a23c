import type { MediaPart, Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, records, text } from '../kit.ts'

/** What a message consists of; nothing for a kind we do not know. Throws where a known kind lacks its heart. */
export function partsOf(kind: string, content: Json): Part[] {
  switch (kind) {
    case 'text':
      return [{ type: 'text', text: needed(content.content) }]
    case 'image':
    case 'video':
    case 'voice':
    case 'file':
      return [media(kind, content)]
    case 'location':
      return [location(content)]
    case 'link':
      return [link(content)]
    case 'business_card':
      // One of the business's own people, by the name of the account.
      return [{ type: 'contact', name: needed(content.userid), phones: [] }]
    case 'miniprogram':
      return [{ type: 'unsupported', what: `mini program ${text(content.title) ?? ''}`.trim() }]
    case 'msgmenu':
      return [menu(content)]
    default:
      return []
  }
}

const media = (type: MediaPart['type'], content: Json): MediaPart => ({
  type,
  url: '',
  ref: needed(content.media_id),
  state: 'pending',
  ...present({ name: text(content.filename) }),
})

function location({ latitude, longitude, name, address }: Json): Part {
  const [lat, lon] = [number(latitude), number(longitude)]
  if (lat === undefined || lon === undefined) throw new TypeError('a location without a place')
  return { type: 'location', lat, lon, ...present({ name: text(name), address: text(address) }) }
}

const link = ({ url, title, desc }: Json): Part => ({
  type: 'link',
  url: needed(url),
  ...present({ title: text(title), text: text(desc) }),
})

function menu({ head_content, list, tail_content }: Json): Part {
  const choices = records(list).flatMap(row => {
    const [id, label] = [text(maybe(row.click).id), text(maybe(row[String(row.type)]).content)]
    return label ? [{ id: id ?? label, label }] : []
  })
  return { type: 'choices', prompt: [text(head_content), text(tail_content)].filter(Boolean).join('\n'), choices }
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('a message without its content')
  return found
}
