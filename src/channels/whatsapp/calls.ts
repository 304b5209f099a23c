import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, present, text } from '../kit.ts'
import { requiredId, timeOf } from '../meta/facts.ts'
import { contactOf, person } from './origin.ts'

/** An entry of `calls`: it rings, or it is over. */
export function call(raw: Json, value: Json): InboundEvent {
  const ours = raw.direction === 'BUSINESS_INITIATED'
  const phone = ours ? raw.to : raw.from
  const userId = ours ? raw.to_user_id : raw.from_user_id
  const what = whatOf(raw, ours)
  const by = callOrigin(raw, text(raw.event) ?? 'event', person(phone, userId, contactOf(value, phone, userId)))
  if (!what) return { type: 'unsupported', ...by, what: `call ${text(raw.event) ?? 'event'}` }
  return { type: 'happened', ...by, what, ...(text(raw.duration) && { values: { seconds: text(raw.duration)! } }) }
}

function whatOf(raw: Json, ours: boolean): string | undefined {
  if (raw.event === 'connect') return ours ? 'call-outgoing' : 'call-incoming'
  if (raw.event !== 'terminate') return undefined
  if (raw.status === 'COMPLETED' && Number(raw.duration ?? 0) > 0) return 'call-ended'
  return ours ? 'call-unanswered' : 'call-missed'
}

/** How our own call to a customer goes on. */
export function callStatus(raw: Json, value: Json): InboundEvent {
  const contact = contactOf(value, raw.recipient_id, raw.recipient_user_id)
  const state = (text(raw.status) ?? 'event').toLowerCase()
  const by = callOrigin(raw, state, person(raw.recipient_id, raw.recipient_user_id, contact))
  return ['ringing', 'accepted', 'rejected'].includes(state)
    ? { type: 'happened', ...by, what: `call-${state}` }
    : { type: 'unsupported', ...by, what: `call ${state}` }
}

const callOrigin = (raw: Json, step: string, who: ReturnType<typeof person>) => ({
  ...present(who),
  id: externalId(`${requiredId(raw.id)}:${step.slice(0, 40)}`),
  at: timeOf(raw.timestamp),
})
