import type { FailReason, HttpAnswer, Io, SendResult } from '../contract.ts'
import { type Json, maybe, number, text } from '../kit.ts'
import type { Settings } from './settings.ts'

/** One call of the Graph API. Whether it worked stands in the body: errors may come with HTTP 200. */
export function call(edge: string, json: Json | undefined, io: Io<Settings>): Promise<HttpAnswer> {
  const url = new URL(`${io.settings.baseUrl.replace(/\/+$/, '')}/graph/me/${edge}`)
  url.searchParams.set('access_token', io.settings.accessToken)
  if (!json) return io.http({ method: 'GET', url: url.href })
  // The page insists on this very header.
  const headers = { 'content-type': 'application/json;charset=utf-8' }
  return io.http({ method: 'POST', url: url.href, headers, json })
}

// Those of the classic API, UNVERIFIED for messages.
const reasons: Record<number, FailReason> = {
  1: 'down', // unknown
  2: 'down', // service unavailable
  9: 'rate', // flood
  10: 'blocked', // permission denied
  11: 'rate', // limit reached
  101: 'auth', // application key
  102: 'auth', // session expired
  103: 'auth', // session key
  104: 'auth', // signature
  401: 'auth',
  403: 'blocked',
}

const advice: Record<number, string> = {
  10: 'This person has not allowed messages of the group, or the key lacks the right',
  102: 'OK does not know this access key any more. A new key puts the old one out of use',
  103: 'OK does not know this access key any more. A new key puts the old one out of use',
}

export type Refusal = SendResult & { ok: false }

/** What OK refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): Refusal | null {
  const { status, headers } = answer
  const body = maybe(answer.json)
  if (status === 429) return { ok: false, why: 'rate', detail: 'HTTP 429', ...later(answer) }
  const code = number(body.error_code) ?? number(headers['invocation-error'])
  if (code !== undefined) return byCode(code, text(body.error_msg) ?? 'error', answer)
  if (status >= 500) return { ok: false, why: 'down', detail: `OK answered HTTP ${status}` }
  if (status === 401 || status === 403) return { ok: false, why: 'auth', detail: `HTTP ${status}` }
  if (status !== 200 || answer.json === null)
    return { ok: false, why: 'unknown', detail: `OK answered HTTP ${status} without a word` }
  return null
}

function byCode(code: number, said: string, answer: HttpAnswer): Refusal {
  // A file that was uploaded a moment ago: OK is still working on it.
  const why = /not.?(ready|processed)/i.test(said) ? 'rate' : (reasons[code] ?? 'invalid')
  const detail = `${advice[code] ? `${advice[code]}: ` : ''}${said} (${code})`
  return { ok: false, why, detail, ...(why === 'rate' && later(answer)) }
}

const later = ({ headers }: HttpAnswer) => ({ retryAfterSeconds: number(headers['retry-after']) ?? 10 })
