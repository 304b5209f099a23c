import type { MediaPart, Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, records, text } from '../kit.ts'

/** What a message or a comment consists of: its words, then what is attached, then what it forwards. */
export function partsOf(message: Json): Part[] {
  const words = text(message.text)?.replace(mention, '$1')
  const attached = records(message.attachments).flatMap(attachment)
  return [
    ...(words ? [{ type: 'text' as const, text: words }] : []),
    ...album(attached, text(message.conversation_message_id)),
    ...(message.geo ? [place(maybe(message.geo))] : []),
    ...records(message.fwd_messages).flatMap(partsOf),
    ...(message.is_cropped === true
      ? [{ type: 'unsupported' as const, what: 'the rest of a message that VK cut' }]
      : []),
  ]
}

/** `[club5|@rowan]`: people see the words only. */
const mention = /\[(?:id|club|public|event)\d+\|([^\]|]+)\]/g

/** Pictures and files that came together. */
function album(parts: Part[], name = 'album'): Part[] {
  const together = parts.filter(part => part.type === 'image').length > 1
  return together ? parts.map(part => (part.type === 'image' ? { ...part, album: name } : part)) : parts
}

function attachment(given: Json): Part[] {
  const type = text(given.type) ?? 'attachment without a type'
  const known = kinds[type]
  try {
    return [known ? known(maybe(given[type])) : { type: 'unsupported', what: type }]
  } catch {
    return [{ type: 'unsupported', what: `unreadable ${type}` }]
  }
}

const kinds: Record<string, (of: Json) => Part> = {
  photo: of => file('image', largest(of.sizes) ?? largest(of.images), { caption: text(of.text) }),
  doc: of => file('file', text(of.url), { name: text(of.title), bytes: size(of.size) }),
  audio_message: of =>
    file('voice', text(of.link_ogg) ?? text(of.link_mp3), { seconds: size(of.duration), mime: mimeOfVoice(of) }),
  audio: song,
  sticker: of => file('sticker', largest(of.images) ?? text(of.photo_256), {}),
  graffiti: of => file('image', text(of.url) ?? text(of.photo_604), {}),
  gift: of => file('sticker', text(of.thumb_512) ?? text(of.thumb_256) ?? text(of.thumb_96), { name: 'Gift' }),
  video: of => linkTo(`video${pair(of)}`, { title: text(of.title), text: text(of.description) }),
  wall: of =>
    linkTo(`wall${text(of.owner_id) ?? text(of.to_id) ?? text(of.from_id)}_${needed(of.id)}`, { text: text(of.text) }),
  wall_reply: of =>
    linkTo(`wall${needed(of.owner_id)}_${needed(of.post_id)}?reply=${needed(of.id)}`, { text: text(of.text) }),
  market: of => linkTo(`market${pair(of)}`, { title: text(of.title), text: text(maybe(of.price).text) }),
  market_album: of => linkTo(`market${needed(of.owner_id)}?section=album_${needed(of.id)}`, { title: text(of.title) }),
  story: of => linkTo(`story${pair(of)}`, {}),
  podcast: of => linkTo(`podcast${pair(of)}`, { title: text(of.title) }),
  link: of => ({
    type: 'link',
    url: needed(of.url),
    ...present({ title: text(of.title), text: text(of.description) }),
  }),
  article: of => ({ type: 'link', url: text(of.view_url) ?? needed(of.url), ...present({ title: text(of.title) }) }),
  poll: of => ({ type: 'poll', question: needed(of.question), options: records(of.answers).map(option) }),
  call: of => ({
    type: 'system',
    what: text(of.state) === 'reached' ? 'call' : of.video === true ? 'missed-video-call' : 'missed-call',
    ...(size(of.duration) && { values: { seconds: String(of.duration) } }),
  }),
}

function file(type: MediaPart['type'], ref: string | undefined, fields: Partial<MediaPart>): MediaPart {
  const more = present(fields) as Partial<MediaPart>
  if (ref) return { type, url: '', ref, state: 'pending', ...more }
  return { type, url: '', state: 'failed', failure: 'VK gave no address to fetch this file from', ...more }
}

/** Most songs come without an address: rights. */
function song(of: Json): Part {
  const name = [text(of.artist), text(of.title)].filter(Boolean).join(' - ') || 'Audio'
  const fields = { name, seconds: size(of.duration) }
  if (text(of.url)) return file('audio', text(of.url), fields)
  return { ...file('audio', undefined, fields), failure: 'VK does not hand out this song' } as MediaPart
}

const mimeOfVoice = (of: Json) => (text(of.link_ogg) ? 'audio/ogg' : 'audio/mpeg')

/** Sizes and images come in several widths, by no promised order. */
function largest(images: unknown): string | undefined {
  const area = (image: Json) => (number(image.width) ?? 0) * (number(image.height) ?? 0)
  const [first, ...others] = records(images).filter(image => text(image.url))
  return first && text(others.reduce((best, image) => (area(image) > area(best) ? image : best), first).url)
}

const pair = (of: Json): string => [needed(of.owner_id), needed(of.id), text(of.access_key)].filter(Boolean).join('_')

/** Pages of VK itself: what they show is not handed out as a file. */
const linkTo = (page: string, words: { title?: string | undefined; text?: string | undefined }): Part => ({
  type: 'link',
  url: `https://vk.com/${page}`,
  ...present(words),
})

const option = (answer: Json) => ({ label: needed(answer.text), ...present({ votes: size(answer.votes) }) })

function place(geo: Json): Part {
  const { coordinates, place: named } = geo
  const [lat, lon] =
    typeof coordinates === 'string'
      ? coordinates.split(' ').map(number)
      : [number(maybe(coordinates).latitude), number(maybe(coordinates).longitude)]
  if (lat === undefined || lon === undefined) return { type: 'unsupported', what: 'a place without coordinates' }
  const { title, address } = maybe(named)
  return { type: 'location', lat, lon, ...present({ name: text(title), address: text(address) }) }
}

function size(value: unknown): number | undefined {
  const found = number(value)
  return found !== undefined && found >= 0 ? found : undefined
}

export function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('an event without what it is about')
  return found
}
