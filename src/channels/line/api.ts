import type { FailReason, HttpAnswer, HttpCall, Io } from '../contract.ts'
import { maybe, number, records, text } from '../kit.ts'
import type { Settings } from './settings.ts'

const ownHost = 'https://api.line.me'

const trimmed = ({ baseUrl }: Settings): string => baseUrl.replace(/\/+$/, '')

/** Files lie at other hosts than the API. A proxy or a simulator serves them all. */
export const contentHost = (settings: Settings): string =>
  trimmed(settings) === ownHost ? 'https://api-data.line.me' : trimmed(settings)

/** Undocumented, but where all of LINE's own clients show stickers from. */
export const stickerHost = (settings: Settings): string =>
  trimmed(settings) === ownHost ? 'https://stickershop.line-scdn.net' : trimmed(settings)

type Call = Pick<HttpCall, 'method' | 'json' | 'headers'>

/** One call of the Messaging API. */
export function call(path: string, { headers, ...rest }: Call, io: Io<Settings>): Promise<HttpAnswer> {
  return io.http({ ...rest, url: trimmed(io.settings) + path, headers: { ...headers, ...authorization(io) } })
}

export const authorization = ({ settings }: Io<Settings>) => ({
  authorization: `Bearer ${settings.channelAccessToken}`,
})

export const isInvalidReplyToken = (answer: HttpAnswer): boolean =>
  answer.status === 400 && /reply ?token/i.test(`${text(maybe(answer.json).message)}`)

/** A group (C…) or a room (R…) rather than a person (U…). */
export const isShared = (address: string): boolean => /^[CR]/.test(address)

export interface Refusal {
  why: FailReason
  detail: string
  retryAfterSeconds?: number
}

const reasons: Record<number, FailReason> = {
  400: 'invalid',
  401: 'auth',
  403: 'auth', // the account's plan or the token's rights do not allow it
  404: 'invalid',
  409: 'invalid', // on sends this is success, and is seen before
  410: 'invalid',
  413: 'invalid',
  415: 'invalid',
}

/** What LINE refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): Refusal | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const detail = `${saidBy(answer) || 'LINE gave no reason'} (HTTP ${status})`
  if (status === 429) return tooMany(answer, detail)
  if (status >= 500) return { why: 'down', detail }
  // The answer for people who are no friends of the account (UNVERIFIED). Who blocks it is not told: that is a 200.
  if (status === 400 && /failed to send messages/i.test(detail)) return { why: 'blocked', detail }
  return { why: reasons[status] ?? 'unknown', detail }
}

/** LINE's own words, with what it found in which field. */
function saidBy({ json }: HttpAnswer): string {
  const { message, details } = maybe(json)
  const fields = records(details).map(d => [text(d.property), text(d.message)].filter(Boolean).join(': '))
  return [text(message), ...fields].filter(Boolean).join('; ')
}

/** The used-up quota of a month gives the same status as calling too often. An answer by reply token stays free. */
function tooMany({ headers }: HttpAnswer, said: string): Refusal {
  if (/monthly limit/i.test(said))
    return {
      why: 'window-closed',
      detail: `The messages of this month are used up. An answer is free right after the customer writes: ${said}`,
    }
  const seconds = number(headers['retry-after'])
  return { why: 'rate', detail: said, ...(seconds !== undefined && { retryAfterSeconds: seconds }) }
}
