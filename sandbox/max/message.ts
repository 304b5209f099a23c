import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'
import { readCard, writeCard } from '../../src/channels/max/card.ts'
import { isMedia, type MediaPart, type Part } from '../../src/domain/message.ts'
import type { Bubble } from '../wire.ts'
import type { World } from '../world.ts'
import { botOf, keptOf, recipientOf, seqOf, userOf } from './account.ts'

/** A bubble as MAX tells of it. */
export function messageOf(bubble: Bubble, world: World): Json {
  const person = world.people.get(bubble.person)!
  const user = userOf(person, world)
  const bot = botOf(world)
  const quoted = bubble.replyTo === undefined ? undefined : world.bubble(bubble.replyTo)
  return {
    sender: bubble.from === 'customer' ? user : bot,
    recipient: recipientOf(person, bubble.from === 'customer' ? bot.user_id : user.user_id),
    timestamp: bubble.at,
    ...(quoted && {
      link: { type: 'reply', chat_id: recipientOf(person, null).chat_id, message: bodyOf(quoted, world) },
    }),
    body: bodyOf(bubble, world),
  }
}

function bodyOf({ id, at, parts }: Bubble, world: World): Json {
  const words = parts.flatMap(part =>
    part.type === 'text'
      ? part.text
      : part.type === 'choices'
        ? part.prompt
        : isMedia(part)
          ? (part.caption ?? [])
          : [],
  )
  return {
    mid: id,
    seq: seqOf(at, id),
    text: words.length ? words.join('\n') : null,
    attachments: parts.flatMap(part => attachmentOf(part, world)),
  }
}

function attachmentOf(part: Part, world: World): Json[] {
  switch (part.type) {
    case 'location':
      return [{ type: 'location', latitude: part.lat, longitude: part.lon }]
    case 'contact':
      return [{ type: 'contact', payload: { vcf_info: writeCard(part), max_info: null } }]
    case 'choices': {
      const buttons = part.choices.map(({ id, label }) => [{ type: 'callback', text: label, payload: id }])
      return [{ type: 'inline_keyboard', payload: { buttons } }]
    }
    default:
      return isMedia(part) ? [fileOf(part, world)] : []
  }
}

function fileOf(part: MediaPart, world: World): Json {
  const token = part.ref ?? ''
  const url = fileUrl(token, world)
  switch (part.type) {
    case 'image':
      return { type: 'image', payload: { photo_id: 9_001, token, url } }
    case 'video':
      return {
        type: 'video',
        payload: { token, url: `${url}?play` },
        width: 720,
        height: 1280,
        duration: part.seconds ?? 1,
      }
    case 'audio':
    case 'voice':
      return { type: 'audio', payload: { token, url } }
    case 'sticker':
      return { type: 'sticker', payload: { code: 'a1b2', url }, width: 256, height: 256 }
    default:
      return { type: 'file', payload: { token, url }, filename: part.name ?? 'file', size: part.bytes ?? 0 }
  }
}

export const fileUrl = (token: string, world: World): string => `${world.baseUrl}/files/${token}`

/** What the business sends, as the phone shows it. */
export function partsOf(body: Json, world: World): Part[] {
  const words = text(body.text) ?? ''
  const given = records(body.attachments)
  const keyboard = given.find(a => a.type === 'inline_keyboard')
  const parts = given.flatMap(a => shown(a, world))
  const [first] = parts
  const choices = keyboard ? choicesOf(maybe(keyboard.payload)) : []
  if (choices.length) return [{ type: 'choices', prompt: words, choices }, ...parts]
  if (!words) return parts
  if (first && isMedia(first)) return [{ ...first, caption: words }, ...parts.slice(1)]
  return [{ type: 'text', text: words }, ...parts]
}

const choicesOf = ({ buttons }: Json) =>
  (Array.isArray(buttons) ? buttons : [])
    .flatMap(row => records(row))
    .filter(b => b.type === 'callback')
    .map(b => ({ id: text(b.payload)!, label: text(b.text)! }))

function shown(attachment: Json, world: World): Part[] {
  const payload = maybe(attachment.payload)
  const { type } = attachment
  if (type === 'location') return [{ type, lat: number(attachment.latitude)!, lon: number(attachment.longitude)! }]
  if (type === 'contact') {
    const card = readCard(text(payload.vcf_info) ?? '')
    return [{ type, ...card, name: text(payload.name) || card.name }]
  }
  if (type === 'share') return [{ type: 'link', url: text(payload.url) ?? '' }]
  if (type !== 'image' && type !== 'video' && type !== 'audio' && type !== 'file') return []
  const [token] = tokensIn(payload)
  const file = token === undefined ? undefined : world.files.get(token)
  if (!file) return [{ type, url: text(payload.url) ?? '' }]
  const { mime, name, bytes, id } = file
  return [{ type, url: fileUrl(id, world), ref: id, mime, name, bytes: bytes.length }]
}

export const tokensIn = (payload: Json): string[] =>
  [payload.token, ...Object.values(maybe(payload.photos)).map(photo => maybe(photo).token)].flatMap(
    token => text(token) ?? [],
  )

/** Whether MAX is still at work on one of the files; each asking brings it nearer. */
export function isConverting(body: Json, world: World): boolean {
  const { converting } = keptOf(world)
  const busy = records(body.attachments)
    .flatMap(a => tokensIn(maybe(a.payload)))
    .filter(token => (converting.get(token) ?? 0) > 0)
  for (const token of busy) converting.set(token, converting.get(token)! - 1)
  return busy.length > 0
}
