import { createHash, createHmac } from 'node:crypto'
import { parse as readQuery, stringify as writeQuery } from 'node:querystring'
import type { RawRequest, Verdict } from '../contract.ts'
import { bodyText, same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Says that we have it and answer nothing: replies go through the API. */
const silence = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/** Twilio signs the address it called together with the fields of the form, or with a digest of any other body. */
export function verify(request: RawRequest, { authToken }: Settings): Verdict {
  if (!authToken) return { verdict: 'reject', why: 'the channel has no auth token' }
  const given = request.headers['x-twilio-signature']
  if (!given) return { verdict: 'reject', why: 'the request is not signed', status: 400 }
  const { url } = request
  if (!url || !URL.canParse(url)) return { verdict: 'reject', why: 'the address that was called is not known' }
  const said = signedFields(request, new URL(url))
  const genuine = said !== undefined && addresses(url).some(at => same(given, signature(authToken, at + said)))
  return genuine
    ? { verdict: 'accept', body: silence, contentType: 'text/xml; charset=utf-8' }
    : { verdict: 'reject', why: 'the signature does not fit the auth token and the address', status: 403 }
}

export const signature = (authToken: string, signed: string): string =>
  createHmac('sha1', authToken).update(signed, 'utf8').digest('base64')

/** What is signed behind the address; undefined when the body is not the one that was signed. */
function signedFields(request: RawRequest, { searchParams }: URL): string | undefined {
  const digest = searchParams.get('bodySHA256')
  if (digest !== null) return digest.toLowerCase() === sha256(request.body) ? '' : undefined
  if (request.method !== 'GET') return fieldsOf(new URLSearchParams(bodyText(request)))
  // Nothing vouches for a body here, and it would be read.
  return request.body.length ? undefined : ''
}

const sha256 = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

/** Names in order, each with its values; of equal values one. */
export function fieldsOf(form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort()
  return names.flatMap(name => [...new Set(form.getAll(name))].sort().map(value => name + value)).join('')
}

/** Twilio may sign the address with its port or without, and with a query written in another way (its SDK 6.2). */
function addresses(called: string): string[] {
  const url = called.replace(/#.*$/s, '')
  const normal = new URL(url).href
  const [start, query] = normal.split('?', 2) as [string, string | undefined]
  const rewritten = query ? `${start}?${writeQuery(readQuery(query))}` : normal
  return [...new Set([url, normal, rewritten].flatMap(each => [withoutPort(each), withPort(each)]))]
}

const host = /^(https?:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*))(:\d*)?/i

const withoutPort = (url: string): string => url.replace(host, '$1')

const withPort = (url: string): string =>
  url.replace(host, (_, start: string, port = /^https/i.test(start) ? ':443' : ':80') => start + port)
