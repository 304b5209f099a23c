import type { MediaPart, Part } from '../../domain/message.ts'
import { isMedia } from '../../domain/message.ts'
import {
  AnswerLost,
  type ExternalId,
  type HttpAnswer,
  type Io,
  type Outgoing,
  type Piece,
  type SendResult,
} from '../contract.ts'
import { attempt, externalId, maybe, text } from '../kit.ts'
import { answerComment } from './answer-comment.ts'
import { isComment } from './comments.ts'
import { outcome } from './outcome.ts'
import { attachmentType, needsCards, render } from './render.ts'
import { graph, type Settings } from './settings.ts'

export async function send(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  return attempt(io, () => (isComment(to.address) ? answerComment(piece, to, io) : say(piece, to, io)))
}

async function say(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  const given = { now: io.now }
  if (piece.type === 'reaction') return outcome(await post(io, render(piece, to, given)), externalId(`react:${to.key}`))
  if (piece.type === 'choices' && needsCards(piece)) return askWithCards(piece, to, io)
  if (!isMedia(piece as Part)) return outcome(await post(io, render(piece, to, given)))
  const up = await upload(piece as MediaPart, io)
  const attachment = text(maybe(up.json).attachment_id)
  if (up.status >= 300 || !attachment) return refused(outcome(up))
  return outcome(await post(io, render(piece, to, { ...given, attachment })))
}

/** The question first. Once it is out, a failure of the cards is for an agent to see: repeating would ask twice. */
async function askWithCards(piece: Piece & { type: 'choices' }, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  const { replyTo: _, ...bare } = to
  const given = { now: io.now }
  const asked = outcome(
    await post(io, render({ type: 'text', text: piece.prompt }, { ...to, key: `${to.key}:q` }, given)),
  )
  if (!asked.ok) return asked
  const shown = outcome(await post(io, render(piece, bare, given)))
  if (shown.ok) return { ...shown, more: [asked.id] }
  return { ok: false, why: 'unknown', detail: `The question was sent, its choices were not: ${shown.detail}` }
}

const refused = (result: SendResult): SendResult =>
  // An unreadable answer to an upload is no doubt about the message: that was never sent.
  !result.ok && result.why !== 'unknown' ? result : { ok: false, why: 'down', detail: 'The file was not taken' }

/** Files go up first, so that Parley need not be reachable from outside to send one. */
async function upload(piece: MediaPart, io: Io<Settings>): Promise<HttpAnswer> {
  const file = await io.bytesOf(piece)
  const form = new FormData()
  const attachment = { type: attachmentType(piece.type), payload: { is_reusable: true } }
  form.set('message', JSON.stringify({ attachment }))
  form.set('filedata', new Blob([new Uint8Array(file.bytes)], { type: file.mime }), file.name)
  try {
    return await graph(io, { method: 'POST', path: 'me/message_attachments', form })
  } catch (error) {
    // Nobody has received anything yet, so the upload may be repeated.
    if (!(error instanceof AnswerLost)) throw error
    return { status: 503, headers: {}, json: { error: { code: 2, message: error.message } }, bytes: new Uint8Array() }
  }
}

const post = (io: Io<Settings>, json: object) => graph(io, { method: 'POST', path: 'me/messages', json })

export const markRead = (_message: ExternalId, to: Outgoing, io: Io<Settings>) => act('mark_seen', to, io)
export const typing = (to: Outgoing, io: Io<Settings>) => act('typing_on', to, io)

async function act(sender_action: string, to: Outgoing, io: Io<Settings>): Promise<void> {
  if (!isComment(to.address)) await post(io, { recipient: { id: to.address }, sender_action })
}
