import type { HttpAnswer, SignIn } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { settings } from './settings.ts'

/** What the operator's app asks the owner of the pages for (Facebook Login, "Permissions" in the README). */
const scope = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_show_list',
  'pages_read_user_content',
  'pages_manage_engagement',
].join(',')

const graphHost = 'https://graph.facebook.com'

/** Simulators answer for the dialog as well; Meta's lives at another host. */
const dialogOf = (baseUrl: string): string => (baseUrl === graphHost ? 'https://www.facebook.com' : baseUrl)

const placeOf = (given: Record<string, string>) => {
  const { baseUrl, apiVersion } = settings.partial().parse(given)
  return { base: (baseUrl ?? graphHost).replace(/\/+$/, ''), version: apiVersion ?? 'v26.0' }
}

export const signIn: SignIn = {
  needs: ['appId', 'appSecret', 'verifyToken'],
  at: 'Facebook',
  address(given, { redirectUri, state }) {
    const { base, version } = placeOf(given)
    const query = new URLSearchParams({ client_id: given.appId!, redirect_uri: redirectUri, state, scope })
    return `${dialogOf(base)}/${version}/dialog/oauth?${query}`
  },
  async accounts(given, { code, redirectUri }, io) {
    const { base, version } = placeOf(given)
    const ask = async (path: string, query: Record<string, string>, token?: string) => {
      const url = `${base}/${version}/${path}?${new URLSearchParams(query)}`
      return heard(await io.http({ method: 'GET', url, headers: token ? { authorization: `Bearer ${token}` } : {} }))
    }
    const app = { client_id: given.appId!, client_secret: given.appSecret! }
    const short = await ask('oauth/access_token', { ...app, redirect_uri: redirectUri, code })
    // Pages' tokens made with a long-lived one do not expire by themselves.
    const exchange = { grant_type: 'fb_exchange_token', fb_exchange_token: tokenOf(short) }
    const long = tokenOf(await ask('oauth/access_token', { ...app, ...exchange }))
    const pages: Record<string, unknown>[] = []
    for (let after = ''; ; ) {
      const page = await ask(
        'me/accounts',
        { fields: 'id,name,access_token', limit: '100', ...(after && { after }) },
        long,
      )
      pages.push(...records(page.data))
      after = text(maybe(maybe(page.paging).cursors).after) ?? ''
      if (!after || !maybe(page.paging).next) break
    }
    return pages.map(page => ({
      name: text(page.name) ?? String(page.id),
      settings: { pageId: String(page.id), pageAccessToken: String(page.access_token) },
    }))
  },
}

function heard(answer: HttpAnswer): Record<string, unknown> {
  const json = maybe(answer.json)
  if (answer.status < 300) return json
  throw new Error(text(maybe(json.error).message) ?? `Facebook answered ${answer.status}.`)
}

function tokenOf(answer: Record<string, unknown>): string {
  const token = text(answer.access_token)
  if (!token) throw new Error('Facebook gave no access token.')
  return token
}
