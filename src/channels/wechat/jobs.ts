import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, number, seconds, text } from '../kit.ts'
import { idOf, numbered } from './origin.ts'
import { itemsIn } from './xml.ts'

/** What became of a template message: the only receipts WeChat gives, with those of subscription messages. */
export function jobDone(body: Json): InboundEvent[] {
  const of = text(body.MsgID) || text(body.MsgId)
  if (!of) throw new TypeError('a receipt of nothing')
  const receipt = {
    type: 'receipt' as const,
    id: idOf(body),
    of: externalId(`template:${of}`),
    at: seconds(body.CreateTime),
  }
  const status = text(body.Status) ?? ''
  if (status === 'success') return [{ ...receipt, status: 'delivered' }]
  const why = /block/i.test(status) ? ('blocked' as const) : ('unknown' as const)
  return [{ ...receipt, status: 'failed', failure: { why, detail: status || 'WeChat did not say why' } }]
}

export function noticeDone(body: Json): InboundEvent[] {
  const done = itemsIn(body.SubscribeMsgSentEvent).map((item, i): InboundEvent => {
    const of = text(item.MsgID)
    if (!of) throw new TypeError('a receipt of nothing')
    const id = numbered({ id: idOf(body) }, `${of}:${i}`)
    const receipt = { type: 'receipt' as const, id, of: externalId(`subscribe:${of}`), at: seconds(body.CreateTime) }
    if (number(item.ErrorCode) === 0) return { ...receipt, status: 'delivered' }
    const detail = `${text(item.ErrorStatus) || 'WeChat did not say why'} (${text(item.ErrorCode)})`
    return { ...receipt, status: 'failed', failure: { why: 'unknown', detail } }
  })
  if (!done.length) throw new TypeError('a receipt of nothing')
  return done
}

export function massDone(body: Json): InboundEvent[] {
  const [sent, total, failed] = [body.SentCount, body.TotalCount, body.ErrorCount].map(n => text(n) || '0')
  const detail = `${text(body.Status) || 'no status'}: sent to ${sent} of ${total}, ${failed} failed`
  const level = /success/i.test(text(body.Status) ?? '') ? 'note' : 'warning'
  return [{ type: 'account', id: idOf(body), at: seconds(body.CreateTime), what: 'mass-send-finished', detail, level }]
}

export function published(body: Json): InboundEvent[] {
  const info = maybe(body.PublishEventInfo)
  const good = number(info.publish_status) === 0
  const detail = good ? `article ${text(info.article_id) ?? ''}` : `status ${text(info.publish_status) ?? 'unknown'}`
  const id = numbered({ id: idOf(body) }, text(info.publish_id) ?? '')
  const level = good ? 'note' : 'warning'
  return [{ type: 'account', id, at: seconds(body.CreateTime), what: 'publishing-finished', detail, level }]
}
