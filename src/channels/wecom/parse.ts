import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyJson, type Json, maybe, number, record, seconds, text } from '../kit.ts'
import { eventOf } from './events.ts'
import { customerOf, idOf, originOf } from './origin.ts'
import { partsOf } from './parts.ts'

/** One page of `kf/sync_msg`, as it came. */
export function parse(request: RawRequest): InboundEvent[] {
  const { msg_list } = bodyJson(request)
  if (!Array.isArray(msg_list)) throw new TypeError('no page of WeCom: "msg_list" is missing')
  return msg_list.map(item => safely(maybe(item)))
}

function safely(item: Json): InboundEvent {
  try {
    return item.msgtype === 'event' ? known(item) : message(item)
  } catch {
    return unsupported(`unreadable ${text(item.msgtype) || 'message'}`, item)
  }
}

function known(item: Json): InboundEvent {
  const event = record(item.event)
  return eventOf(event, item) ?? unsupported(`event ${text(event.event_type) || 'without a name'}`, item)
}

/** 3 is the customer, 5 one of the business's people in WeCom itself. What the API sent does not come back. */
function message(item: Json): InboundEvent {
  const origin = originOf(item)
  const content = record(item[String(item.msgtype)])
  const [label, choice] = [text(content.content), text(content.menu_id)]
  const parts = partsOf(String(item.msgtype), content)
  if (number(item.origin) === 5 && parts.length) return { type: 'echo', parts, ...origin }
  if (number(item.origin) !== 3) return unsupported(`${text(item.msgtype)} of origin ${text(item.origin)}`, item)
  if (item.msgtype === 'text' && label && choice) return { type: 'chosen', choice, label, ...origin }
  return parts.length ? { type: 'message', parts, ...origin } : unsupported(text(item.msgtype) || 'message', item)
}

function unsupported(what: string, item: Json): InboundEvent {
  const from = customerOf(item)
  return {
    type: 'unsupported',
    what,
    id: idOf(item),
    at: seconds(item.send_time),
    ...(from && { from: address(from) }),
  }
}
