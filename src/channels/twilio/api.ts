import type { HttpAnswer, Io } from '../contract.ts'
import type { Settings } from './settings.ts'

const root = ({ settings }: Io<Settings>): string => settings.baseUrl.replace(/\/+$/, '')

/** Where the account's own resources are. */
export const ofAccount = (path: string, io: Io<Settings>): string =>
  `${root(io)}/2010-04-01/Accounts/${io.settings.accountSid}${path}`

/** Messaging services live at a host of their own; behind a simulator or a proxy, at the same. */
export const ofService = (io: Io<Settings>): string =>
  `${root(io).replace(/^(https:\/\/)api\.(?=.*twilio\.com$)/, '$1messaging.')}/v1/Services/${io.settings.messagingServiceSid}`

export const authorization = ({ accountSid, authToken, keySid, keySecret }: Settings): string => {
  const [name, secret] = keySid && keySecret ? [keySid, keySecret] : [accountSid, authToken]
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
}

export const ask = (url: string, io: Io<Settings>): Promise<HttpAnswer> =>
  io.http({ method: 'GET', url, headers: { authorization: authorization(io.settings) } })

export const post = (url: string, fields: readonly [string, string][], io: Io<Settings>): Promise<HttpAnswer> =>
  io.http({
    method: 'POST',
    url,
    headers: { authorization: authorization(io.settings) },
    form: new URLSearchParams(fields.map(field => [...field])),
  })

/**
 * A webhook's address with how to call it: Twilio repeats by itself only when it gets no connection. The fragment is
 * not sent to us and not signed (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const persistent = (url: string): string => `${url}#rc=3&rp=ct,rt,5xx`
