import { privateWords } from '../../domain/privately.ts'
import type { Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { externalId } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { ourMark } from './message.ts'
import { graph, type Settings } from './settings.ts'

/** Answers below the comment for all to see, or the commenter alone, in Messenger: once for each comment. */
export async function answerComment(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  const comment = piece.type === 'reaction' ? piece.of : (to.replyTo ?? to.last?.id)
  if (!comment) return { ok: false, why: 'invalid', detail: 'There is no comment to answer' }
  const id = encodeURIComponent(comment)
  if (piece.type === 'reaction') {
    const method = piece.emoji ? 'POST' : 'DELETE'
    return outcome(await graph(io, { method, path: `${id}/likes` }), externalId(`like:${to.key}`))
  }
  const aside = piece.type === 'text' ? privateWords(piece.text) : undefined
  if (aside === undefined)
    return outcome(await graph(io, { method: 'POST', path: `${id}/comments`, json: below(piece, io) }))
  const message = { text: aside, metadata: ourMark + to.key }
  const json = { recipient: { comment_id: comment }, messaging_type: 'RESPONSE', message }
  return outcome(await graph(io, { method: 'POST', path: `${io.settings.pageId}/messages`, json }))
}

function below(piece: Piece, io: Io<Settings>): object {
  if (piece.type === 'text') return { message: piece.text }
  if (piece.type === 'image') return { message: piece.caption ?? '', attachment_url: io.linkTo(piece) }
  throw new Error(`A comment cannot carry ${piece.type}: fit() should have refused it`)
}
