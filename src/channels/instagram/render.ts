import type { Outgoing, Piece } from '../contract.ts'
import { content, type Dialect, kindOf } from '../meta/chat/content.ts'
import type { Given } from '../meta/chat/send.ts'

/** The body of `POST /me/messages`. */
export function render(piece: Piece, to: Outgoing, given: Given): Record<string, unknown> {
  const recipient = { id: to.address }
  if (piece.type === 'reaction') return { recipient, ...reaction(piece) }
  const quote = to.replyTo && { reply_to: { mid: to.replyTo } }
  return { recipient, ...kindOf(to, given.now), message: content(piece, given.attachment, dialect), ...quote }
}

function reaction({ emoji, of }: Piece & { type: 'reaction' }): object {
  if (!emoji) return { sender_action: 'unreact', payload: { message_id: of } }
  if (emoji.replaceAll('\ufe0f', '') !== '❤')
    throw new Error(`Instagram cannot react with ${emoji}: fit() should have refused it`)
  return { sender_action: 'react', payload: { message_id: of, reaction: 'love' } }
}

/** Voice messages are audio files here. */
export const attachmentType = (type: string): string => (type === 'voice' ? 'audio' : type)

const dialect: Dialect = { name: 'Instagram', attachmentType, longestPrompt: Number.POSITIVE_INFINITY }
