import type { MediaPart, Part } from '../../domain/message.ts'
import type { Address, Outgoing, Piece } from '../contract.ts'
import { present } from '../kit.ts'

/** One call of the Bot API. With `upload` it goes as multipart and that field carries the file's bytes. */
export interface Call {
  method: string
  fields: Record<string, unknown>
  upload?: { field: string; part: MediaPart }
}

/** Throws for what `can` refuses: domain/fit never lets it come here. */
export function render(piece: Piece, to: Outgoing): Call {
  if (piece.type === 'reaction') return react(piece.of, piece.emoji)
  const { method, fields, upload } = said(piece, to)
  const topic = /#(\d+)$/.exec(to.address)?.[1]
  const whole = {
    ...target(to.address),
    // The one kind that one person's messages to a channel cannot carry; Telegram will say so.
    direct_messages_topic_id: topic && piece.type !== 'poll' ? Number(topic) : undefined,
    ...fields,
    // Without the permission the answer is lost when the customer deleted the question.
    reply_parameters: to.replyTo && { message_id: numberIn(to.replyTo), allow_sending_without_reply: true },
  }
  return { method, fields: present(whole), ...present({ upload }) }
}

/** `<business connection>/<chat>#<topic>` as the fields that every call takes; only the chat is always there. */
export function target(address: Address): Record<string, unknown> {
  const [, business, chat = ''] = /^(?:(.+)\/)?([^/#]*)/.exec(address) ?? []
  return present({ chat_id: /^-?\d{1,15}$/.test(chat) ? Number(chat) : chat, business_connection_id: business })
}

const numberIn = (id: string): number => Number(id.slice(id.lastIndexOf(':') + 1))

function react(of: string, emoji: string): Call {
  // An empty list takes the reaction away. Telegram knows the heart only without its variation selector.
  const reaction = emoji ? [{ type: 'emoji', emoji: emoji.replaceAll('\uFE0F', '') }] : []
  const { chat_id } = target(of.slice(0, of.lastIndexOf(':')) as Address)
  return { method: 'setMessageReaction', fields: { chat_id, message_id: numberIn(of), reaction } }
}

function said(part: Part, to: Outgoing): Call {
  switch (part.type) {
    case 'text':
      return words(part.text)
    case 'link':
      return words([part.title, part.text, part.url].filter(Boolean).join('\n'))
    case 'choices':
      return asked(part)
    case 'location':
      return place(part)
    case 'contact':
      return person(part)
    case 'poll':
      return vote(part, to)
    case 'image':
    case 'video':
    case 'audio':
    case 'voice':
    case 'file':
    case 'sticker':
      return sent(part)
    default:
      throw new Error(`Telegram cannot carry a piece of type ${part.type}`)
  }
}

/** Plain text: without parse_mode nothing needs escaping. */
const words = (text: string): Call => ({ method: 'sendMessage', fields: { text } })

function asked(part: Part & { type: 'choices' }): Call {
  const inline_keyboard = part.choices.map(choice => [{ text: choice.label, callback_data: choice.id }])
  return { method: 'sendMessage', fields: { text: part.prompt, reply_markup: { inline_keyboard } } }
}

/** A venue needs an address too, a mere location takes neither name nor address. */
function place({ lat, lon, name, address }: Part & { type: 'location' }): Call {
  const point = { latitude: lat, longitude: lon }
  if (!name && !address) return { method: 'sendLocation', fields: point }
  return { method: 'sendVenue', fields: { ...point, title: name || address, address: address || name } }
}

function person(part: Part & { type: 'contact' }): Call {
  const [phone, ...more] = part.phones
  if (!phone) return words([part.name, part.company, ...(part.emails ?? [])].filter(Boolean).join('\n'))
  const rest = more.length || part.emails?.length || part.company
  const fields = { phone_number: phone, first_name: part.name || phone, ...(rest && { vcard: card(part) }) }
  return { method: 'sendContact', fields }
}

function card(part: Part & { type: 'contact' }): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${part.name}`,
    ...part.phones.map(phone => `TEL:${phone}`),
    ...(part.emails ?? []).map(email => `EMAIL:${email}`),
    ...(part.company ? [`ORG:${part.company}`] : []),
    'END:VCARD',
  ]
  return lines.map(line => line.replaceAll(/[\r\n]+/g, ' ')).join('\r\n')
}

/** Who voted what is told only for polls that are not anonymous; channels (-100…) take anonymous ones only. */
function vote(part: Part & { type: 'poll' }, to: Outgoing): Call {
  const options = part.options.map(option => ({ text: option.label }))
  return {
    method: 'sendPoll',
    fields: { question: part.question, options, is_anonymous: to.address.startsWith('-100') },
  }
}

const media = {
  image: ['sendPhoto', 'photo'],
  video: ['sendVideo', 'video'],
  audio: ['sendAudio', 'audio'],
  voice: ['sendVoice', 'voice'],
  file: ['sendDocument', 'document'],
  sticker: ['sendSticker', 'sticker'],
} as const

function sent(part: MediaPart): Call {
  // As a photo a GIF would stand still.
  const [method, field] =
    part.mime === 'image/gif' && part.type === 'image' ? ['sendAnimation', 'animation'] : media[part.type]
  const caption = part.type === 'sticker' ? undefined : part.caption
  return { method, fields: present({ caption }), upload: { field, part } }
}
