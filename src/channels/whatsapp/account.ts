import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, records, text } from '../kit.ts'
import { digestOf, timeOf } from '../meta/facts.ts'

export const accountFields = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
  'account_update',
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'business_capability_update',
  'phone_number_quality_update',
  'phone_number_name_update',
  'security',
  'flows',
])

const keyOf = (name: string): string =>
  (name.toLowerCase().match(/[a-z0-9]+/g) ?? ['account']).join('-').slice(0, 80).replace(/-$/, '')

type Level = 'note' | 'warning' | 'alarm'

/** About the account, its number or its templates. `what` is the field and, where there is one, the event in it. */
export function account(field: string, value: Json, entry: Json): InboundEvent {
  const event = text(value.event) ?? text(value.decision)
  const name = [field.replace(/_update$/, ''), event?.replace(/^ACCOUNT_/, '')].filter(Boolean).join('-')
  return {
    type: 'account',
    id: externalId(`account:${digestOf(entry.id, entry.time, field, value)}`),
    at: timeOf(entry.time),
    what: keyOf(name),
    detail: detailOf(value),
    level: levelOf(field, event ?? '', value),
  }
}

/** An error that Meta reports beside or instead of events. */
export function valueErrors(error: Json, value: Json, entry: Json): InboundEvent {
  const beside = records(value.calls ?? value.messages ?? value.statuses)[0]
  return {
    type: 'account',
    id: externalId(`error:${digestOf(entry.id, entry.time, value, error)}`),
    at: timeOf(entry.time ?? beside?.timestamp),
    what: 'error',
    detail: [text(error.code), text(error.title) ?? text(error.message), text(maybe(error.error_data).details)]
      .filter(Boolean)
      .join(' '),
    level: 'warning',
  }
}

const alarms =
  /^(DISABLED_UPDATE|ACCOUNT_DELETED|ACCOUNT_RESTRICTION|ACCOUNT_VIOLATION|ACCOUNT_OFFBOARDED|PARTNER_REMOVED|PARTNER_APP_UNINSTALLED)$/
const warnings = /^(REJECTED|PAUSED|DISABLED|FLAGGED|DOWNGRADE|PENDING_DELETION|ONBOARDING_PAUSED|DEFERRED)$/

function levelOf(field: string, event: string, value: Json): Level {
  if (maybe(value.ban_info).waba_ban_state === 'REINSTATE') return 'note'
  if (alarms.test(event)) return 'alarm'
  if (warnings.test(event) || value.new_quality_score === 'RED') return 'warning'
  if (field === 'account_alerts') return text(value.alert_severity) === 'CRITICAL' ? 'alarm' : 'warning'
  return 'note'
}

/** Every fact of the event in one line, in Meta's own words: `message_template_name: order_shipped, reason: …`. */
function detailOf(value: Json): string {
  return Object.entries(value)
    .filter(([key]) => key !== 'event')
    .map(([key, v]) => `${key}: ${text(v) ?? JSON.stringify(v)}`)
    .join(', ')
}
