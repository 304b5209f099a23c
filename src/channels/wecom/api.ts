import { AnswerLost, type HttpAnswer, type HttpCall, type Io, NotSent } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import { Declined, isTokenRefused, refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

export interface Ask {
  path: string
  query?: Record<string, string>
  /** What is posted; without it the call is a GET. */
  json?: unknown
  form?: FormData
  maxBytes?: number
  timeoutMs?: number
}

/** One call. A token that WeCom refuses before its time is renewed, and the call made once again. */
export async function call(ask: Ask, io: Io<Settings>): Promise<HttpAnswer> {
  const first = await io.http(await requestOf(ask, io))
  if (!isTokenRefused(first)) return first
  await io.forgetToken('access')
  return io.http(await requestOf(ask, io))
}

async function requestOf({ path, query, json, form, ...limits }: Ask, io: Io<Settings>): Promise<HttpCall> {
  const words = new URLSearchParams({ access_token: await io.token('access', () => renew(io)), ...query })
  const method = json === undefined && !form ? 'GET' : 'POST'
  return {
    method,
    url: `${baseOf(io)}${path}?${words}`,
    ...(json !== undefined && { json }),
    ...(form && { form }),
    ...limits,
  }
}

const baseOf = ({ settings }: Io<Settings>): string => settings.baseUrl.replace(/\/+$/, '')

/** WeCom gives the same token to everybody who asks until it ends. */
async function renew(io: Io<Settings>): Promise<{ value: string; expiresAt: Date }> {
  const { corpId: corpid, secret: corpsecret } = io.settings
  const words = new URLSearchParams({ corpid, corpsecret })
  const answer = await safely(() => io.http({ method: 'GET', url: `${baseOf(io)}/cgi-bin/gettoken?${words}` }))
  const refused = refusal(answer)
  if (refused) throw new Declined(refused)
  const { access_token, expires_in } = maybe(answer.json)
  const value = text(access_token)
  if (!value) throw new Declined({ why: 'down', detail: 'WeCom gave no access token' })
  return { value, expiresAt: new Date(io.now.getTime() + (number(expires_in) ?? 7200) * 1000) }
}

/** What may be repeated without harm: a lost answer is as good as a call never made. */
export async function safely<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof AnswerLost) throw new NotSent(error.message)
    throw error
  }
}
