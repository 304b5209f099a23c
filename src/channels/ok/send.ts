import { isMedia, type MediaPart } from '../../domain/message.ts'
import {
  AnswerLost,
  type HttpAnswer,
  type Io,
  NotSent,
  type Outgoing,
  type Piece,
  type SendResult,
} from '../contract.ts'
import { attempt, externalId, type Json, maybe, text } from '../kit.ts'
import { call, type Refusal, refusal } from './api.ts'
import { keyboard } from './buttons.ts'
import type { Settings } from './settings.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const file = isFile(piece) ? await upload(piece, io) : undefined
    if (typeof file === 'object') return file
    return outcome(await call('messages', render(piece, to, file), io), to)
  })

/** The body of `messages`. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, token?: string): Json {
  const quote = to.replyTo ? { reply_to: to.replyTo } : {}
  return { recipient: { chat_id: to.address }, message: { ...content(piece, token), ...quote } }
}

function content(piece: Piece, token: string | undefined): Json {
  switch (piece.type) {
    case 'text':
      return { text: piece.text }
    case 'choices':
      return { text: piece.prompt, attachments: [keyboard(piece.choices)] }
    default: {
      const type = isFile(piece) ? kindOf(piece) : undefined
      if (!isFile(piece) || !type || !token)
        throw new Error(`fit let ${piece.type} through to OK, which cannot carry it`)
      return { text: piece.caption ?? '', attachments: [{ type, payload: { token } }] }
    }
  }
}

/** The whole shape of the answer is UNVERIFIED: old clients read `message_id`. */
export function outcome(answer: HttpAnswer, { key }: Outgoing): SendResult {
  const refused = refusal(answer)
  if (refused) return refused
  const { message_id, mid, message, success, recipient_id } = maybe(answer.json)
  const id = text(message_id) ?? text(mid) ?? text(maybe(message).mid)
  if (id) return { ok: true, id: externalId(id) }
  if (success === true || recipient_id) return { ok: true, id: externalId(`sent:${key}`) }
  return { ok: false, why: 'unknown', detail: 'OK accepted the message without an id' }
}

const isFile = (piece: Piece): piece is MediaPart => piece.type !== 'reaction' && isMedia(piece)

const kindOf = ({ type }: MediaPart): string | undefined =>
  ({ image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO', file: 'FILE' })[type as string]

/** Where to, then there: pictures get their token at the second step, others at the first. Nothing is sent before. */
async function upload(part: MediaPart, io: Io<Settings>): Promise<string | Refusal> {
  try {
    const { bytes, mime, name } = await io.bytesOf(part)
    const asked = await call(`fileUploadUrl?type=${kindOf(part)}`, undefined, io)
    const refused = refusal(asked)
    if (refused) return refused
    const { url, token } = maybe(asked.json)
    if (!text(url)) return { ok: false, why: 'unknown', detail: 'OK gave no address to upload to' }
    const form = new FormData()
    form.append('file', new File([new Uint8Array(bytes)], part.name ?? name, { type: mime }))
    const answer = await io.http({ method: 'POST', url: text(url)!, form, timeoutMs: 120_000 })
    if (answer.status >= 500) return { ok: false, why: 'down', detail: `OK's upload answered HTTP ${answer.status}` }
    if (answer.status !== 200)
      return { ok: false, why: 'invalid', detail: `OK refuses the file: HTTP ${answer.status}` }
    const [photo] = Object.values(maybe(maybe(answer.json).photos))
    const found = text(maybe(photo).token) ?? text(token)
    return found ?? { ok: false, why: 'invalid', detail: 'OK refuses the file' }
  } catch (error) {
    throw error instanceof AnswerLost ? new NotSent(error.message) : error
  }
}
