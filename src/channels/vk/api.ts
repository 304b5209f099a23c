import type { FailReason, HttpAnswer, Io, SendResult } from '../contract.ts'
import { type Json, maybe, number, text } from '../kit.ts'
import type { Settings } from './settings.ts'

export type Params = Record<string, string>

/** One call of VK's API. Whether it worked stands in the body: the HTTP status is always 200. */
export function call(method: string, params: Params, io: Io<Settings>): Promise<HttpAnswer> {
  const { baseUrl, apiVersion, accessToken } = io.settings
  return io.http({
    method: 'POST',
    url: `${baseUrl.replace(/\/+$/, '')}/method/${method}`,
    form: new URLSearchParams({ ...params, access_token: accessToken, v: apiVersion }),
  })
}

const reasons: Record<number, FailReason> = {
  1: 'down', // unknown error
  2: 'auth', // application disabled
  4: 'auth', // signature
  5: 'auth', // user authorization failed
  6: 'rate', // too many requests per second
  9: 'rate', // flood control
  10: 'down', // internal server error
  13: 'down', // runtime error
  14: 'rate', // captcha needed
  17: 'auth', // validation required
  18: 'blocked', // user deleted or banned
  27: 'auth', // group authorization failed
  28: 'auth', // application authorization failed
  29: 'rate', // rate limit of the day
  32: 'rate', // need wait
  36: 'down', // interrupted by a timeout: `random_id` makes the repetition safe
  37: 'blocked', // user banned
  43: 'down', // section temporarily unavailable
  223: 'rate', // too many replies under the post
  601: 'rate', // too many actions this day
  900: 'blocked', // user is in the community's blacklist
  901: 'blocked', // no permission: never wrote, or said no
  902: 'blocked', // privacy settings
  917: 'blocked', // no access to the chat
  922: 'blocked', // left the chat
  927: 'blocked', // chat does not exist
  945: 'blocked', // chat disabled
  946: 'blocked', // chat not supported
  950: 'window-closed', // reply timed out
  985: 'blocked', // notifications only
  987: 'blocked', // needs a message request
  988: 'blocked', // message request pending
  1012: 'blocked', // writing disabled in the chat
  1105: 'rate', // too many authorizations
  1114: 'auth', // token expired
  1116: 'auth', // token invalid
  1117: 'auth', // token expired
}

const seconds: Record<number, number> = { 6: 1, 9: 60, 14: 300, 29: 3600, 32: 60, 223: 60, 601: 3600, 1105: 300 }

const advice: Record<number, string> = {
  5: 'VK does not know this access token any more. Create a new one',
  7: 'The access token lacks a right: create one that may do this',
  14: 'VK wants somebody to solve a captcha. It is tried again later',
  15: 'The access token lacks a right, or the community is closed to this',
  27: 'VK does not know this access token any more. Create a new one',
  900: 'The community has blocked this person',
  901: 'This person has not allowed messages from the community, or has forbidden them',
  902: 'The privacy settings of this person forbid it',
  911: 'VK refuses the buttons',
  912: 'Turn on "Bot capabilities" in the settings of the community’s messages',
  914: 'The message is too long for VK',
  950: 'The time to answer is over. It is open again once the customer writes',
}

export type Refusal = SendResult & { ok: false }

/** What VK refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): Refusal | null {
  if (answer.status === 429) return refused('rate', 'HTTP 429', number(answer.headers['retry-after']) ?? 1)
  if (answer.status >= 500) return refused('down', `VK answered HTTP ${answer.status}`)
  const body = maybe(answer.json)
  const { error_code, error_msg } = maybe(body.error)
  const code = number(error_code)
  if (code !== undefined) return byCode(code, text(error_msg) ?? 'error')
  if (body.response === undefined) return refused('unknown', `VK answered HTTP ${answer.status} without a response`)
  return null
}

/** Codes come as the error of a call, and as the error of one receiver in `messages.send`. */
export function byCode(code: number, said: string): Refusal {
  const why = reasons[code] ?? 'invalid'
  const detail = `${advice[code] ? `${advice[code]}: ` : ''}${said} (${code})`
  return refused(why, detail, seconds[code])
}

const refused = (why: FailReason, detail: string, retryAfterSeconds?: number): Refusal => ({
  ok: false,
  why,
  detail,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
})

/** What was answered, as an object: some methods answer a list of one. */
export function responseOf(answer: HttpAnswer): Json {
  const { response } = maybe(answer.json)
  return maybe(Array.isArray(response) ? response[0] : response)
}
