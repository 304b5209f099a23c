import { type MediaType, mediaTypes, type Part } from '../../domain/message.ts'
import { type Json, list, number, present, text } from '../kit.ts'

/** One part of a visitor's message. Files were stored before the message: `media` names them. */
export function partOf(part: Json): Part {
  const type = needed(part.type)
  if ((mediaTypes as readonly string[]).includes(type)) return mediaOf(part, type as MediaType)
  switch (type) {
    case 'text':
      return { type: 'text', text: needed(part.text) }
    case 'location':
      return present({
        type: 'location' as const,
        lat: neededNumber(part.lat),
        lon: neededNumber(part.lon),
        name: text(part.name),
      }) as Part
    case 'contact':
      return present({
        type: 'contact' as const,
        name: needed(part.name),
        phones: list(part.phones).map(needed),
        emails: Array.isArray(part.emails) ? part.emails.map(needed) : undefined,
      }) as Part
    default:
      return { type: 'unsupported', what: type }
  }
}

const mediaOf = (part: Json, type: MediaType): Part =>
  present({
    type,
    url: needed(part.url),
    media: needed(part.media),
    bytes: number(part.bytes),
    mime: text(part.mime),
    name: text(part.name),
    caption: text(part.caption),
    width: number(part.width),
    height: number(part.height),
    seconds: number(part.seconds),
  }) as Part

/** A text that has to be there, or a TypeError. */
export function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('a text that has to be there is missing')
  return found
}

function neededNumber(value: unknown): number {
  const found = number(value)
  if (found === undefined) throw new TypeError('a number that has to be there is missing')
  return found
}
