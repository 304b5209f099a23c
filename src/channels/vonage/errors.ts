import type { FailReason, HttpAnswer } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'

/** Codes of the Messages API that mean anything but "this message is wrong". */
const codes: Readonly<Record<Exclude<FailReason, 'invalid'>, readonly number[]>> = {
  // 1050: the number is barred. 1240: the customer said STOP.
  blocked: [1050, 1240],
  rate: [1000, 1241],
  // 1060, 1070: the account is barred or has no money left. 1370: the token has expired.
  auth: [1060, 1070, 1370],
  'window-closed': [1340],
  down: [1030, 1220, 1230, 1331],
  unknown: [1320, 1330],
}

const meanings = new Map(
  Object.entries(codes).flatMap(([reason, of]) => of.map(code => [code, reason as FailReason] as const)),
)

/** Why a message failed, by the code of the Messages API. */
export const why = (code: unknown): FailReason => meanings.get(number(code) ?? 0) ?? 'invalid'

/** By the `err-code` of the older reports. */
export function whyOlder(code: unknown): FailReason {
  const reasons: Readonly<Record<number, FailReason>> = {
    1: 'unknown',
    4: 'blocked',
    7: 'down',
    8: 'down',
    9: 'blocked',
  }
  return reasons[number(code) ?? 1] ?? 'invalid'
}

const advice: Readonly<Record<number, string>> = {
  1120: 'Vonage does not allow this sender',
  1170: 'This is no telephone number',
  1240: 'The customer has said STOP. Only a START from the customer opens the way again',
  401: 'Vonage does not accept these credentials',
  402: 'The account with Vonage has no money left',
}

export interface Refusal {
  why: FailReason
  detail: string
  retryAfterSeconds?: number
}

/** What Vonage refused and why, or null when it did what was asked. */
export function refusal({ status, headers, json }: HttpAnswer): Refusal | null {
  if (status >= 200 && status < 300) return null
  const body = maybe(json)
  const code = number(/#(\d+)$/.exec(text(body.type) ?? '')?.[1])
  const said = [text(body.title), text(body.detail)].filter(Boolean).join(': ') || `HTTP ${status}`
  const known = advice[code ?? status]
  const words = code === undefined ? said : `${said} (${code})`
  const reason = reasonOf(status, code)
  return {
    why: reason,
    detail: known ? `${known}: ${words}` : words,
    ...(reason === 'rate' && { retryAfterSeconds: number(headers['retry-after']) ?? 1 }),
  }
}

function reasonOf(status: number, code: number | undefined): FailReason {
  if (status === 429) return 'rate'
  // A gateway that waited in vain: Vonage may have taken the message all the same.
  if (status === 504) return 'unknown'
  if (status >= 500) return 'down'
  if (code !== undefined && meanings.has(code)) return why(code)
  if (status === 401 || status === 402 || (status === 403 && code === undefined)) return 'auth'
  return status >= 400 ? 'invalid' : 'unknown'
}
