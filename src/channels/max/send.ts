import { type Choice, isMedia, type MediaPart } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, text } from '../kit.ts'
import { call, isNotReady, refusal } from './api.ts'
import { can } from './capabilities.ts'
import { writeCard } from './card.ts'
import type { Settings } from './settings.ts'
import { keepUpload, RefusedUpload, uploaded, uploadType } from './upload.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    try {
      const file = isFile(piece) ? await uploaded(piece, to, io) : undefined
      const { path, query } = placeOf(to)
      const answer = await call(path, { method: 'POST', query, json: render(piece, to, file) }, io)
      if (file) await keepUpload(isNotReady(answer) ? file : undefined, to, io)
      return outcome(answer, to.attempt)
    } catch (error) {
      if (error instanceof RefusedUpload) return { ok: false, ...error.refusal }
      throw error
    }
  })

/** The body of the message. Throws on what `can` refuses. `file` is what the upload was called. */
export function render(piece: Piece, to: Outgoing, file?: Json): Json {
  const { words = null, attachments = null } = content(piece, file)
  return { text: words, attachments, link: to.replyTo ? { type: 'reply', mid: to.replyTo } : null }
}

/** A file that MAX is still converting is asked for again, with longer and longer pauses. */
export function outcome(answer: HttpAnswer, attempts = 1): SendResult {
  const refused = refusal(answer)
  if (refused && isNotReady(answer))
    return { ok: false, ...refused, retryAfterSeconds: Math.min(60, 2 ** Math.min(attempts, 6)) }
  if (refused) return { ok: false, ...refused }
  const message = maybe(maybe(answer.json).message)
  const mid = text(maybe(message.body).mid)
  if (!mid) return { ok: false, why: 'unknown', detail: 'MAX accepted the message without an id' }
  return { ok: true, id: externalId(mid) }
}

/** A chat, a person whose chat we do not know, or the comments under a post of a channel. */
export function placeOf({ address }: Outgoing): { path: string; query: Record<string, string> } {
  const [kind, id] = address.split(':') as [string, string?]
  if (id && kind === 'post') return { path: `/messages/${encodeURIComponent(id)}/comments`, query: {} }
  return { path: '/messages', query: id && kind === 'user' ? { user_id: id } : { chat_id: address } }
}

function content(piece: Piece, file?: Json): { words?: string; attachments?: Json[] } {
  switch (piece.type) {
    case 'text':
      return { words: piece.text }
    case 'choices':
      return { words: piece.prompt, attachments: [keyboard(piece.choices)] }
    case 'link':
      return { words: [piece.title, piece.text, piece.url].filter(Boolean).join('\n') }
    case 'location': {
      const words = [piece.name, piece.address].filter(Boolean).join('\n')
      const place = { type: 'location', latitude: piece.lat, longitude: piece.lon }
      return { attachments: [place], ...(words && { words }) }
    }
    case 'contact':
      return {
        attachments: [{ type: 'contact', payload: { name: piece.name, vcf_info: writeCard(piece) } }],
      }
    default:
      if (!isFile(piece) || !file) throw new Error(`fit let ${piece.type} through to MAX, which cannot carry it`)
      return {
        attachments: [{ type: uploadType(piece), payload: file }],
        ...(piece.caption && { words: piece.caption }),
      }
  }
}

/** One button a row; two when there are more than thirty. */
function keyboard(choices: readonly Choice[]): Json {
  const all = choices.map(({ id, label }) => ({ type: 'callback', text: label, payload: id }))
  const wide = choices.length > can.choices!.max ? 2 : 1
  const buttons = Array.from({ length: Math.ceil(all.length / wide) }, (_, i) => all.slice(i * wide, (i + 1) * wide))
  return { type: 'inline_keyboard', payload: { buttons } }
}

const isFile = (piece: Piece): piece is MediaPart =>
  piece.type !== 'reaction' && isMedia(piece) && !!can.media[piece.type]
