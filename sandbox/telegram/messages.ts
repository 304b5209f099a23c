import type { TelegramInlineKeyboardMarkup, TelegramMessage } from '@gramio/types'
import type { MediaPart, Part } from '../../src/domain/message.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { botOf, chatOf, numberOf, personOf, userOf } from './desk.ts'
import { sizeOf, uniqueOf } from './files.ts'

/** A bubble's id is `<chat>:<message_id>`: Telegram's own number is unique within a chat only. */
export const bubbleId = (chat: number, message: number): string => `${chat}:${message}`
const numberIn = (bubble: string): number => Number(bubble.slice(bubble.indexOf(':') + 1))

interface Saying {
  from: Bubble['from']
  parts: Part[]
  replyTo?: string
}

/** Shows a new bubble on the phone and answers the Message that it is. */
export function say(world: World, person: Person, saying: Saying): TelegramMessage {
  const bubble: Bubble = {
    id: bubbleId(numberOf(person), world.next()),
    person: person.id,
    at: world.now().getTime(),
    reactions: [],
    ...(saying.from === 'business' && { ticks: 'sent' as const }),
    ...saying,
  }
  world.show(bubble)
  return messageOf(world, bubble)
}

/** The Message behind a bubble, as the Bot API tells it now. */
export function messageOf(world: World, bubble: Bubble): TelegramMessage {
  const person = world.people.get(bubble.person) ?? personOf(world, Number(bubble.id.split(':')[0]))
  if (!person) throw new Error(`telegram: bubble ${bubble.id} is nobody's`)
  const quoted = bubble.replyTo === undefined ? undefined : world.bubble(bubble.replyTo)
  const message = {
    message_id: numberIn(bubble.id),
    from: bubble.from === 'customer' ? userOf(person) : botOf(world),
    chat: chatOf(person),
    date: Math.floor(bubble.at / 1000),
    ...(quoted && { reply_to_message: messageOf(world, { ...quoted, replyTo: undefined } as Bubble) }),
    ...Object.assign({}, ...bubble.parts.map(part => contentOf(world, part, person))),
    ...markupOf(bubble.parts),
  }
  return message as TelegramMessage
}

function contentOf(world: World, part: Part, person: Person): object {
  switch (part.type) {
    case 'text':
      return { text: part.text, ...commandIn(part.text) }
    case 'choices':
      return part.prompt ? { text: part.prompt } : {}
    case 'location':
      return placeOf(part)
    case 'contact': {
      const [phone = ''] = part.phones
      const [first_name = '', ...rest] = part.name.split(' ')
      const own = phone.replace(/\D/g, '') === person.phone ? { user_id: numberOf(person) } : {}
      const last = rest.length ? { last_name: rest.join(' ') } : {}
      return { contact: { phone_number: phone, first_name, ...last, ...own } }
    }
    case 'poll':
      return { poll: pollOf(part) }
    default:
      return 'ref' in part ? mediaOf(world, part) : {}
  }
}

function commandIn(text: string): object {
  const command = /^\/\w+/.exec(text)?.[0]
  return command ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] } : {}
}

function placeOf(part: Part & { type: 'location' }): object {
  const location = { latitude: part.lat, longitude: part.lon }
  return part.name
    ? { location, venue: { location, title: part.name, address: part.address ?? part.name } }
    : { location }
}

const pollOf = (part: Part & { type: 'poll' }): object => ({
  id: `5${part.question.length}${part.options.length}4217701530`,
  question: part.question,
  options: part.options.map((o, i) => ({ persistent_id: String(i), text: o.label, voter_count: o.votes ?? 0 })),
  total_voter_count: 0,
  is_closed: false,
  is_anonymous: true,
  type: 'regular',
  allows_multiple_answers: false,
  allows_revoting: true,
  members_only: false,
})

function mediaOf(world: World, part: MediaPart): object {
  const file = world.files.get(part.ref ?? '')
  if (!file) return {}
  const it = { file_id: file.id, file_unique_id: uniqueOf(file.id), file_size: file.bytes.length }
  const named = { ...it, file_name: file.name, mime_type: file.mime }
  const lasting = { duration: part.seconds ?? 1 }
  const caption = part.caption ? { caption: part.caption } : {}
  switch (part.type) {
    case 'image':
      return {
        photo: [
          { ...it, ...thumb(file) },
          { ...it, ...sizeOf(file) },
        ],
        ...caption,
      }
    case 'video':
      return { video: { ...named, width: 640, height: 360, ...lasting }, ...caption }
    case 'audio':
      return { audio: { ...named, ...lasting }, ...caption }
    case 'voice':
      return { voice: { ...it, mime_type: file.mime, ...lasting }, ...caption }
    case 'sticker':
      return { sticker: { ...it, type: 'regular', width: 512, height: 512, ...moving(file.mime), emoji: '🙂' } }
    default:
      return { document: named, ...caption }
  }
}

/** The same file stands in for its smaller copy; its size is told smaller, as Telegram's first size is. */
const thumb = (file: Parameters<typeof sizeOf>[0]) => {
  const { width, height } = sizeOf(file)
  const scale = 90 / Math.max(90, width, height)
  return {
    width: Math.ceil(width * scale),
    height: Math.ceil(height * scale),
    file_size: Math.ceil(file.bytes.length * scale),
  }
}

const moving = (mime: string) => ({
  is_animated: mime === 'application/x-tgsticker',
  is_video: mime === 'video/webm',
})

function markupOf(parts: Part[]): { reply_markup?: TelegramInlineKeyboardMarkup } {
  const choices = parts.find(part => part.type === 'choices')?.choices
  if (!choices) return {}
  return { reply_markup: { inline_keyboard: choices.map(choice => [buttonOf(choice)]) } }
}

const buttonOf = ({ id, label }: { id: string; label: string }) =>
  /^https?:\/\//.test(id) ? { text: label, url: id } : { text: label, callback_data: id }
