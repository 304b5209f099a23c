import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, text } from '../kit.ts'
import { digestOf, timeOf } from '../meta/facts.ts'
import { contactOf, person } from './origin.ts'

const given: Record<string, boolean> = { stop: false, resume: true, signup: true }

/** An entry of `user_preferences`: the customer stopped or resumed marketing messages in the app. */
export function consent(raw: Json, value: Json): InboundEvent {
  const who = person(raw.wa_id, raw.user_id, contactOf(value, raw.wa_id, raw.user_id))
  const by = { id: externalId(`preference:${digestOf(raw)}`), ...who, at: timeOf(raw.timestamp) }
  const said = text(raw.value) ?? 'nothing'
  if (raw.category !== 'marketing_messages' || !Object.hasOwn(given, said))
    return { type: 'unsupported', ...by, what: `preference ${text(raw.category) ?? ''} ${said}` }
  return { type: 'consent', ...by, given: given[said]!, purpose: 'marketing' }
}
