import type { RawRequest, Verdict } from '../contract.ts'
import { same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Telegram signs nothing: it repeats the secret given to setWebhook in a header. */
export function verify(request: RawRequest, settings: Settings): Verdict {
  const given = request.headers['x-telegram-bot-api-secret-token']
  if (given === undefined) return { verdict: 'reject', why: 'the secret token header is missing' }
  return same(given, settings.webhookSecret)
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the secret token differs from the one given to setWebhook' }
}
