import type { ExternalId, FailReason, HttpAnswer, SendResult } from '../contract.ts'
import { externalId, type Json, maybe, number, text } from '../kit.ts'

/** What Graph's answer to a send means. `idle` names what has no id of its own: a reaction. */
export function outcome({ status, headers, json }: HttpAnswer, idle?: ExternalId): SendResult {
  const body = maybe(json)
  const id = text(body.message_id) ?? text(body.id) ?? idle
  if (status < 300 && id) return { ok: true, id: externalId(id) }
  const error = maybe(body.error)
  if (!Object.keys(error).length)
    return { ok: false, why: bare(status), detail: `HTTP ${status} without an explanation` }
  const failure = failureOf(error, status)
  if (failure.why !== 'rate') return { ok: false, ...failure }
  return {
    ok: false,
    ...failure,
    retryAfterSeconds: number(headers['retry-after']) ?? pauses[number(error.code) ?? 0] ?? 30,
  }
}

function failureOf(error: Json, status = 0): { why: FailReason; detail: string } {
  const [code, sub] = [number(error.code) ?? 0, number(error.error_subcode)]
  const told = text(error.error_user_msg) || text(error.message) || 'Meta gave no reason'
  const numbers = [code, sub].filter(n => n !== undefined).join('/')
  return { why: reasonOf(code, sub ?? 0, { status, error }), detail: `${told} (${numbers})` }
}

function reasonOf(code: number, sub: number, { status, error }: { status: number; error: Json }): FailReason {
  for (const [why, subs] of bySubcode) if (subs.includes(sub)) return why
  for (const [why, codes] of byCode) if (codes.includes(code)) return why
  if (code >= 200 && code <= 299) return 'auth'
  if (error.is_transient === true) return 'down'
  return status && status !== 400 ? bare(status) : 'invalid'
}

// A gateway that gave up waiting (408, 504) does not say whether the message went out.
function bare(status: number): FailReason {
  if (status === 429) return 'rate'
  if (status === 401 || status === 403) return 'auth'
  if (status === 408 || status === 504 || status < 400) return 'unknown'
  return status >= 500 ? 'down' : 'invalid'
}

/** The same code means several things: the subcode decides first. */
const bySubcode: [FailReason, number[]][] = [
  // Outside the 24 hours (Messenger, Instagram) and a retired tag.
  ['window-closed', [2018278, 2534022, 1893061]],
  // Not available, no such person, no profile to write to.
  ['blocked', [1545041, 2018001, 2018108, 2018027]],
  // Another app of the page has the conversation.
  ['invalid', [2018300, 2018047, 2018008]],
  // The page is restricted for a time.
  ['auth', [1893063, 459, 460, 463, 464, 467, 490]],
  ['rate', [2018022]],
]

const byCode: [FailReason, number[]][] = [
  ['blocked', [551]],
  ['rate', [4, 17, 32, 613, 80006]],
  ['auth', [0, 3, 10, 102, 104, 190, 368]],
  ['down', [1, 2, 1200]],
]

/** Seconds to wait where Meta sends no Retry-After: its counters run over an hour. */
const pauses: Record<number, number> = { 4: 60, 17: 60, 32: 60, 613: 10, 80006: 60 }
