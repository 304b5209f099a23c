import type { FailReason, HttpAnswer } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'

/** Codes of Twilio's error dictionary that mean anything but "this message is wrong". */
const codes: Readonly<Record<Exclude<FailReason, 'invalid'>, readonly number[]>> = {
  // 21610 and 63033: the customer said STOP. 30004: the customer's carrier or phone blocks us.
  blocked: [21610, 63033, 63014, 30004],
  rate: [20429, 14107, 21611, 30001, 30022, 30023, 30027, 63018, 63038],
  auth: [20003, 10001, 30002],
  'window-closed': [63016],
  down: [20500, 20503, 30410],
  unknown: [30008],
}

const meanings = new Map(
  Object.entries(codes).flatMap(([reason, of]) => of.map(code => [code, reason as FailReason] as const)),
)

/** Why a message failed, by Twilio's code. */
export const why = (code: unknown): FailReason => meanings.get(number(code) ?? 0) ?? 'invalid'

const advice: Readonly<Record<number, string>> = {
  20003: 'Twilio does not accept the account SID with this token or key',
  21211: 'This is no telephone number',
  21408: 'The account may not send to this country. Allow it in the console: Messaging, Settings, Geo permissions',
  21606: 'The sender is no number of this account that can send messages',
  21608: 'A trial account writes only to numbers that were verified in the console',
  21609: 'Twilio cannot call this address for reports. It must be public',
  21610: 'The customer has said STOP. Only a START from the customer opens the way again',
  21614: 'This is no mobile number',
  30003: 'The phone is switched off or out of reach',
  30005: 'The number is not in use',
  30006: 'A landline, or a carrier that takes no messages',
  30007: 'The carrier has filtered the message out',
  30032: 'The toll-free number is not verified yet',
  30034: 'Numbers of the United States must be registered for business messages (A2P 10DLC)',
}

/** Twilio's words and code, with what to do about it. */
export function detailOf(said: string, code: number): string {
  return advice[code] ? `${advice[code]}: ${said} (${code})` : `${said} (${code})`
}

export interface Refusal {
  why: FailReason
  detail: string
  retryAfterSeconds?: number
}

/** What Twilio refused and why, or null when it did what was asked. */
export function refusal({ status, headers, json }: HttpAnswer): Refusal | null {
  if (status >= 200 && status < 300) return null
  const body = maybe(json)
  const code = number(body.code)
  const detail = code === undefined ? `HTTP ${status}` : detailOf(text(body.message) ?? 'error', code)
  const reason = reasonOf(status, code)
  return { why: reason, detail, ...(reason === 'rate' && { retryAfterSeconds: number(headers['retry-after']) ?? 1 }) }
}

function reasonOf(status: number, code: number | undefined): FailReason {
  if (status === 429) return 'rate'
  // A gateway that waited in vain: Twilio may have taken the message all the same.
  if (status === 504) return 'unknown'
  if (status >= 500) return 'down'
  if (code !== undefined && meanings.has(code)) return why(code)
  if (status === 401) return 'auth'
  if (status === 403 && code === undefined) return 'auth'
  return status >= 400 ? 'invalid' : 'unknown'
}
