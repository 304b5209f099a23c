import type { RawRequest, Verdict } from '../contract.ts'
import { same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** The parameter that carries the secret. */
export const secretName = 'key'

/** OK signs nothing and sends no secret: the address that it was told is known to nobody else. */
export function verify({ method, query }: RawRequest, { webhookSecret }: Settings): Verdict {
  if (!webhookSecret) return { verdict: 'reject', why: 'the channel has no secret for its webhook' }
  if (method !== 'POST') return { verdict: 'reject', why: 'OK posts its events' }
  return same(query[secretName] ?? '', webhookSecret)
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the address lacks the secret' }
}
