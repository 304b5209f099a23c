import { type Io, NotSent, Refused, type Renewed } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import { keptKey, type Settings } from './settings.ts'

/** How we sign in at both servers. */
export type Login = { user: string; pass: string } | { user: string; accessToken: string }

export async function loginOf(io: Io<Settings>): Promise<Login> {
  const { user, address, password } = io.settings
  const name = user ?? address
  if (password) return { user: name, pass: password }
  return { user: name, accessToken: await io.token('oauth', ({ settings }) => renewed(io, settings)) }
}

/** The token was refused before its time; a password will be no better the next time. */
export const forgetLogin = ({ settings, forgetToken }: Io<Settings>): Promise<void> =>
  settings.password ? Promise.resolve() : forgetToken('oauth')

interface Granted extends Renewed<Settings> {
  /** When the owner of the mailbox has to agree anew, where the provider tells. */
  consentEnds?: Date
}

/** RFC 6749, 6. Throws `Refused` when the owner of the mailbox has to agree anew. */
export async function renewed(io: Io<Settings>, settings: Settings): Promise<Granted> {
  const { clientId, clientSecret, refreshToken, tokenUrl } = settings
  if (!clientId || !refreshToken || !tokenUrl)
    throw new Refused('The channel has neither a password nor client ID, refresh token and token address')
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken })
  if (clientSecret) form.set('client_secret', clientSecret)
  const { status, json } = await io.http({ method: 'POST', url: tokenUrl, form })
  const answer = maybe(json)
  const value = text(answer.access_token)
  const why = text(answer.error_description) ?? text(answer.error) ?? `HTTP ${status}`
  if (status === 429 || status >= 500 || /^(temporarily_unavailable|server_error)$/.test(text(answer.error) ?? ''))
    throw new NotSent(`No access token: ${why}`)
  if (status !== 200 || !value) throw new Refused(`No access token: ${why.split('\n')[0]!.slice(0, 300)}`)
  const after = (seconds: number) => new Date(io.now.getTime() + seconds * 1000)
  // Google names it so where consent is given for a time, as while an application is in testing (7 days).
  const ends = number(answer.refresh_token_expires_in)
  return {
    value,
    expiresAt: after(number(answer.expires_in) ?? 3600),
    ...rotated(settings, text(answer.refresh_token)),
    ...(ends && { consentEnds: after(ends) }),
  }
}

/** Microsoft gives a new refresh token with every access token; the older one ends ninety days after its issue. */
function rotated(settings: Settings, refreshToken: string | undefined): { settings?: Partial<Settings> } {
  if (!refreshToken || refreshToken === settings.refreshToken) return {}
  return { settings: { refreshToken, signingSecret: keptKey(settings, '') } }
}

/**
 * `imaps://host:port` in the words of both libraries. Only the own machine is trusted without encryption, and so with
 * whatever certificate it offers: what Debian makes for a mail server at its installation is signed by nobody.
 */
export function serverOf(url: string, ports: { plain: number; secure: number }, ca: string | undefined) {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol.endsWith('s:')
  const host = hostname.replace(/^\[|\]$/g, '')
  const own = host === 'localhost' || host === '::1' || host.startsWith('127.')
  return {
    host,
    port: Number(port) || (secure ? ports.secure : ports.plain),
    secure,
    own,
    tls: { minVersion: 'TLSv1.2' as const, ...(ca ? { ca } : own && !secure && { rejectUnauthorized: false }) },
  }
}
