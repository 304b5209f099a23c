import type { MediaPart, MediaType, Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, records, text } from '../kit.ts'
import { readCard } from './card.ts'

/** What a message consists of: its words, then its attachments. Words before a file are the file's caption. */
export function partsOf(body: Json): Part[] {
  const words = text(body.text) ?? ''
  const files = together(records(body.attachments).flatMap(partOf), text(body.mid))
  const [first] = files
  if (!words) return files
  if (first && 'state' in first && first.type !== 'sticker') return [{ ...first, caption: words }, ...files.slice(1)]
  return [{ type: 'text', text: words }, ...files]
}

/** Pictures and videos of one message are an album. */
function together(parts: Part[], album: string | undefined): Part[] {
  const seen = parts.filter(part => part.type === 'image' || part.type === 'video')
  if (seen.length < 2 || !album) return parts
  return parts.map(part => (part.type === 'image' || part.type === 'video' ? { ...part, album } : part))
}

function partOf(attachment: Json): Part[] {
  const payload = maybe(attachment.payload)
  switch (attachment.type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
      return [media(attachment.type, attachment, payload)]
    case 'sticker':
      return [{ ...media('sticker', attachment, payload), ...present({ name: text(payload.code) }) }]
    case 'contact':
      return [contact(payload)]
    case 'share':
      return link(attachment, payload)
    case 'location':
      return [location(attachment)]
    // Buttons under a message are seen where they were offered.
    case 'inline_keyboard':
    case 'reply_keyboard':
      return []
    default:
      return [{ type: 'unsupported', what: `attachment ${text(attachment.type) || 'without a type'}` }]
  }
}

/** A video's address is a page to play it on; the file itself is asked for by the token. */
function media(type: MediaType, attachment: Json, payload: Json): MediaPart {
  const [url, token] = [text(payload.url), text(payload.token)]
  const ref = type === 'video' && token ? `video:${token}` : url
  return {
    type,
    url: '',
    ...(ref ? { ref, state: 'pending' } : { state: 'failed', failure: 'MAX gave no address to fetch this file from' }),
    ...present({
      name: text(attachment.filename),
      bytes: amount(attachment.size),
      width: amount(attachment.width),
      height: amount(attachment.height),
      seconds: amount(attachment.duration),
    }),
  }
}

function amount(value: unknown): number | undefined {
  const found = number(value)
  return found !== undefined && found >= 0 ? found : undefined
}

/** A card, or the account of somebody on MAX. */
function contact({ vcf_info, max_info }: Json): Part {
  const card = readCard(text(vcf_info) ?? '')
  return { type: 'contact', ...card, name: card.name || nameOf(maybe(max_info)) || card.phones[0] || '' }
}

export const nameOf = (user: Json): string | undefined =>
  text(user.name) || [text(user.first_name), text(user.last_name)].filter(Boolean).join(' ') || undefined

function link(attachment: Json, payload: Json): Part[] {
  const url = text(payload.url)
  const words = present({ title: text(attachment.title), text: text(attachment.description) })
  return url ? [{ type: 'link', url, ...words }] : [{ type: 'unsupported', what: 'attachment share' }]
}

function location(at: Json): Part {
  const [lat, lon] = [number(at.latitude), number(at.longitude)]
  if (lat === undefined || lon === undefined) return { type: 'unsupported', what: 'attachment location' }
  return { type: 'location', lat, lon }
}
