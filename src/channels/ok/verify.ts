import type { RawRequest, Verdict } from '../contract.ts'
import { hmacSha256Hex, same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** The header that carries the signature: lower-case hex HMAC-SHA256 of the untouched body. */
export const signatureHeader = 'x-ok-signature'

export function verify(request: RawRequest, { signingSecret }: Settings): Verdict {
  if (!signingSecret) return { verdict: 'reject', why: 'the channel has no signing secret' }
  const given = request.headers[signatureHeader] ?? ''
  return same(given, hmacSha256Hex(signingSecret, request.body))
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the signature does not fit' }
}
