import type { RawRequest, Verdict } from '../contract.ts'
import { hmacSha256Hex, same } from '../kit.ts'

interface Secrets {
  /** Signs every webhook. */
  appSecret: string
  /** Repeated by Meta when the webhook is registered. */
  verifyToken: string
}

/** The handshake when a webhook is registered, and the signature of every later one. */
export function verify(request: RawRequest, settings: Secrets): Verdict {
  return request.method === 'GET' ? handshake(request.query, settings) : signature(request, settings)
}

function handshake(query: Record<string, string>, { verifyToken }: Secrets): Verdict {
  const challenge = query['hub.challenge']
  if (query['hub.mode'] !== 'subscribe' || !challenge)
    return { verdict: 'reject', why: 'no webhook handshake', status: 403 }
  if (!same(query['hub.verify_token'] ?? '', verifyToken))
    return { verdict: 'reject', why: 'the verify token differs', status: 403 }
  return { verdict: 'answer', body: challenge, contentType: 'text/plain' }
}

/** The older `X-Hub-Signature` with SHA-1 comes along and is not enough. */
function signature(request: RawRequest, { appSecret }: Secrets): Verdict {
  // An HMAC with an empty key is a valid HMAC that anybody can compute.
  if (!appSecret) return { verdict: 'reject', why: 'the app secret is missing' }
  const given = request.headers['x-hub-signature-256']
  if (!given) return { verdict: 'reject', why: 'X-Hub-Signature-256 is missing' }
  return same(given.toLowerCase(), `sha256=${hmacSha256Hex(appSecret, request.body)}`)
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the signature does not match the app secret' }
}
