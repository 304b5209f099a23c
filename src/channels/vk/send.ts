import { createHash } from 'node:crypto'
import { isMedia, type MediaPart } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, maybe, number, present, text } from '../kit.ts'
import { byCode, call, type Params, refusal, responseOf } from './api.ts'
import { keyboard, type Shows } from './buttons.ts'
import { commentId, commentOf, messageId, numberOf, type Post, postOf } from './place.ts'
import { reactionOf } from './reactions.ts'
import type { Settings } from './settings.ts'
import { upload } from './upload.ts'

export interface Call {
  method: string
  params: Params
}

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const file = isFile(piece) ? await upload(piece, to, io) : undefined
    if (file && 'ok' in file) return file
    const { method, params } = render(piece, to, file?.attachment)
    return outcome(await call(method, params, io), { method, params })
  })

/** The method and its parameters. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, attachment?: string): Call {
  const post = postOf(to.address)
  if (piece.type === 'reaction') return reacting(piece, to)
  if (post) return commenting(piece, to, post)
  const params = {
    peer_ids: to.address,
    random_id: String(randomId(to.key)),
    ...content(piece, to, attachment),
    ...quoted(to),
  }
  return { method: 'messages.send', params }
}

export function outcome(answer: HttpAnswer, { method, params }: Call): SendResult {
  const refused = refusal(answer)
  if (refused) return refused
  const response = responseOf(answer)
  if (method === 'wall.createComment') {
    const comment = text(response.comment_id)
    if (comment) return { ok: true, id: commentId(params.owner_id!, params.post_id!, comment) }
    return { ok: false, why: 'unknown', detail: 'VK accepted the comment without a number' }
  }
  if (method !== 'messages.send') return { ok: true, id: externalId(`${method} ${params.peer_id}:${params.cmid}`) }
  return sent(answer, params)
}

/** Asked for `peer_ids`, VK answers one line for each of them, which may be a refusal. */
function sent(answer: HttpAnswer, params: Params): SendResult {
  const line = responseOf(answer)
  const { code, description } = maybe(line.error)
  if (number(code) !== undefined) return byCode(number(code)!, text(description) ?? 'error')
  const counted = text(line.conversation_message_id)
  const id =
    counted && counted !== '0' ? counted : `m${text(line.message_id) ?? text(maybe(answer.json).response) ?? ''}`
  if (id === 'm') return { ok: false, why: 'unknown', detail: 'VK accepted the message without a number' }
  return { ok: true, id: messageId(params.peer_ids!, id) }
}

/** Stable over retries: VK delivers one message of one number (dev.vk.com, messages.send). 0 would switch that off. */
export const randomId = (key: string): number => createHash('sha256').update(key).digest().readInt32BE() || 1

function content(piece: Piece, to: Outgoing, attachment: string | undefined): Params {
  switch (piece.type) {
    case 'text':
      return { message: piece.text }
    case 'choices':
      return { message: piece.prompt, keyboard: JSON.stringify(keyboard(piece.choices, showsOf(to))) }
    case 'location':
      return present({
        lat: String(piece.lat),
        long: String(piece.lon),
        message: [piece.name, piece.address].filter(Boolean).join('\n'),
      })
    default:
      if (isFile(piece) && attachment) return { attachment, ...(piece.caption && { message: piece.caption }) }
      throw new Error(`fit let ${piece.type} through to VK, which cannot carry it`)
  }
}

/** Until the customer's client has told otherwise, it shows what every client of today shows. */
function showsOf({ replyKept, last }: Outgoing): Shows {
  const told = (last?.kept ?? replyKept)?.buttons
  return { inline: told === undefined || told.includes('inline'), callback: told?.includes('callback') ?? false }
}

function quoted({ address, replyTo }: Outgoing): Params {
  const cmid = numberOf(replyTo, address)
  if (!cmid) return {}
  return {
    forward: JSON.stringify({ peer_id: Number(address), conversation_message_ids: [Number(cmid)], is_reply: 1 }),
  }
}

function reacting({ emoji, of }: Piece & { type: 'reaction' }, to: Outgoing): Call {
  const where = { peer_id: to.address, cmid: numberOf(of, to.address) ?? '0' }
  if (!emoji) return { method: 'messages.deleteReaction', params: where }
  const reaction = reactionOf(emoji)
  if (!reaction) throw new Error(`fit let the reaction ${emoji} through to VK, which has no such one`)
  return { method: 'messages.sendReaction', params: { ...where, reaction_id: String(reaction) } }
}

function commenting(piece: Piece, to: Outgoing, { owner, post }: Post): Call {
  if (piece.type !== 'text') throw new Error(`fit let ${piece.type} through to a comment, which cannot carry it`)
  const answered = commentOf(to.replyTo) ?? commentOf(to.last?.id)
  const params = {
    owner_id: owner,
    post_id: post,
    from_group: owner.replace(/^-/, ''),
    message: piece.text,
    guid: to.key,
    ...(answered && { reply_to_comment: answered }),
  }
  return { method: 'wall.createComment', params }
}

const isFile = (piece: Piece): piece is MediaPart => piece.type !== 'reaction' && isMedia(piece)
