import type { Part } from '../../domain/message.ts'
import type { Outgoing, Piece } from '../contract.ts'
import { content, type Dialect, kindOf } from '../meta/chat/content.ts'
import type { Given } from '../meta/chat/send.ts'
import { reactionNames } from './capabilities.ts'
import { ourMark } from './message.ts'

/** The body of `POST /<page>/messages`. */
export function render(piece: Piece, to: Outgoing, given: Given): Record<string, unknown> {
  const recipient = { id: to.address }
  if (piece.type === 'reaction') return { recipient, ...reaction(piece) }
  const isTemplate = piece.type === 'template'
  const words = isTemplate ? { template: template(piece) } : content(piece, given.attachment, dialect)
  const message = { ...words, metadata: ourMark + to.key }
  const quote = to.replyTo && { reply_to: { mid: to.replyTo } }
  return { recipient, ...(isTemplate ? { messaging_type: 'UTILITY' } : kindOf(to, given.now)), message, ...quote }
}

const plainEmoji = (emoji: string) => emoji.replaceAll('\ufe0f', '')
const names = new Map(Object.entries(reactionNames).map(([emoji, name]) => [plainEmoji(emoji), name]))

function reaction({ emoji, of }: Piece & { type: 'reaction' }): object {
  if (!emoji) return { sender_action: 'unreact', payload: { message_id: of } }
  const name = names.get(plainEmoji(emoji))
  if (!name) throw new Error(`Messenger cannot react with ${emoji}: fit() should have refused it`)
  return { sender_action: 'react', payload: { message_id: of, reaction: name } }
}

/** Meta has no voice messages and no stickers of ours. */
export const attachmentType = (type: string): string =>
  type === 'voice' ? 'audio' : type === 'sticker' ? 'image' : type

const dialect: Dialect = { name: 'Messenger', attachmentType, longestPrompt: 640 }

const template = ({ name, language, values }: Extract<Part, { type: 'template' }>) => ({
  name,
  language: { code: language },
  ...(values.length && { components: [{ type: 'body', parameters: values.map(text => ({ type: 'text', text })) }] }),
})
