import type { FailReason, HttpAnswer } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'

export interface Refusal {
  why: FailReason
  detail: string
  code?: number
  retryAfterSeconds?: number
}

/** Nothing could be asked at all, as with a wrong secret. */
export class Declined extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.detail)
    this.refusal = refusal
  }
}

/** In what the answers differ between the networks of Tencent. */
export interface Answers {
  /** Of the network, for people. */
  name: string
  /** By `errcode`; what is not listed is `invalid`. */
  reasons: Record<number, FailReason>
  /** What to do about a code, or what it means. */
  advice: Record<number, string>
  /** Seconds to wait: Tencent gives no hint when to come back. */
  pauses: Record<number, number>
}

/** What was refused and why, or null when it was done as asked. The HTTP status is always 200. */
export function refusalIn(answer: HttpAnswer, { name, reasons, advice, pauses }: Answers): Refusal | null {
  const { status } = answer
  if (status === 429) return { why: 'rate', detail: 'HTTP 429', retryAfterSeconds: hint(answer) ?? 60 }
  if (status >= 500) return { why: 'down', detail: `${name} answered HTTP ${status}` }
  if (status === 401 || status === 403) return { why: 'auth', detail: `HTTP ${status}` }
  if (answer.json === null) return { why: 'unknown', detail: `${name} answered HTTP ${status} with nothing readable` }
  const { errcode, errmsg } = maybe(answer.json)
  const code = number(errcode)
  if (!code) return null
  const said = `${text(errmsg) || 'error'} (${code})`
  const why = reasons[code] ?? 'invalid'
  const detail = advice[code] ? `${advice[code]}: ${said}` : said
  return { why, code, detail, ...(why === 'rate' && { retryAfterSeconds: hint(answer) ?? pauses[code] ?? 60 }) }
}

/** Without the code, as the result of a send. */
export const lean = ({ code: _, ...refused }: Refusal): Omit<Refusal, 'code'> => refused

const hint = ({ headers }: HttpAnswer): number | undefined => number(headers['retry-after'])

/** The token is worth nothing any more, perhaps only since a moment ago. */
export const isTokenRefused = (answer: HttpAnswer): boolean =>
  [40001, 40014, 42001].includes(number(maybe(answer.json).errcode) ?? 0)
