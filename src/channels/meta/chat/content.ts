import { isMedia, type Part } from '../../../domain/message.ts'
import type { Outgoing, Piece } from '../../contract.ts'
import { present } from '../../kit.ts'

/** In what the words of a message differ between Messenger and Instagram. */
export interface Dialect {
  /** Of the network, for people. */
  name: string
  attachmentType(type: string): string
  /** More words than this cannot stand above buttons. */
  longestPrompt: number
}

const day = 24 * 3_600_000

/** Within a day of the customer's last words an answer needs nothing; later Meta wants to hear that a person wrote it. */
export function kindOf({ last, automatic }: Outgoing, now: Date): object {
  const late = last && now.getTime() - last.at.getTime() >= day
  return late && !automatic ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } : { messaging_type: 'RESPONSE' }
}

/** A `message`. `attachment` is the uploaded file of a media piece. */
export function content(
  piece: Exclude<Piece, { type: 'reaction' }>,
  attachment: string | undefined,
  { name, attachmentType, longestPrompt }: Dialect,
): object {
  switch (piece.type) {
    case 'text':
      return { text: piece.text }
    case 'link':
      return { text: [piece.title, piece.text, piece.url].filter(Boolean).join('\n') }
    case 'choices':
      return choices(piece, longestPrompt)
    default:
      if (!isMedia(piece)) throw new Error(`${name} cannot carry ${piece.type}: fit() should have refused it`)
      if (!attachment) throw new Error('a file is uploaded before it is sent')
      return { attachment: { type: attachmentType(piece.type), payload: { attachment_id: attachment } } }
  }
}

type Choices = Extract<Part, { type: 'choices' }>

/** Long labels or descriptions need cards, and cards have no place for the question: it goes as a message before them. */
export const needsCards = ({ choices }: Choices): boolean =>
  choices.some(c => c.description || [...c.label].length > 20)

/** Up to three choices are buttons that stay; more are quick replies, which go when the next message comes. */
function choices(piece: Choices, longestPrompt: number): object {
  const { prompt, choices } = piece
  if (needsCards(piece)) return { attachment: cards(piece) }
  if (choices.length > 3 || [...prompt].length > longestPrompt)
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
