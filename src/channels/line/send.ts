import { createHash } from 'node:crypto'
import type { MediaPart } from '../../domain/message.ts'
import { isMedia } from '../../domain/message.ts'
import { AnswerLost, type HttpAnswer, type Io, type Outgoing, type Piece, type SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, records, text } from '../kit.ts'
import { call, isInvalidReplyToken, refusal } from './api.ts'
import { type Link, messageOf } from './message.ts'
import type { Settings } from './settings.ts'

/**
 * An answer goes by the reply token of the customer's last message while it lives, because that is free; everything
 * else is pushed, which counts against the month's quota but may be repeated without harm.
 */
export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const message = render(piece, to, isFile(piece) ? await linkOf(piece, io) : undefined)
    const token = replyToken(to, io.now)
    const replied = token && (await call('/v2/bot/message/reply', post({ replyToken: token, messages: [message] }), io))
    if (replied && !isInvalidReplyToken(replied)) return outcome(replied)
    return push({ to: to.address, messages: [message] }, to, io)
  })

/** The message object. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, file?: Link): Json {
  const quoteToken = to.replyTo && to.replyKept?.quoteToken
  const message = messageOf(piece, to, file)
  return quoteToken && message.type === 'text' ? { ...message, quoteToken } : message
}

/** A repeated retry key is answered 409 with the messages of the first time: it was sent, once. */
export function outcome(answer: HttpAnswer): SendResult {
  const again = answer.status === 409
  const refused = again ? null : refusal(answer)
  if (refused) return { ok: false, ...refused }
  const ids = records(maybe(answer.json).sentMessages).flatMap(sent => text(sent.id) || [])
  const id = ids[0] ?? (again ? answer.headers['x-line-accepted-request-id'] : undefined)
  if (id) return { ok: true, id: externalId(id) }
  return { ok: false, why: 'unknown', detail: 'LINE accepted the message without an id' }
}

/** A lost answer may be asked for again under the same key: LINE remembers it for a day. */
async function push(json: Json, { key }: Outgoing, io: Io<Settings>): Promise<SendResult> {
  try {
    return outcome(await call('/v2/bot/message/push', post(json, { 'x-line-retry-key': retryKey(key) }), io))
  } catch (error) {
    if (error instanceof AnswerLost) return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

const post = (json: Json, headers: Record<string, string> = {}) => ({ method: 'POST' as const, json, headers })

/** LINE promises a minute from the webhook on; what arrived late or waits in line must not count on its end. */
const replyTokenLivesMs = 60_000 - 10_000

/**
 * The token counts for the first try only. After that nobody knows whether it is used up, and a push under our key is
 * the only thing that cannot be doubled.
 */
function replyToken({ last, attempt: n = 1 }: Outgoing, now: Date): string | undefined {
  const age = last ? now.getTime() - last.at.getTime() : Number.POSITIVE_INFINITY
  return n === 1 && age < replyTokenLivesMs ? last?.kept?.replyToken : undefined
}

/** Our key as the UUID that LINE wants. */
export function retryKey(key: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key)) return key.toLowerCase()
  const hex = createHash('sha256').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const isFile = (piece: Piece): piece is MediaPart => piece.type !== 'reaction' && isMedia(piece)

/**
 * LINE wants a picture to every video. We have none of it, so the account's own portrait stands there; without one the
 * video goes as a link.
 */
async function linkOf(part: MediaPart, io: Io<Settings>): Promise<Link> {
  const url = io.linkTo(part)
  if (part.type !== 'video') return { url }
  const { pictureUrl } = maybe((await call('/v2/bot/info', { method: 'GET' }, io)).json)
  const preview = text(pictureUrl)
  return { url, ...(preview && { preview }) }
}
