import { isMedia, type MediaPart } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, present, text } from '../kit.ts'
import { call } from './api.ts'
import { can } from './capabilities.ts'
import { refusal } from './errors.ts'
import { digits } from './parts.ts'
import type { Settings } from './settings.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const link = isFile(piece) ? io.linkTo(piece) : undefined
    const report = URL.canParse(io.webhookUrl) ? { webhook_url: io.webhookUrl, webhook_version: 'v1' } : {}
    const json = { from: senderOf(to, io.settings), ...render(piece, to, link), ...report }
    return outcome(await call('/v1/messages', json, io))
  })

/** The body of one message, without who sends it. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, link?: string): Json {
  const [, network, whom] = /^([a-z_]+):(.+)$/.exec(to.address) ?? []
  const start = { to: whom ?? to.address, client_ref: to.key }
  if (piece.type === 'text') return { ...start, channel: network ?? 'sms', message_type: 'text', text: piece.text }
  if (isFile(piece) && link)
    return {
      ...start,
      channel: network ?? 'mms',
      message_type: piece.type,
      [piece.type]: { url: link, ...present({ caption: piece.caption }) },
    }
  throw new Error(`fit let ${piece.type} through to Vonage, which cannot carry it`)
}

export function outcome(answer: HttpAnswer): SendResult {
  const refused = refusal(answer)
  if (refused) return { ok: false, ...refused }
  const uuid = text(maybe(answer.json).message_uuid)
  if (!uuid) return { ok: false, why: 'unknown', detail: 'Vonage accepted the message without an id' }
  return { ok: true, id: externalId(uuid) }
}

/** On another network than SMS the answer comes from whom the customer wrote to. */
const senderOf = (to: Outgoing, { from }: Settings): string =>
  (to.address.includes(':') && to.last?.kept?.from) || digits(from)

const isFile = (piece: Piece): piece is MediaPart =>
  piece.type !== 'reaction' && isMedia(piece) && !!can.media[piece.type]
