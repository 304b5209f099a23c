import type { TelegramMessage } from '@gramio/types'
import type { MediaType, Part } from '../../src/domain/message.ts'
import type { World } from '../world.ts'
import { type Fields, integerOf, objectOf, textOf } from './fields.ts'
import { type FileKind, fileKinds, fileOf } from './files.ts'
import { say } from './messages.ts'
import { choicesOf, pace, quoteOf, recipientOf } from './recipient.ts'
import { bad } from './refusal.ts'

export type Method = (fields: Fields, world: World) => unknown

/** A method that sends: `read` checks what it carries, then it goes to the phone. */
const sending =
  (read: (fields: Fields, world: World) => Part[] | Promise<Part[]>): Method =>
  async (fields, world) => {
    pace(world)
    const parts = await read(fields, world)
    return sent(parts, fields, world)
  }

function sent(parts: Part[], fields: Fields, world: World): TelegramMessage {
  const buttons = parts.some(part => part.type === 'choices') ? [] : choicesOf(fields, '')
  const person = recipientOf(fields, world)
  const replyTo = quoteOf(fields, person, world)
  return say(world, person, { from: 'business', parts: [...parts, ...buttons], ...(replyTo && { replyTo }) })
}

/** Text of a message, with its buttons if it has any. */
export function textParts(fields: Fields): Part[] {
  const text = (textOf(fields, 'text') ?? '').trim()
  if (!text) throw bad('message text is empty')
  if (text.length > 4096) throw bad('message is too long')
  const asked = choicesOf(fields, text)
  return asked.length ? asked : [{ type: 'text', text }]
}

const media = (type: MediaType, kind: FileKind): Method =>
  sending(async (fields, world) => {
    const caption = type === 'sticker' ? '' : captionOf(textOf(fields, 'caption'))
    const { id, mime, name } = await fileOf(fields, kind, world)
    const seconds = integerOf(fields, 'duration')
    return [{ type, url: '', ref: id, mime, name, ...(caption && { caption }), ...(seconds && { seconds }) }]
  })

function captionOf(caption = ''): string {
  if (caption.length > 1024) throw bad('message caption is too long')
  return caption
}

function point(fields: Fields): { lat: number; lon: number } {
  const [lat, lon] = [
    Number(textOf(fields, 'latitude') ?? Number.NaN),
    Number(textOf(fields, 'longitude') ?? Number.NaN),
  ]
  if (!(Math.abs(lat) <= 90)) throw bad('latitude must be between -90 and 90')
  if (!(Math.abs(lon) <= 180)) throw bad('longitude must be between -180 and 180')
  return { lat, lon }
}

function required(fields: Fields, name: string, complaint: string): string {
  const value = textOf(fields, name)
  if (!value) throw bad(complaint)
  return value
}

function contact(fields: Fields): Part {
  const phone = required(fields, 'phone_number', "contact's phone number must be non-empty")
  const first = required(fields, 'first_name', "contact's first name must be non-empty")
  const name = [first, textOf(fields, 'last_name')].filter(Boolean).join(' ')
  return { type: 'contact', name, phones: [phone] }
}

function venue(fields: Fields): Part {
  const name = required(fields, 'title', 'venue title must be non-empty')
  return {
    type: 'location',
    ...point(fields),
    name,
    address: required(fields, 'address', 'venue address must be non-empty'),
  }
}

function poll(fields: Fields): Part {
  const question = required(fields, 'question', 'poll question must be non-empty')
  if (question.length > 300) throw bad('poll question length must not exceed 300')
  const options = objectOf<(string | { text?: string })[]>(fields, 'options') ?? []
  if (!options.length) throw bad('poll must have at least 1 option')
  if (options.length > 12) throw bad("poll can't have more than 12 options")
  const labels = options.map(option => (typeof option === 'string' ? option : (option.text ?? '')))
  if (labels.some(label => !label)) throw bad('poll options must be non-empty')
  if (labels.some(label => label.length > 100)) throw bad('poll options length must not exceed 100')
  return { type: 'poll', question, options: labels.map(label => ({ label })) }
}

const albumTypes: Record<string, MediaType> = { photo: 'image', video: 'video', audio: 'audio', document: 'file' }

/** 2 to 10 items; each becomes a message of its own under one media_group_id. */
const album: Method = async (fields, world) => {
  pace(world)
  const items = objectOf<{ type?: string; media?: string; caption?: string }[]>(fields, 'media') ?? []
  if (items.length < 2 || items.length > 10) throw bad('group send failed: an album holds 2 to 10 items')
  const group = String(14_000_000_000_000_000n + BigInt(world.next()))
  const parts: Part[] = []
  for (const item of items) {
    const type = albumTypes[item.type ?? '']
    if (!type) throw bad('wrong media type in the album')
    const caption = captionOf(item.caption)
    const kind = { ...fileKinds[type], field: 'media' }
    const { id, mime, name } = await fileOf({ values: { media: item.media }, uploads: fields.uploads }, kind, world)
    parts.push({ type, url: '', ref: id, mime, name, album: group, ...(caption && { caption }) })
  }
  return parts.map(part => ({ ...sent([part], fields, world), media_group_id: group }))
}

/** The methods that put something on the phone. */
export const sends: Record<string, Method> = {
  sendMessage: sending(textParts),
  sendPhoto: media('image', fileKinds.image),
  sendVideo: media('video', fileKinds.video),
  sendAnimation: media('video', fileKinds.animation),
  sendAudio: media('audio', fileKinds.audio),
  sendVoice: media('voice', fileKinds.voice),
  sendDocument: media('file', fileKinds.file),
  sendSticker: media('sticker', fileKinds.sticker),
  sendLocation: sending(fields => [{ type: 'location', ...point(fields) }]),
  sendVenue: sending(fields => [venue(fields)]),
  sendContact: sending(fields => [contact(fields)]),
  sendPoll: sending(fields => [poll(fields)]),
  sendMediaGroup: album,
}
