import type { FailReason, HttpAnswer, Io } from '../contract.ts'
import { type Json, maybe, number, text } from '../kit.ts'
import type { Settings } from './settings.ts'

/** One call of Viber's API. Whether it worked stands in the body: the HTTP status is always 200. */
export function call(method: string, json: Json, io: Io<Settings>): Promise<HttpAnswer> {
  return io.http({
    method: 'POST',
    url: `${io.settings.baseUrl.replace(/\/+$/, '')}/pa/${method}`,
    headers: { 'x-viber-auth-token': io.settings.token },
    json,
  })
}

const reasons: Record<number, FailReason> = {
  1: 'invalid', // invalidUrl
  2: 'auth', // invalidAuthToken
  3: 'invalid', // badData
  4: 'invalid', // missingData
  5: 'blocked', // receiverNotRegistered
  6: 'blocked', // receiverNotSubscribed
  7: 'auth', // publicAccountBlocked: it is the bot that Viber has blocked
  8: 'auth', // publicAccountNotFound
  9: 'auth', // publicAccountSuspended
  10: 'auth', // webhookNotSet
  11: 'invalid', // receiverNoSuitableDevice
  12: 'rate', // tooManyRequests
  13: 'invalid', // apiVersionNotSupported
  14: 'invalid', // incompatibleWithVersion
  15: 'auth', // publicAccountNotAuthorized
  16: 'invalid', // inchatReplyMessageNotAllowed
  17: 'invalid', // publicAccountIsNotInline
  18: 'invalid', // noPublicChat
  19: 'invalid', // cannotSendBroadcast
  20: 'invalid', // broadcastNotAllowed
  21: 'invalid', // unsupportedCountry
  22: 'invalid', // paymentUnsupported
  23: 'window-closed', // freeMessagesExceeded
  24: 'window-closed', // noBalance
}

const advice: Record<number, string> = {
  1: 'Viber could not reach this address. It must be public, https and have a certificate of a known authority',
  6: 'The customer has not subscribed to the bot, or has left it',
  7: 'Viber has blocked this bot',
  10: 'The bot has no webhook. Connect the channel again',
  23: 'The free messages of this month are used up. An answer is free after the customer writes again',
  24: 'The account with Viber has no balance. An answer is free after the customer writes again',
}

/** What Viber refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): { why: FailReason; detail: string; retryAfterSeconds?: number } | null {
  if (answer.status === 429) return { why: 'rate', detail: 'HTTP 429', ...retryAfter(answer) }
  if (answer.status >= 500) return { why: 'down', detail: `Viber answered HTTP ${answer.status}` }
  if (answer.status === 401 || answer.status === 403) return { why: 'auth', detail: `HTTP ${answer.status}` }
  const body = maybe(answer.json)
  const status = number(body.status)
  if (status === undefined) return { why: 'unknown', detail: `Viber answered HTTP ${answer.status} without a status` }
  if (status === 0) return null
  const said = `${text(body.status_message) ?? 'error'} (${status})`
  const why = reasons[status] ?? 'invalid'
  return {
    why,
    detail: advice[status] ? `${advice[status]}: ${said}` : said,
    ...(why === 'rate' && retryAfter(answer)),
  }
}

/** Viber gives no hint. Its window is 500 calls in ten seconds. */
const retryAfter = ({ headers }: HttpAnswer) => ({ retryAfterSeconds: number(headers['retry-after']) ?? 10 })
