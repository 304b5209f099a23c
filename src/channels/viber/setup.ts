import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'

const eventTypes = ['delivered', 'seen', 'failed', 'subscribed', 'unsubscribed', 'conversation_started', 'message']

/** Asks who the token belongs to, then registers the webhook. Viber calls it at once and wants a 200. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const account = await call('get_account_info', {}, io)
    const unknown = refusal(account)
    if (unknown) return { ok: false, why: unknown.why, detail: unknown.detail }
    const json = { url: webhookUrl, event_types: eventTypes, send_name: true, send_photo: true }
    const refused = refusal(await call('set_webhook', json, io))
    if (refused) return { ok: false, why: refused.why, detail: refused.detail }
    const { name, uri, icon } = maybe(account.json)
    return {
      ok: true,
      account: text(name) ?? 'Viber bot',
      ...(text(uri) && { detail: `viber://pa?chatURI=${uri}` }),
      ...(text(icon) && { picture: { url: text(icon)! } }),
    }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}
