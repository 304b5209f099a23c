import { isMedia, type Part } from '../../domain/message.ts'
import type { Outgoing, Piece } from '../contract.ts'
import { present } from '../kit.ts'
import { reactionNames } from './capabilities.ts'
import { ourMark } from './message.ts'

export interface Given {
  now: Date
  /** Of the uploaded file of a media piece. */
  attachment?: string
}

/** The body of `POST /<page>/messages`. */
export function render(piece: Piece, to: Outgoing, given: Given): Record<string, unknown> {
  const recipient = { id: to.address }
  if (piece.type === 'reaction') return { recipient, ...reaction(piece) }
  const message = { ...content(piece, given), metadata: ourMark + to.key }
  const quote = to.replyTo && { reply_to: { mid: to.replyTo } }
  return { recipient, ...kindOf(piece, to, given.now), message, ...quote }
}

const day = 24 * 3_600_000

/** Within a day of the customer's last words an answer needs nothing; later Meta wants to hear that a person wrote it. */
function kindOf(piece: Piece, { last, automatic }: Outgoing, now: Date): object {
  if (piece.type === 'template') return { messaging_type: 'UTILITY' }
  const late = last && now.getTime() - last.at.getTime() >= day
  return late && !automatic ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } : { messaging_type: 'RESPONSE' }
}

const plainEmoji = (emoji: string) => emoji.replaceAll('\ufe0f', '')
const names = new Map(Object.entries(reactionNames).map(([emoji, name]) => [plainEmoji(emoji), name]))

function reaction({ emoji, of }: Piece & { type: 'reaction' }): object {
  if (!emoji) return { sender_action: 'unreact', payload: { message_id: of } }
  const name = names.get(plainEmoji(emoji))
  if (!name) throw new Error(`Messenger cannot react with ${emoji}: fit() should have refused it`)
  return { sender_action: 'react', payload: { message_id: of, reaction: name } }
}

function content(piece: Exclude<Piece, { type: 'reaction' }>, { attachment }: Given): object {
  switch (piece.type) {
    case 'text':
      return { text: piece.text }
    case 'link':
      return { text: [piece.title, piece.text, piece.url].filter(Boolean).join('\n') }
    case 'choices':
      return choices(piece)
    case 'template':
      return { template: template(piece) }
    default:
      if (!isMedia(piece)) throw new Error(`Messenger cannot carry ${piece.type}: fit() should have refused it`)
      if (!attachment) throw new Error('a file is uploaded before it is sent')
      return { attachment: { type: attachmentType(piece.type), payload: { attachment_id: attachment } } }
  }
}

/** Meta has no voice messages and no stickers of ours. */
export const attachmentType = (type: string): string =>
  type === 'voice' ? 'audio' : type === 'sticker' ? 'image' : type

type Choices = Extract<Part, { type: 'choices' }>

/** Long labels or descriptions need cards, and cards have no place for the question: it goes as a message before them. */
export const needsCards = ({ choices }: Choices): boolean =>
  choices.some(c => c.description || [...c.label].length > 20)

/** Up to three choices are buttons that stay; more are quick replies, which go when the next message comes. */
function choices(piece: Choices): object {
  const { prompt, choices } = piece
  if (needsCards(piece)) return { attachment: cards(piece) }
  if (choices.length > 3 || [...prompt].length > 640)
    return {
      text: prompt,
      quick_replies: choices.map(c => ({ content_type: 'text', title: c.label, payload: c.id })),
    }
  const buttons = choices.map(c => ({ type: 'postback', title: c.label, payload: c.id }))
  return { attachment: { type: 'template', payload: { template_type: 'button', text: prompt, buttons } } }
}

const cards = ({ choices, button }: Choices) => ({
  type: 'template',
  payload: {
    template_type: 'generic',
    elements: choices.map(c => ({
      title: c.label,
      ...present({ subtitle: c.description }),
      buttons: [{ type: 'postback', title: [...(button || '✓')].slice(0, 20).join(''), payload: c.id }],
    })),
  },
})

const template = ({ name, language, values }: Extract<Part, { type: 'template' }>) => ({
  name,
  language: { code: language },
  ...(values.length && { components: [{ type: 'body', parameters: values.map(text => ({ type: 'text', text })) }] }),
})
