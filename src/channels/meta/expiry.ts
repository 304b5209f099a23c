import type { SetupResult } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'

const fortnight = 14 * 86_400_000

/**
 * Reads Graph's `debug_token`, which needs the app's own token. Page tokens of long-lived logins never expire; the others
 * tell when, and `detail` warns a fortnight before.
 */
export function expiryIn(answer: unknown, now: Date): SetupResult {
  const { is_valid, expires_at, data_access_expires_at, error } = maybe(maybe(answer).data)
  if (is_valid !== true)
    return { ok: false, why: 'auth', detail: text(maybe(error).message) ?? 'The token is not valid.' }
  const ends = [number(expires_at), number(data_access_expires_at)].filter(n => n).map(n => n! * 1000)
  const end = Math.min(...ends)
  if (end - now.getTime() > fortnight) return { ok: true, account: '' }
  const day = new Date(end).toISOString().slice(0, 10)
  return { ok: true, account: '', detail: `The access token expires on ${day}. Sign in again before.` }
}
