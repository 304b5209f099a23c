import type { FailReason, HttpAnswer, SendResult } from '../contract.ts'
import { externalId, type Json, maybe, number, records, text } from '../kit.ts'

/** What Graph's answer to a send means. */
export function outcome({ status, headers, json }: HttpAnswer): SendResult {
  const id = text(records(maybe(json).messages)[0]?.id)
  if (status < 300 && id) return { ok: true, id: externalId(id) }
  const error = maybe(maybe(json).error)
  if (!Object.keys(error).length)
    return { ok: false, why: bare(status), detail: `HTTP ${status} without an explanation` }
  const failure = failureOf(error, status)
  if (failure.why !== 'rate') return { ok: false, ...failure }
  const pause = number(headers['retry-after']) ?? pauses[number(error.code) ?? 0] ?? 30
  return { ok: false, ...failure, retryAfterSeconds: pause }
}

/** Reads an error of an answer (`message`, `error_data`) or of a failed status (`title`, `errors[]`). */
export function failureOf(error: Json, status = 0): { why: FailReason; detail: string } {
  const code = number(error.code) ?? 0
  const words = [text(error.message) ?? text(error.title), text(maybe(error.error_data).details)]
  const told = [...new Set(words)].filter(Boolean).join(': ') || 'WhatsApp gave no reason'
  return { why: reasonOf(code, status, error.is_transient === true), detail: code ? `${told} (${code})` : told }
}

function reasonOf(code: number, status: number, transient: boolean): FailReason {
  for (const [why, codes] of reasons) if (codes.includes(code)) return why
  if (code >= 200 && code <= 299) return 'auth'
  if (transient) return 'down'
  return status && status !== 400 ? bare(status) : 'invalid'
}

// A gateway that gave up waiting (408, 504) does not say whether the message went out.
function bare(status: number): FailReason {
  if (status === 429) return 'rate'
  if (status === 401 || status === 403) return 'auth'
  if (status === 408 || status === 504 || status < 400) return 'unknown'
  return status >= 500 ? 'down' : 'invalid'
}

/** By Meta's error codes; what is not listed is `invalid`, because repeating it will not help. */
const reasons: [FailReason, number[]][] = [
  ['window-closed', [131047]],
  // Opted out of marketing, capped by Meta, in an experiment, not on WhatsApp or blocked us: no resending.
  ['blocked', [131026, 131049, 131050, 130472, 130403, 139102]],
  ['rate', [4, 17, 32, 613, 80007, 130429, 131048, 131056, 132069, 133016, 138009, 138012]],
  ['auth', [0, 3, 10, 102, 104, 190, 368, 131005, 131031, 131042, 131045, 133010]],
  ['down', [1, 2, 131000, 131016, 131057, 133004]],
]

/** Seconds to wait where Meta sends no Retry-After; the pair rate is one message in six seconds. */
const pauses: Record<number, number> = { 131056: 6, 130429: 5, 131048: 3600, 4: 60, 17: 60, 80007: 60 }
