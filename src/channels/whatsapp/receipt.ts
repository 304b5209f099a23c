import type { InboundEvent, ReceiptStatus } from '../contract.ts'
import { externalId, type Json, records, text } from '../kit.ts'
import { requiredId, timeOf } from '../meta/facts.ts'
import { callStatus } from './calls.ts'
import { idOf } from './origin.ts'
import { failureOf } from './outcome.ts'

const statuses: Record<string, ReceiptStatus> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
}

/** An entry of `statuses`. In a group every member has its own, so the member is part of the id. */
export function receipt(raw: Json, value: Json): InboundEvent {
  if (raw.type === 'call') return callStatus(raw, value)
  const of = requiredId(raw.id)
  const said = text(raw.status)?.slice(0, 40) || 'nothing'
  const member = idOf(raw.recipient_participant_user_id) ?? idOf(raw.recipient_participant_id)
  const id = externalId([of, said, member].filter(Boolean).join(':'))
  const status = Object.hasOwn(statuses, said) ? statuses[said]! : undefined
  if (!status) return { type: 'unsupported', id, what: `status ${said}` }
  const failure = status === 'failed' && { failure: failureOf(records(raw.errors)[0] ?? {}) }
  const key = idOf(raw.biz_opaque_callback_data)
  return { type: 'receipt', ...(key && { key }), id, of, status, at: timeOf(raw.timestamp), ...failure }
}
