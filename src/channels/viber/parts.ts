import type { MediaPart, Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, record, records, text } from '../kit.ts'

/** What a customer's message consists of; nothing for a type we do not know. Throws where a known type lacks its heart. */
export function partsOf(message: Json): Part[] {
  switch (message.type) {
    case 'text':
      return [{ type: 'text', text: needed(message.text) }]
    case 'picture':
      return [media('image', message)]
    case 'video':
      return [media('video', message)]
    case 'file':
      return [media('file', message)]
    case 'sticker':
      return [sticker(message)]
    case 'contact':
      return [contact(record(message.contact))]
    case 'location':
      return [location(record(message.location))]
    case 'url':
      return [present({ ...link(needed(message.media)), title: text(message.title), text: text(message.text) })]
    case 'rich_media':
      return richMedia(message)
    default:
      return []
  }
}

function media(type: 'image' | 'video' | 'file', message: Json): MediaPart {
  return {
    type,
    url: '',
    ref: needed(message.media),
    state: 'pending',
    ...present({
      name: text(message.file_name),
      caption: text(message.text),
      bytes: amount(message.size) ?? amount(message.file_size),
      seconds: amount(message.duration),
    }),
  }
}

function amount(value: unknown): number | undefined {
  const found = number(value)
  return found !== undefined && found >= 0 ? found : undefined
}

/** Viber tells the number of a sticker and keeps its picture to itself. */
function sticker(message: Json): MediaPart {
  const name = `Sticker ${needed(message.sticker_id)}`
  if (text(message.media)) return { type: 'sticker', url: '', ref: needed(message.media), state: 'pending', name }
  return { type: 'sticker', url: '', state: 'failed', failure: 'Viber does not hand out pictures of stickers', name }
}

function contact(card: Json): Part {
  const phone = text(card.phone_number)
  return { type: 'contact', name: text(card.name) ?? phone ?? '', phones: phone ? [phone] : [] }
}

function location(at: Json): Part {
  const [lat, lon] = [number(at.lat), number(at.lon)]
  if (lat === undefined || lon === undefined) throw new TypeError('a location without a place')
  return { type: 'location', lat, lon, ...present({ address: text(at.address) }) }
}

const link = (url: string) => ({ type: 'link' as const, url })

/** A carousel that the customer passed on: its words, and its links. */
function richMedia(message: Json): Part[] {
  const buttons = records(maybe(message.rich_media).Buttons)
  const links = buttons
    .filter(b => b.ActionType === 'open-url' && text(b.ActionBody))
    .map(b => ({ ...link(needed(b.ActionBody)), ...present({ title: plain(b.Text) }) }))
  const words = [text(message.alt_text), ...buttons.filter(b => b.ActionType !== 'open-url').map(b => plain(b.Text))]
  const said = words.filter(Boolean).join('\n')
  return [...(said ? [{ type: 'text' as const, text: said }] : []), ...links]
}

const plain = (markup: unknown): string => (text(markup) ?? '').replace(/<[^<>]*>/g, '').trim()

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('a message without its content')
  return found
}
