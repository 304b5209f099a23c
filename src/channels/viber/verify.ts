import type { RawRequest, Verdict } from '../contract.ts'
import { hmacSha256Hex, same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Viber signs the untouched body with the token of the bot. */
export function verify(request: RawRequest, { token }: Settings): Verdict {
  if (!token) return { verdict: 'reject', why: 'the channel has no token' }
  // The official SDK (viber-bot 1.0.18, middleware.js) also reads the signature from `?sig=`.
  const given = request.headers['x-viber-content-signature'] ?? request.query.sig ?? ''
  return same(given.toLowerCase(), hmacSha256Hex(token, request.body))
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the signature does not fit the token' }
}
