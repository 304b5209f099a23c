import { isMedia, type MediaPart } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, maybe, text } from '../kit.ts'
import { ofAccount, persistent, post } from './api.ts'
import { can } from './capabilities.ts'
import { refusal } from './errors.ts'
import type { Settings } from './settings.ts'

type Fields = [string, string][]

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const link = isFile(piece) ? io.linkTo(piece) : undefined
    const fields: Fields = [...senderOf(io.settings), ...render(piece, to, link), ...reportTo(io.webhookUrl, to.key)]
    return outcome(await post(ofAccount('/Messages.json', io), fields, io))
  })

/** The fields of one message, without who sends it. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, link?: string): Fields {
  const To: [string, string] = ['To', to.address]
  if (piece.type === 'text') return [To, ['Body', piece.text]]
  if (isFile(piece) && link)
    return [To, ...(piece.caption ? [['Body', piece.caption] as [string, string]] : []), ['MediaUrl', link]]
  throw new Error(`fit let ${piece.type} through to Twilio, which cannot carry it`)
}

export function outcome(answer: HttpAnswer): SendResult {
  const refused = refusal(answer)
  if (refused) return { ok: false, ...refused }
  const sid = text(maybe(answer.json).sid)
  if (!sid) return { ok: false, why: 'unknown', detail: 'Twilio accepted the message without a SID' }
  return { ok: true, id: externalId(sid) }
}

const senderOf = ({ from, messagingServiceSid }: Settings): Fields => [
  ...(messagingServiceSid ? [['MessagingServiceSid', messagingServiceSid] as [string, string]] : []),
  // With both, the service still minds opt-outs and the sender is this one.
  ...(from ? [['From', from] as [string, string]] : []),
]

/** Reports are asked for with each message. Our key comes back in their address: it settles a send whose answer was lost. */
function reportTo(webhookUrl: string, key: string): Fields {
  if (!URL.canParse(webhookUrl)) return []
  const url = new URL(webhookUrl)
  url.searchParams.set('key', key)
  return [['StatusCallback', persistent(url.href)]]
}

const isFile = (piece: Piece): piece is MediaPart =>
  piece.type !== 'reaction' && isMedia(piece) && !!can.media[piece.type]
