import type { InboundEvent, ReceiptStatus } from '../contract.ts'
import { externalId, type Json, records, seconds, text } from '../kit.ts'
import { callStatus } from './calls.ts'
import { requiredId } from './origin.ts'
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
  const of = requiredId(raw)
  const said = text(raw.status) ?? 'nothing'
  const member = text(raw.recipient_participant_user_id) ?? text(raw.recipient_participant_id)
  const id = externalId([of, said, member].filter(Boolean).join(':'))
  const status = Object.hasOwn(statuses, said) ? statuses[said]! : undefined
  if (!status) return { type: 'unsupported', id, what: `status ${said}` }
  const failure = status === 'failed' && { failure: failureOf(records(raw.errors)[0] ?? {}) }
  return { type: 'receipt', id, of, status, at: seconds(raw.timestamp), ...failure }
}
