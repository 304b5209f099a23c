import { isMedia, type Part } from '../../domain/message.ts'
import type { Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { graph, type Settings } from './settings.ts'

/** Words that begin so go to the commenter alone, into the chat. Meta allows one such message for each comment. */
const privateMark = /^\/private\s+/i

/** Answers below the comment for all to see, unless the words begin with the mark. */
export async function answerComment(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  if (piece.type === 'reaction') return { ok: false, why: 'invalid', detail: 'Instagram lets no app like a comment' }
  const comment = to.replyTo ?? to.last?.id
  if (!comment) return { ok: false, why: 'invalid', detail: 'There is no comment to answer' }
  const words = wordsFor(piece, io)
  if (!privateMark.test(words)) {
    const path = `${encodeURIComponent(comment)}/replies`
    return outcome(await graph(io, { method: 'POST', path, json: { message: words } }))
  }
  const json = { recipient: { comment_id: comment }, message: { text: words.replace(privateMark, '') } }
  return outcome(await graph(io, { method: 'POST', path: 'me/messages', json }))
}

/** There are no files and no buttons below a post: of files only their address. */
function wordsFor(piece: Part, io: Io<Settings>): string {
  if (isMedia(piece)) return [piece.caption, io.linkTo(piece)].filter(Boolean).join('\n')
  if (piece.type === 'text') return piece.text
  if (piece.type === 'link') return [piece.title, piece.text, piece.url].filter(Boolean).join('\n')
  if (piece.type === 'choices') return [piece.prompt, ...piece.choices.map((c, i) => `${i + 1}. ${c.label}`)].join('\n')
  throw new Error(`A comment cannot carry ${piece.type}`)
}
