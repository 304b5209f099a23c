import type { RawRequest, Verdict } from '../contract.ts'
import { same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** MAX signs nothing: it sends back the secret that was given with the subscription. */
export function verify(request: RawRequest, { secret }: Settings): Verdict {
  if (!secret) return { verdict: 'reject', why: 'the channel has no webhook secret' }
  return same(request.headers['x-max-bot-api-secret'] ?? '', secret)
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the secret of the webhook is another one' }
}
