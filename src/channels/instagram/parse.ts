import type { InboundEvent, RawRequest } from '../contract.ts'
import { type Json, record, text } from '../kit.ts'
import { lost } from '../meta/chat/origin.ts'
import { eventsIn } from '../meta/chat/webhook.ts'
import { comment, mention } from './comments.ts'
import { messaging } from './events.ts'

export const parse = (request: RawRequest): InboundEvent[] =>
  eventsIn(request, { object: 'instagram', of: 'Instagram', messaging, change })

function change(raw: Json, entry: Json): InboundEvent[] {
  const field = text(raw.field) || 'change'
  const value = record(raw.value)
  if (field === 'comments' || field === 'live_comments') return [comment(value, entry)]
  return [field === 'mentions' ? mention(value, entry) : lost(field, raw, entry)]
}
