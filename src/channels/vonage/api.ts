import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'
import type { HttpAnswer, HttpCall, Io } from '../contract.ts'
import type { Settings } from './settings.ts'

const lifetimeSeconds = 900

/** One call of Vonage's API, signed in by the application where its key is known, else by the account. */
export async function call(path: string, json: unknown, io: Io<Settings>): Promise<HttpAnswer> {
  const headers = { authorization: await authorization(io) }
  const answer = await io.http({ method: 'POST', url: root(io) + path, headers, json })
  if (answer.status === 401 && io.settings.privateKey) await io.forgetToken(nameOf(io.settings))
  return answer
}

/** As the account, which alone may change its applications. */
export const asAccount = (what: Pick<HttpCall, 'method' | 'json'> & { path: string }, io: Io<Settings>) => {
  const { path, ...call } = what
  return io.http({ ...call, url: root(io) + path, headers: { authorization: basic(io.settings) } })
}

const root = ({ settings }: Io<Settings>): string => settings.baseUrl.replace(/\/+$/, '')

export async function authorization(io: Io<Settings>): Promise<string> {
  const { applicationId, privateKey } = io.settings
  if (!applicationId || !privateKey) return basic(io.settings)
  const iat = Math.floor(io.now.getTime() / 1000)
  const renew = async () => ({
    value: jwt({ application_id: applicationId, iat, exp: iat + lifetimeSeconds, jti: randomUUID() }, privateKey),
    expiresAt: new Date((iat + lifetimeSeconds) * 1000),
  })
  return `Bearer ${await io.token(nameOf(io.settings), renew)}`
}

const basic = ({ apiKey, apiSecret }: Settings): string =>
  `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`

/** Another key makes another token. */
const nameOf = ({ applicationId, privateKey = '' }: Settings): string =>
  `jwt ${createHash('sha256').update(`${applicationId} ${privateKey}`).digest('hex').slice(0, 16)}`

export function jwt(claims: object, privateKey: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const said = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}`
  return `${said}.${sign('sha256', Buffer.from(said), createPrivateKey(pem(privateKey))).toString('base64url')}`
}

/** A key that went through a field of one line has lost its line ends, or has them as `\n` in two characters. */
function pem(key: string): string {
  const [, begin, body, end] = /(-----BEGIN [A-Z ]+-----)(.*)(-----END [A-Z ]+-----)/s.exec(key) ?? []
  if (!body) return key
  const lines =
    body
      .replaceAll('\\n', '')
      .replace(/\s/g, '')
      .match(/.{1,64}/g) ?? []
  return [begin, ...lines, end, ''].join('\n')
}
