import { createHmac } from 'node:crypto'
import type { RawRequest, Verdict } from '../contract.ts'
import { hmacSha256Hex, same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** The header that carries the signature of the body. */
export const signatureHeader = 'x-parley-signature'

/** Only src/site, which knows the secret and has checked the visitor's token, can make a request that passes here. */
export function verify(request: RawRequest, settings: Settings): Verdict {
  if (request.method !== 'POST')
    return { verdict: 'reject', why: `a ${request.method} is no visitor’s event`, status: 405 }
  const signature = request.headers[signatureHeader] ?? ''
  if (!settings.secret || !same(signature, sign(request.body, settings.secret)))
    return { verdict: 'reject', why: 'the signature does not match' }
  return { verdict: 'accept' }
}

/** Lower-case hex HMAC-SHA256 of the body under a key of its own, derived from the channel's secret. */
export const sign = (body: Uint8Array, secret: string): string => hmacSha256Hex(keyFor('events', secret), body)

/** A key for one purpose, so that a signature made for one thing is never good for another. */
export const keyFor = (purpose: 'events' | 'media' | 'upload', secret: string): string =>
  createHmac('sha256', secret).update(`parley site ${purpose}`).digest('hex')
