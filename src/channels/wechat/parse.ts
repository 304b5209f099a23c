import { createHash } from 'node:crypto'
import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyText, externalId, type Json, seconds, text } from '../kit.ts'
import { eventsOf } from './events.ts'
import { type Origin, originOf } from './origin.ts'
import { partsOf } from './parts.ts'
import { readXml } from './xml.ts'

/** One message or event, already opened. An event may be several of ours. */
export function parse(request: RawRequest): InboundEvent[] {
  const xml = bodyText(request)
  const body = readXml(xml)
  const kind = text(body.MsgType)
  if (!kind) throw new TypeError('no message of WeChat: "MsgType" is missing')
  try {
    const events = kind === 'event' ? eventsOf(body) : [message(body)]
    return events ?? [unsupported(`event ${text(body.Event) || 'without a name'}`, body, xml)]
  } catch {
    return [unsupported(`unreadable ${kind}`, body, xml)]
  }
}

function message(body: Json): InboundEvent {
  const origin = originOf(body)
  const [label, choice] = [text(body.Content), text(body.bizmsgmenuid)]
  if (body.MsgType === 'text' && label && choice) return { type: 'chosen', choice, label, ...origin }
  const parts = partsOf(body)
  if (parts.length) return { type: 'message', parts, ...origin }
  return {
    type: 'unsupported',
    what: label ? 'a kind of message that accounts are not told of' : `${text(body.MsgType)}`,
    ...origin,
  }
}

/** Events nobody told us of are told apart by all they say: the documented key could name two of them. */
function unsupported(what: string, body: Json, xml: string): InboundEvent {
  const digest = createHash('sha256').update(xml).digest('hex').slice(0, 32)
  const from = text(body.FromUserName)
  const id = text(body.MsgId) || `${text(body.Event) || text(body.MsgType)}:${digest}`
  const known: Partial<Origin> = from ? { from: address(from) } : {}
  return { type: 'unsupported', what, id: externalId(id), at: seconds(body.CreateTime), ...known }
}
