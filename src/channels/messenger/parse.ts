import type { InboundEvent, RawRequest } from '../contract.ts'
import { type Json, record, text } from '../kit.ts'
import { hashed, lost } from '../meta/chat/origin.ts'
import { eventsIn } from '../meta/chat/webhook.ts'
import { account } from './account.ts'
import { feed } from './comments.ts'
import { messaging } from './events.ts'

export const parse = (request: RawRequest): InboundEvent[] =>
  eventsIn(request, { object: 'page', of: 'a page', messaging, change })

function change(raw: Json, entry: Json): InboundEvent[] {
  const field = text(raw.field) || 'change'
  const value = record(raw.value)
  if (field === 'feed' || field === 'mention') return feed(value, entry)
  if (field === 'message_template_status_update')
    return [account({ what: 'template-status', said: value, id: hashed('template', entry, raw) }, entry)]
  return [lost(field, raw, entry)]
}
