import type { Address, ExternalId } from '../contract.ts'
import { address, externalId, type Json, seconds, text } from '../kit.ts'

export interface Origin {
  id: ExternalId
  from: Address
  at: Date
}

/**
 * Messages are known by MsgId, events by who, when and what, as WeChat's own advice on repeated deliveries has it. Throws
 * where nobody is named.
 */
export function originOf(body: Json): Origin {
  const from = text(body.FromUserName)
  if (!from) throw new TypeError('a message of nobody')
  return { id: idOf(body), from: address(from), at: seconds(body.CreateTime) }
}

export function idOf(body: Json): ExternalId {
  const message = text(body.MsgId)
  if (body.MsgType !== 'event' && message) return externalId(message)
  const about = text(body.EventKey) || text(body.MsgID) || message
  const words = [text(body.FromUserName), text(body.CreateTime), text(body.Event) || text(body.MsgType), about]
  return externalId(words.filter(Boolean).join(':'))
}

/** One event of WeChat's that is several of ours. */
export const numbered = (origin: Pick<Origin, 'id'>, mark: string): ExternalId => externalId(`${origin.id}:${mark}`)
