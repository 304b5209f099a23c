import type { MediaPart, Part } from '../../domain/message.ts'
import { type Json, number, present, text } from '../kit.ts'

// What stands in the chat for kinds that accounts are not told of, such as some stickers (UNVERIFIED wording).
const notForUs = /^[【[]?收到不支持的消息类型，暂无法显示[】\]]?$/

/** What a customer's message consists of; nothing for a kind we do not know. Throws where a known kind lacks its heart. */
export function partsOf(body: Json): Part[] {
  switch (body.MsgType) {
    case 'text':
      return words(needed(body.Content))
    case 'image':
      return [media('image', { ref: text(body.MediaId) || text(body.PicUrl) })]
    case 'voice':
      return [media('voice', { ref: text(body.MediaId), caption: text(body.Recognition), mime: sound(body.Format) })]
    case 'video':
    case 'shortvideo':
      return [media('video', { ref: text(body.MediaId) })]
    case 'location':
      return [location(body)]
    case 'link':
      return [
        { type: 'link', url: needed(body.Url), ...present({ title: text(body.Title), text: text(body.Description) }) },
      ]
    default:
      return []
  }
}

const words = (said: string): Part[] => (notForUs.test(said.trim()) ? [] : [{ type: 'text', text: said }])

function media(
  type: MediaPart['type'],
  fields: { ref: string | undefined; caption?: string | undefined; mime?: string | undefined },
): MediaPart {
  return { type, url: '', state: 'pending', ...present({ ...fields, ref: needed(fields.ref) }) }
}

const sound = (format: unknown): string | undefined =>
  ({ amr: 'audio/amr', speex: 'audio/speex' })[String(format).toLowerCase()]

/** X is the latitude. */
function location(body: Json): Part {
  const [lat, lon] = [number(body.Location_X), number(body.Location_Y)]
  if (lat === undefined || lon === undefined) throw new TypeError('a location without a place')
  return { type: 'location', lat, lon, ...present({ address: text(body.Label) }) }
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('a message without its content')
  return found
}
