import type { SignIn, SignInAccount } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { type Caller, facebookDialog, facebookPages, graphHost, heard, tokenOf, versionOf } from '../meta/sign-in.ts'

type Given = Record<string, string>

/** Business Login for Instagram (developers.facebook.com, "Business Login", 2026-03-13). */
const scopes = ['instagram_business_basic', 'instagram_business_manage_messages', 'instagram_business_manage_comments']

/** Through the Facebook page that the account is linked to. */
const pageScopes = [
  'instagram_basic',
  'instagram_manage_messages',
  'instagram_manage_comments',
  'pages_messaging',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_show_list',
]

const needs = ['appId', 'appSecret', 'verifyToken']
const takes = ['apiVersion', 'baseUrl']
const instagramHost = 'https://graph.instagram.com'

/** At graph.facebook.com the same settings mean the way through a page. */
const throughPage = ({ baseUrl = '' }: Given): boolean => /^https:\/\/graph\.facebook\.com\/*$/.test(baseUrl)
const baseOf = (given: Given): string =>
  (throughPage(given) ? instagramHost : given.baseUrl || instagramHost).replace(/\/+$/, '')
/** Meta's own hosts are three; a simulator is all of them. */
const hostOf = (given: Given, own: string): string => (baseOf(given) === instagramHost ? own : baseOf(given))

const byInstagram: SignIn = {
  id: 'instagram',
  needs,
  takes,
  at: 'Instagram',
  identifies: 'accountId',
  fits: given => !throughPage(given),
  address(given, { redirectUri, state }) {
    const query = { client_id: given.appId!, redirect_uri: redirectUri, response_type: 'code' }
    const asked = new URLSearchParams({ ...query, scope: scopes.join(','), state })
    return `${hostOf(given, 'https://www.instagram.com')}/oauth/authorize?${asked}`
  },
  async accounts(given, { code, redirectUri }, io) {
    const short = await shortLived(given, { code, redirectUri }, io)
    const exchange = { grant_type: 'ig_exchange_token', client_secret: given.appSecret!, access_token: short }
    const url = `${baseOf(given)}/access_token?${new URLSearchParams(exchange)}`
    const token = tokenOf(heard(await io.http({ method: 'GET', url }), 'Instagram'), 'Instagram')
    return [await accountOf(given, token, io)]
  },
}

async function shortLived(given: Given, answer: { code: string; redirectUri: string }, io: Caller): Promise<string> {
  const form = new URLSearchParams({
    client_id: given.appId!,
    client_secret: given.appSecret!,
    grant_type: 'authorization_code',
    redirect_uri: answer.redirectUri,
    // Instagram appends `#_`, which is no part of it.
    code: answer.code.replace(/#_$/, ''),
  })
  const url = `${hostOf(given, 'https://api.instagram.com')}/oauth/access_token`
  const json = heard(await io.http({ method: 'POST', url, form }), 'Instagram')
  const first = records(json.data)[0] ?? json
  // Whoever agrees may leave permissions out.
  const permissions = [first.permissions].flat().join(',')
  if (permissions && !permissions.includes('manage_messages'))
    throw new Error('Instagram was not allowed to give access to messages. Sign in again and leave that ticked.')
  return tokenOf(first, 'Instagram')
}

async function accountOf(given: Given, accessToken: string, io: Caller): Promise<SignInAccount> {
  const url = `${baseOf(given)}/${versionOf(given)}/me?fields=user_id,username,name`
  const headers = { authorization: `Bearer ${accessToken}` }
  const { user_id, username, name } = heard(await io.http({ method: 'GET', url, headers }), 'Instagram')
  const accountId = text(user_id)
  if (!accountId) throw new Error('Instagram did not say which account this is.')
  return {
    name: text(username) ?? text(name) ?? accountId,
    settings: { accountId, accessToken, baseUrl: baseOf(given) },
  }
}

const byPage: SignIn = {
  id: 'facebook',
  needs,
  takes: ['apiVersion'],
  at: 'Facebook',
  identifies: 'accountId',
  fits: throughPage,
  address: (given, back) => facebookDialog({ ...given, baseUrl: graphHost }, back, pageScopes),
  async accounts(given, answer, io) {
    const fields = 'id,name,access_token,instagram_business_account{id,username}'
    const pages = await facebookPages({ ...given, baseUrl: graphHost }, { ...answer, fields }, io)
    const linked = pages.filter(page => text(maybe(page.instagram_business_account).id))
    if (pages.length && !linked.length)
      throw new Error('None of these pages is linked to a professional account of Instagram.')
    return linked.map(page => {
      const { id, username } = maybe(page.instagram_business_account)
      const settings = { accountId: text(id), accessToken: String(page.access_token), baseUrl: graphHost }
      return { name: text(username) ?? String(page.name), settings }
    })
  },
}

export const signIns: readonly SignIn[] = [byInstagram, byPage]
