import type { HttpAnswer, Io, SignInAnswer, SignInLeave } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'

export const graphHost = 'https://graph.facebook.com'

type Given = Record<string, string>
export type Caller = Pick<Io<unknown>, 'http' | 'now'>

export const versionOf = (given: Given): string => given.apiVersion || 'v26.0'
const baseOf = (given: Given): string => (given.baseUrl || graphHost).replace(/\/+$/, '')

/** The dialog of Facebook Login. Simulators answer for it as well; Meta's lives at another host. */
export function facebookDialog(given: Given, { redirectUri, state }: SignInLeave, scopes: readonly string[]): string {
  const base = baseOf(given)
  const host = base === graphHost ? 'https://www.facebook.com' : base
  const query = new URLSearchParams({
    client_id: given.appId!,
    redirect_uri: redirectUri,
    state,
    scope: scopes.join(','),
  })
  return `${host}/${versionOf(given)}/dialog/oauth?${query}`
}

/** The pages of whoever agreed, each with its own token and the `fields` asked for. */
export async function facebookPages(
  given: Given,
  { code, redirectUri, fields }: SignInAnswer & { fields: string },
  io: Caller,
): Promise<Json[]> {
  const ask = async (path: string, query: Given, token?: string) => {
    const url = `${baseOf(given)}/${versionOf(given)}/${path}?${new URLSearchParams(query)}`
    const headers = { authorization: `Bearer ${token}` }
    return heard(await io.http({ method: 'GET', url, ...(token && { headers }) }), 'Facebook')
  }
  const app = { client_id: given.appId!, client_secret: given.appSecret! }
  const short = await ask('oauth/access_token', { ...app, redirect_uri: redirectUri, code })
  // Pages' tokens made with a long-lived one do not expire by themselves.
  const exchange = { grant_type: 'fb_exchange_token', fb_exchange_token: tokenOf(short, 'Facebook') }
  const long = tokenOf(await ask('oauth/access_token', { ...app, ...exchange }), 'Facebook')
  const pages: Json[] = []
  for (let after = ''; ; ) {
    const page = await ask('me/accounts', { fields, limit: '100', ...(after && { after }) }, long)
    pages.push(...records(page.data))
    after = text(maybe(maybe(page.paging).cursors).after) ?? ''
    if (!after || !maybe(page.paging).next) return pages
  }
}

/** The answer, or its refusal in the network's own words. */
export function heard(answer: HttpAnswer, who: string): Json {
  const json = maybe(answer.json)
  if (answer.status < 300) return json
  throw new Error(text(maybe(json.error).message) ?? text(json.error_message) ?? `${who} answered ${answer.status}.`)
}

export function tokenOf(answer: Json, who: string): string {
  const token = text(answer.access_token)
  if (!token) throw new Error(`${who} gave no access token.`)
  return token
}
