import type { ExternalId, FailReason, HttpAnswer, SendResult } from '../contract.ts'
import { externalId, type Json, maybe, number } from '../kit.ts'

type Reasons = readonly [FailReason, readonly number[]][]

/** In what the answers to sends differ between the networks of Meta. */
export interface Answers {
  /** The id of what was sent. */
  idIn(body: Json): string | undefined
  /** An error in words. */
  detailOf(error: Json): string
  /** The same code may mean several things: the subcode decides first. */
  bySubcode: Reasons
  /** What is not listed is `invalid`, because repeating it will not help. */
  byCode: Reasons
  /** Seconds to wait where Meta sends no Retry-After, by code. */
  pauses: Record<number, number>
}

/** What Graph's answer to a send means. `idle` names what has no id of its own: a reaction. */
export function resultOf({ status, headers, json }: HttpAnswer, answers: Answers, idle?: ExternalId): SendResult {
  const body = maybe(json)
  const id = answers.idIn(body) ?? idle
  if (status < 300 && id) return { ok: true, id: externalId(id) }
  const error = maybe(body.error)
  if (!Object.keys(error).length)
    return { ok: false, why: bare(status), detail: `HTTP ${status} without an explanation` }
  const failure = failureIn(error, answers, status)
  if (failure.why !== 'rate') return { ok: false, ...failure }
  const pause = number(headers['retry-after']) ?? answers.pauses[number(error.code) ?? 0] ?? 30
  return { ok: false, ...failure, retryAfterSeconds: pause }
}

/** Reads an error of Graph; without a status where it came in a webhook. */
export const failureIn = (error: Json, answers: Answers, status = 0): { why: FailReason; detail: string } => ({
  why: reasonOf(error, answers, status),
  detail: answers.detailOf(error),
})

function reasonOf(error: Json, { bySubcode, byCode }: Answers, status: number): FailReason {
  const [code, sub] = [number(error.code) ?? 0, number(error.error_subcode) ?? 0]
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
