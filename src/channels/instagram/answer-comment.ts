import { privateWords } from '../../domain/privately.ts'
import type { Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { graph, type Settings } from './settings.ts'

/** Answers below the comment for all to see, or the commenter alone, in the chat: once for each comment. */
export async function answerComment(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  if (piece.type !== 'text') throw new Error(`A comment cannot carry ${piece.type}: fit() should have refused it`)
  const comment = to.replyTo ?? to.last?.id
  if (!comment) return { ok: false, why: 'invalid', detail: 'There is no comment to answer' }
  const aside = privateWords(piece.text)
  if (aside === undefined) {
    const path = `${encodeURIComponent(comment)}/replies`
    return outcome(await graph(io, { method: 'POST', path, json: { message: piece.text } }))
  }
  const json = { recipient: { comment_id: comment }, message: { text: aside } }
  return outcome(await graph(io, { method: 'POST', path: 'me/messages', json }))
}
