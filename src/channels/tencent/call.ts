import { AnswerLost, type HttpAnswer, type HttpCall, type Io, NotSent } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import { Declined, isTokenRefused, type Refusal } from './refusal.ts'

export interface Ask {
  path: string
  query?: Record<string, string>
  /** What is posted; without it the call is a GET. */
  json?: unknown
  form?: FormData
  maxBytes?: number
  timeoutMs?: number
}

type Where = { baseUrl: string }

/** How a network gives its access token. */
export interface Tokens<S> {
  /** Of the network, for people. */
  name: string
  /** The call that asks for one; its `url` is the path. */
  asked(settings: S): HttpCall
  refusal(answer: HttpAnswer): Refusal | null
}

/** Makes the verb for one call. A token that is refused before its time is renewed, and the call made once again. */
export function calling<S extends Where>(tokens: Tokens<S>) {
  const requestOf = async ({ path, query, json, form, ...limits }: Ask, io: Io<S>): Promise<HttpCall> => {
    const token = await io.token('access', () => renew(tokens, io))
    return {
      method: json === undefined && !form ? 'GET' : 'POST',
      url: `${baseOf(io)}${path}?${new URLSearchParams({ access_token: token, ...query })}`,
      ...(json !== undefined && { json }),
      ...(form && { form }),
      ...limits,
    }
  }
  return async (ask: Ask, io: Io<S>): Promise<HttpAnswer> => {
    const first = await io.http(await requestOf(ask, io))
    if (!isTokenRefused(first)) return first
    await io.forgetToken('access')
    return io.http(await requestOf(ask, io))
  }
}

const baseOf = ({ settings }: Io<Where>): string => settings.baseUrl.replace(/\/+$/, '')

async function renew<S extends Where>({ name, asked, refusal }: Tokens<S>, io: Io<S>) {
  const { url, ...ask } = asked(io.settings)
  const answer = await safely(() => io.http({ ...ask, url: `${baseOf(io)}${url}` }))
  const refused = refusal(answer)
  if (refused) throw new Declined(refused)
  const { access_token, expires_in } = maybe(answer.json)
  const value = text(access_token)
  if (!value) throw new Declined({ why: 'down', detail: `${name} gave no access token` })
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
