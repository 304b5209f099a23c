import type { FailReason, HttpAnswer, HttpCall, Io } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import type { Settings } from './settings.ts'

type Call = Pick<HttpCall, 'method' | 'json' | 'maxBytes'> & { query?: Record<string, string> }

/** One call of the Bot API. */
export function call(path: string, { query, ...rest }: Call, io: Io<Settings>): Promise<HttpAnswer> {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const url = io.settings.baseUrl.replace(/\/+$/, '') + path + search
  return io.http({ ...rest, url, headers: { authorization: io.settings.token }, ...trust(io) })
}

/** Files lie at other hosts, which have their certificates from the same authority. */
export const trust = ({ settings: { ca } }: Io<Settings>) => (ca ? { ca } : {})

export interface Refusal {
  why: FailReason
  detail: string
  retryAfterSeconds?: number
}

/** By MAX's own code first: one HTTP status has several. */
const reasons = new Map<string, FailReason>(
  Object.entries({
    'verify.token': 'auth',
    'attachment.not.ready': 'down', // MAX is still at work on the file
    'proto.payload': 'invalid',
    'too.many.requests': 'rate',
    'not.found': 'invalid',
    'chat.not.found': 'invalid',
    'message.not.found': 'invalid',
    'chat.denied': 'blocked',
    'dialog.suspended': 'blocked',
    'access.denied': 'blocked',
    'method.not.allowed': 'invalid',
    'service.unavailable': 'down',
  }),
)

const byStatus: Record<number, FailReason> = {
  400: 'invalid',
  401: 'auth',
  403: 'blocked',
  404: 'invalid',
  405: 'invalid',
  413: 'invalid',
  429: 'rate',
}

const advice = new Map(
  Object.entries({
    'verify.token': 'MAX does not know the token. Copy it anew from business.max.ru',
    'chat.denied': 'The customer has stopped the bot, or the bot is not in this chat',
    'dialog.suspended': 'The customer has stopped the bot',
  }),
)

export const isNotReady = (answer: HttpAnswer): boolean => maybe(answer.json).code === 'attachment.not.ready'

/** What MAX refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): Refusal | null {
  const { code, message, success } = maybe(answer.json)
  if (answer.status === 200 && success !== false) return null
  const name = text(code) ?? ''
  const said = `${text(message) || 'MAX gave no reason'} (${[name, `HTTP ${answer.status}`].filter(Boolean).join(', ')})`
  const fallback = answer.status >= 500 ? 'down' : answer.status === 200 ? 'invalid' : 'unknown'
  const why = reasons.get(name) ?? byStatus[answer.status] ?? fallback
  const seconds = number(answer.headers['retry-after'])
  return {
    why,
    detail: advice.has(name) ? `${advice.get(name)}: ${said}` : said,
    ...(why === 'rate' && { retryAfterSeconds: seconds ?? 1 }),
  }
}
