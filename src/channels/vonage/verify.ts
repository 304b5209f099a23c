import { createHash, createHmac } from 'node:crypto'
import type { RawRequest, Verdict } from '../contract.ts'
import { type Json, maybe, number, parseJson, same, text } from '../kit.ts'
import { fieldsOf } from './fields.ts'
import type { Settings, SignatureMethod } from './settings.ts'

/**
 * How old a signature may be. Vonage repeats a webhook for 24 hours, and it is not known whether it signs anew. A
 * repetition by somebody else changes nothing: the body is fixed by its digest and every event counts once.
 */
const patience = { before: 25 * 3600, after: 300 }

/** A JWT for the Messages API, a field `sig` for the older SMS API. */
export function verify(request: RawRequest, settings: Settings, now: Date): Verdict {
  if (!settings.signatureSecret) return reject('the channel has no signature secret')
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token) return byToken(token, request, { settings, now })
  const fields = fieldsOf(request)
  if (fields?.sig) return bySig(fields, settings, now)
  // After an error of its own Vonage may forget to sign; what is answered with 5xx comes again, signed.
  return { ...reject('the request is not signed'), status: 503 }
}

const reject = (why: string): Verdict & { verdict: 'reject' } => ({ verdict: 'reject', why })

function byToken(token: string, { body }: RawRequest, at: { settings: Settings; now: Date }): Verdict {
  const { settings, now } = at
  const [header = '', payload = '', signature = '', more] = token.split('.')
  // The SDK takes RS256 with the same key as well; a secret that is a public key would open the door.
  if (more !== undefined || decoded(header).alg !== 'HS256') return reject('the token is not signed with HS256')
  const expected = createHmac('sha256', settings.signatureSecret).update(`${header}.${payload}`).digest('base64url')
  if (!same(signature, expected)) return reject('the token is not signed with the signature secret')
  // The token vouches for the body; an address with fields in it would be read without one.
  if (!body.length) return reject('there is no body')
  const claims = decoded(payload)
  const digest = createHash('sha256').update(body).digest('hex')
  if (!same((text(claims.payload_hash) ?? '').toLowerCase(), digest)) return reject('the token is for another body')
  if (claims.api_key !== settings.apiKey) return reject('the token is of another account')
  return isFresh(claims.iat, now) ? { verdict: 'accept' } : reject('the token is too old or of the future')
}

function decoded(part: string): Json {
  try {
    return maybe(parseJson(Buffer.from(part, 'base64url').toString()))
  } catch {
    return {}
  }
}

function isFresh(at: unknown, now: Date): boolean {
  const age = now.getTime() / 1000 - (number(at) ?? Number.NaN)
  return age >= -patience.after && age <= patience.before
}

function bySig(fields: Readonly<Record<string, string>>, settings: Settings, now: Date): Verdict {
  const { sig = '', ...said } = fields
  const expected = sigOf(said, settings.signatureSecret, settings.signatureMethod)
  if (!same(sig.toLowerCase(), expected)) return reject('the signature does not fit the signature secret')
  return isFresh(said.timestamp, now) ? { verdict: 'accept' } : reject('the signature is too old or of the future')
}

/** The older signature: fields by name, with what would end a field taken out of the values. Lower-case hex. */
export function sigOf(fields: Readonly<Record<string, string>>, secret: string, method: SignatureMethod): string {
  const names = Object.keys(fields).sort()
  const said = names.map(name => `&${name}=${fields[name]!.replace(/[&=]/g, '_')}`).join('')
  return method === 'md5hash'
    ? createHash('md5')
        .update(said + secret)
        .digest('hex')
    : createHmac(method, secret).update(said).digest('hex')
}
