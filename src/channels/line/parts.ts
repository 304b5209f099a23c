import type { MediaPart, MediaType, Part } from '../../domain/message.ts'
import { type Json, list, maybe, number, present, text } from '../kit.ts'

/** What a customer's message consists of; nothing for a type we do not know. Throws where a known type lacks its heart. */
export function partsOf(message: Json): Part[] {
  switch (message.type) {
    case 'text':
      return [{ type: 'text', text: needed(message.text) }]
    case 'image':
      return [media('image', message)]
    case 'video':
      return [media('video', message)]
    case 'audio':
      return [media('audio', message)]
    case 'file':
      return [media('file', message)]
    case 'sticker':
      return [sticker(message)]
    case 'location':
      return [location(message)]
    default:
      return []
  }
}

/**
 * Where `media` fetches it: `prepared/<id>` asks first whether LINE has converted it, `content/<id>` does not. What came
 * from a mini app lies at an address of its own.
 */
function media(type: MediaType, message: Json): MediaPart {
  const id = needed(message.id)
  const provider = maybe(message.contentProvider)
  const external = provider.type === 'external' ? text(provider.originalContentUrl) : undefined
  const inside = type === 'video' || type === 'audio' ? `prepared/${id}` : `content/${id}`
  const ms = amount(message.duration)
  return {
    type,
    url: '',
    ref: external || inside,
    state: 'pending',
    ...present({
      name: text(message.fileName),
      bytes: amount(message.fileSize),
      seconds: ms === undefined ? undefined : Math.round(ms / 1000),
      album: text(maybe(message.imageSet).id),
    }),
  }
}

function sticker(message: Json): MediaPart {
  const [pack, id] = [text(message.packageId), needed(message.stickerId)]
  const words = text(message.text) || list(message.keywords).slice(0, 3).map(text).filter(Boolean).join(', ')
  return {
    type: 'sticker',
    url: '',
    ref: `sticker/${pack ?? ''}/${id}`,
    state: 'pending',
    name: `Sticker ${[pack, id].filter(Boolean).join('/')}${words ? ` (${words})` : ''}`,
  }
}

function location(message: Json): Part {
  const [lat, lon] = [number(message.latitude), number(message.longitude)]
  if (lat === undefined || lon === undefined) throw new TypeError('a location without a place')
  return { type: 'location', lat, lon, ...present({ name: text(message.title), address: text(message.address) }) }
}

function amount(value: unknown): number | undefined {
  const found = number(value)
  return found !== undefined && found >= 0 ? found : undefined
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('a message without its content')
  return found
}
