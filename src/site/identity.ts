import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Refused } from './problem.ts'
import type { Claim } from './shapes.ts'

/** Who the visitor is, once the site has proved it. */
export interface Proven {
  subject: string
  name?: string | undefined
  email?: string | undefined
  phone?: string | undefined
}

export interface Scrutiny {
  secret: string | undefined
  channelId: string
  now: Date
}

/**
 * The user the site vouches for, or undefined when it offers no proof: the claim is then only words to show.
 * Two proofs: a JWT (HS256, `sub`, `exp`), or the hex HMAC-SHA256 of the identifier, as Chatwoot and Intercom had it.
 * @throws Refused 401 when a proof is offered and is wrong, so that the site's programmers notice.
 */
export function proven(claim: Claim | undefined, by: Scrutiny): Proven | undefined {
  if (!claim?.identity_token && !claim?.identifier_hash) return undefined
  if (!by.secret) throw new Refused(401, 'This chat has no identity secret yet. Set one in the channel’s settings.')
  if (claim.identity_token) return fromToken(claim.identity_token, by.secret, by)
  const { identifier, identifier_hash, name, email, phone } = claim
  const expected = createHmac('sha256', by.secret)
    .update(identifier ?? '')
    .digest('hex')
  if (!identifier || !identical(identifier_hash ?? '', expected))
    throw new Refused(401, 'identifier_hash is not the HMAC-SHA256 of the identifier under the identity secret.')
  return { subject: identifier, name, email, phone }
}

const Header = z.object({ alg: z.literal('HS256') })
const Payload = z.object({
  sub: z.union([z.string().min(1).max(200), z.number()]).transform(String),
  exp: z.number(),
  nbf: z.number().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  name: z.string().max(200).optional(),
  email: z.string().max(200).optional(),
  phone: z.string().max(40).optional(),
})

function fromToken(token: string, secret: string, { channelId, now }: Scrutiny): Proven {
  const [head = '', body = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')
  // The algorithm is pinned: a token never chooses how it is checked.
  if (!Header.safeParse(json(head)).success || !identical(signature, expected))
    throw new Refused(401, 'identity_token is not signed with HS256 under the identity secret.')
  const payload = Payload.safeParse(json(body))
  if (!payload.success) throw new Refused(401, 'identity_token needs sub and exp.')
  const { sub, exp, nbf, aud, name, email, phone } = payload.data
  const time = now.getTime() / 1000
  if (exp <= time || (nbf ?? 0) > time + 60) throw new Refused(401, 'identity_token has expired or is not valid yet.')
  if (aud && ![aud].flat().includes(channelId)) throw new Refused(401, 'identity_token is meant for another chat.')
  return { subject: sub, name, email, phone }
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function identical(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
