import { isMedia } from '../../domain/message.ts'
import type { Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { externalId } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { ourMark } from './message.ts'
import { graph, type Settings } from './settings.ts'

/** Words that begin so go to the commenter alone, into Messenger. Meta allows one such message for each comment. */
const privateMark = /^\/private\s+/i

/** Answers below the comment for all to see, unless the words begin with the mark. */
export async function answerComment(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  const comment = piece.type === 'reaction' ? piece.of : (to.replyTo ?? to.last?.id)
  if (!comment) return { ok: false, why: 'invalid', detail: 'There is no comment to answer' }
  const id = encodeURIComponent(comment)
  if (piece.type === 'reaction') {
    const method = piece.emoji ? 'POST' : 'DELETE'
    return outcome(await graph(io, { method, path: `${id}/likes` }), externalId(`like:${to.key}`))
  }
  const words = wordsFor(piece)
  if (!privateMark.test(words))
    return outcome(await graph(io, { method: 'POST', path: `${id}/comments`, json: below(piece, io) }))
  const message = { text: words.replace(privateMark, ''), metadata: ourMark + to.key }
  const json = { recipient: { comment_id: comment }, messaging_type: 'RESPONSE', message }
  return outcome(await graph(io, { method: 'POST', path: `${io.settings.pageId}/messages`, json }))
}

/** A picture can stand below a comment; of other files only their address. */
function below(piece: Piece, io: Io<Settings>): object {
  const message = wordsFor(piece)
  if (piece.type === 'image') return { message, attachment_url: io.linkTo(piece) }
  return { message: isMedia(piece as never) ? io.linkTo(piece as never) : message }
}

/** There are no buttons below a post. */
function wordsFor(piece: Piece): string {
  if (piece.type === 'text') return piece.text
  if (piece.type === 'link') return [piece.title, piece.text, piece.url].filter(Boolean).join('\n')
  if (piece.type === 'choices') return [piece.prompt, ...piece.choices.map((c, i) => `${i + 1}. ${c.label}`)].join('\n')
  if ('caption' in piece || isMedia(piece as never)) return (piece as { caption?: string }).caption ?? ''
  throw new Error(`A comment cannot carry ${piece.type}`)
}
