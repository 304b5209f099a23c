import type { FailReason, InboundEvent } from '../contract.ts'
import { externalId, type Json, number, present, seconds, text } from '../kit.ts'
import { idOf, originOf } from './origin.ts'

/** What an event means; nothing for one we do not know. */
export function eventOf(event: Json, item: Json): InboundEvent | undefined {
  switch (event.event_type) {
    case 'enter_session':
      return { type: 'started', ...originOf(item), ...entry(text(event.scene_param) || text(event.scene)) }
    case 'msg_send_fail':
      return failed(event, item)
    case 'session_status_change':
      return session(event, item)
    case 'servicer_status_change':
      return servicer(event, item)
    case 'user_recall_msg':
    case 'servicer_recall_msg':
      return { type: 'deleted', of: externalId(needed(event.recall_msgid)), ...originOf(item) }
    default:
      return undefined
  }
}

const entry = (ref: string | undefined) => (ref ? { entry: { ref, source: 'link' } } : {})

const failures: Record<number, [FailReason, string]> = {
  0: ['unknown', 'WeCom did not say why'],
  1: ['auth', 'The customer service account was deleted'],
  2: ['auth', 'The app was closed'],
  4: ['window-closed', 'More than 48 hours have passed since the customer wrote'],
  5: ['window-closed', 'The session was closed'],
  6: ['window-closed', 'Five messages were sent since the customer wrote'],
  7: ['auth', 'No video account is bound'],
  8: ['auth', 'The company is not verified'],
  9: ['auth', 'No video account is bound, and the company is not verified'],
  10: ['blocked', 'The customer refuses messages'],
}

function failed(event: Json, item: Json): InboundEvent {
  const type = number(event.fail_type) ?? 0
  const [why, words] = failures[type] ?? ['unknown', 'WeCom did not take it to the customer']
  const failure = { why, detail: `${words} (fail_type ${type})` }
  const of = externalId(needed(event.fail_msgid))
  return { type: 'receipt', id: idOf(item), of, status: 'failed', at: seconds(item.send_time), failure }
}

const changes: Record<number, string> = { 1: 'session-joined', 2: 'session-moved', 3: 'session-ended' }

function session(event: Json, item: Json): InboundEvent {
  const what = changes[number(event.change_type) ?? 0] ?? 'session-changed'
  const values = present({ from: text(event.old_servicer_userid), to: text(event.new_servicer_userid) })
  return { type: 'happened', what, values: values as Record<string, string>, ...originOf(item) }
}

function servicer(event: Json, item: Json): InboundEvent {
  const who = text(event.servicer_userid) ?? 'somebody'
  const detail = `${who} ${number(event.status) === 1 ? 'takes' : 'no longer takes'} customers in WeCom`
  return {
    type: 'account',
    id: idOf(item),
    at: seconds(item.send_time),
    what: 'servicer-changed',
    detail,
    level: 'note',
  }
}

function needed(value: unknown): string {
  const found = text(value)
  if (!found) throw new TypeError('an event about nothing')
  return found
}
