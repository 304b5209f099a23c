import type { RawRequest, Verdict } from '../contract.ts'
import { bodyJson, type Json, same, text } from '../kit.ts'
import type { Settings } from './settings.ts'

/** VK signs nothing: the secret stands in the body. Who asks for confirmation may not have it yet. */
export function verify(request: RawRequest, { secretKey, groupId, confirmationCode }: Settings): Verdict {
  if (!secretKey) return reject('the channel has no secret key')
  const body = bodyOf(request)
  if (!body) return reject('this is no event of VK')
  const { secret } = body
  if (body.type !== 'confirmation' || secret !== undefined)
    if (typeof secret !== 'string' || !same(secret, secretKey)) return reject('the secret key is another')
  // Anything else makes VK send the event again, and give up on the server after some.
  if (body.type !== 'confirmation') return { verdict: 'accept', body: 'ok', contentType: 'text/plain' }
  if (text(body.group_id) !== groupId) return reject('another community asks for confirmation')
  if (!confirmationCode) return reject('the channel has no confirmation code')
  return { verdict: 'answer', body: confirmationCode, contentType: 'text/plain' }
}

const reject = (why: string): Verdict => ({ verdict: 'reject', why })

function bodyOf(request: RawRequest): Json | undefined {
  if (request.method !== 'POST') return undefined
  try {
    return bodyJson(request)
  } catch {
    return undefined
  }
}
