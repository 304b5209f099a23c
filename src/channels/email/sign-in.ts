import type { HttpAnswer, Io, SignIn, SignInAccount, SignInAnswer } from '../contract.ts'
import { type Json, maybe, parseJson, text } from '../kit.ts'
import { keptKey } from './settings.ts'

type Given = Record<string, string>

/** What differs between the providers of mail; the rest is OpenID Connect. */
interface Provider {
  id: string
  at: string
  needs: readonly string[]
  scopes: readonly string[]
  /** Of the scopes, those without which nothing works: a person may untick them. */
  musts: readonly string[]
  fits(tokenUrl: string): boolean
  tokenUrl(given: Given): string
  /** The page to agree on, beside the token address. */
  pageOf(tokenUrl: string): string
  /** Asks for a refresh token, and for an account where the browser knows several. */
  asks: Record<string, string>
  servers: { baseUrl: string; smtpUrl: string }
}

const googleToken = 'https://oauth2.googleapis.com/token'
const google: Provider = {
  id: 'google',
  at: 'Google',
  needs: ['clientId', 'clientSecret'],
  scopes: ['openid', 'email', 'https://mail.google.com/'],
  musts: ['https://mail.google.com/'],
  // A simulator names its provider in the path.
  fits: url => url === googleToken || url.endsWith('/google/token'),
  tokenUrl: ({ tokenUrl = '' }) => (google.fits(tokenUrl) ? tokenUrl : googleToken),
  pageOf: url => (url === googleToken ? 'https://accounts.google.com/o/oauth2/v2/auth' : url.replace(/token$/, 'auth')),
  // Without `consent` Google gives a refresh token at the first time only.
  asks: { access_type: 'offline', prompt: 'consent select_account' },
  servers: { baseUrl: 'imaps://imap.gmail.com', smtpUrl: 'smtps://smtp.gmail.com' },
}

const microsoftHost = 'https://login.microsoftonline.com'
const microsoftPath = /\/[^/]+\/oauth2\/v2\.0\/token$/
const microsoft: Provider = {
  id: 'microsoft',
  at: 'Microsoft',
  needs: ['tenant', 'clientId', 'clientSecret'],
  scopes: [
    'openid',
    'email',
    'profile',
    'offline_access',
    'https://outlook.office.com/IMAP.AccessAsUser.All',
    'https://outlook.office.com/SMTP.Send',
  ],
  musts: ['IMAP.AccessAsUser.All', 'SMTP.Send'],
  fits: url => microsoftPath.test(url),
  tokenUrl({ tokenUrl = '', tenant = 'common' }) {
    const host = microsoft.fits(tokenUrl) ? tokenUrl.replace(microsoftPath, '') : microsoftHost
    return `${host}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  },
  pageOf: url => url.replace(/token$/, 'authorize'),
  asks: { response_mode: 'query', prompt: 'select_account' },
  servers: { baseUrl: 'imaps://outlook.office365.com', smtpUrl: 'smtp://smtp.office365.com:587' },
}

export const signIns: readonly SignIn[] = [google, microsoft].map(provider => ({
  id: provider.id,
  at: provider.at,
  needs: provider.needs,
  takes: ['tokenUrl', 'baseUrl', 'smtpUrl'],
  identifies: 'address',
  fits: ({ tokenUrl = '' }) => provider.fits(tokenUrl),
  address(given, { redirectUri, state, challenge }) {
    const query = new URLSearchParams({
      client_id: given.clientId!,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: provider.scopes.join(' '),
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...provider.asks,
      ...(given.address && { login_hint: given.address }),
    })
    return `${provider.pageOf(provider.tokenUrl(given))}?${query}`
  },
  accounts: async (given, answer, io) => [await mailbox(provider, { given, answer }, io)],
}))

async function mailbox(
  provider: Provider,
  { given, answer }: { given: Given; answer: SignInAnswer },
  io: Pick<Io<unknown>, 'http'>,
): Promise<SignInAccount> {
  const tokenUrl = provider.tokenUrl(given)
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: given.clientId!,
    client_secret: given.clientSecret!,
    code: answer.code,
    redirect_uri: answer.redirectUri,
    code_verifier: answer.verifier,
  })
  const tokens = heard(await io.http({ method: 'POST', url: tokenUrl, form }), provider)
  const scope = text(tokens.scope)
  if (scope && !provider.musts.every(must => scope.includes(must)))
    throw new Error(`${provider.at} was not allowed to give access to the mail. Sign in again and leave that ticked.`)
  const refreshToken = text(tokens.refresh_token)
  if (!refreshToken) throw new Error(`${provider.at} gave no refresh token.`)
  const { address, user } = whose(tokens, provider)
  const own = provider.pageOf(tokenUrl).startsWith('https://')
  const servers = own ? provider.servers : { baseUrl: given.baseUrl, smtpUrl: given.smtpUrl }
  const names = { address, user: user ?? null, password: null }
  return {
    name: address,
    settings: { ...names, ...servers, tokenUrl, refreshToken, signingSecret: keptKey(given, answer.verifier) },
  }
}

/** From the id token, which came over TLS from the provider itself: no signature needs to be checked (OpenID Connect Core, 3.1.3.7). */
function whose(tokens: Json, { at }: Provider): { address: string; user?: string } {
  const payload = text(tokens.id_token)?.split('.')[1] ?? ''
  const { email, preferred_username } = maybe(claimsIn(payload))
  const name = text(preferred_username)
  const address = text(email) ?? name
  if (!address?.includes('@')) throw new Error(`${at} did not say which mailbox this is.`)
  // At Microsoft one signs in with the user name, which need not be the address.
  return { address, ...(name && name !== address && { user: name }) }
}

function claimsIn(payload: string): unknown {
  try {
    return parseJson(Buffer.from(payload, 'base64url').toString())
  } catch {
    return undefined
  }
}

function heard({ status, json }: HttpAnswer, { at }: Provider): Json {
  const answer = maybe(json)
  if (status === 200) return answer
  const why = text(answer.error_description) ?? text(answer.error) ?? `HTTP ${status}`
  throw new Error(`${at}: ${why.split('\n')[0]!.slice(0, 300)}`)
}
