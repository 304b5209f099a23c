import type { HttpAnswer, Io, Picture, SetupResult } from '../contract.ts'
import { aside, attempt, maybe, records, text } from '../kit.ts'
import { graphUrl } from '../meta/graph.ts'
import { outcome } from './outcome.ts'
import { bearer, type Settings } from './settings.ts'

/** Asks who the number is, then points the webhooks of its WhatsApp Business Account here. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  let done: SetupResult = { ok: false, why: 'unknown', detail: 'Nothing was answered.' }
  const accident = await attempt(io, async () => {
    done = await register(webhookUrl, io)
    return { ok: true, id: '' as never }
  })
  return accident.ok ? done : { ok: false, why: accident.why, detail: accident.detail }
}

async function register(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const { phoneNumberId, businessAccountId, verifyToken } = io.settings
  const fields = '?fields=verified_name,display_phone_number,quality_rating'
  const number = await call(io, 'GET', `${phoneNumberId}${fields}`)
  if (number.status >= 300) return failed(number)
  const { verified_name, display_phone_number } = maybe(number.json)
  const account = [text(verified_name), text(display_phone_number)].filter(Boolean).join(', ')
  const picture = (await aside(() => face(io))) ?? { picture: 'unknown' as const }
  // The handshake comes when somebody enters the address in the Meta app, so nothing is to be waited for.
  if (!businessAccountId) return { ok: true, account, detail: byHand(webhookUrl), proof: 'knock', ...picture }
  const webhook = { override_callback_uri: webhookUrl, verify_token: verifyToken }
  const subscribed = await call(io, 'POST', `${businessAccountId}/subscribed_apps`, webhook)
  if (subscribed.status >= 300) return failed(subscribed)
  return { ok: true, account, detail: fieldsByHand, ...picture }
}

async function face(io: Io<Settings>): Promise<{ picture?: Picture } | undefined> {
  const path = `${io.settings.phoneNumberId}/whatsapp_business_profile?fields=profile_picture_url`
  const { status, json } = await call(io, 'GET', path)
  if (status >= 300) return undefined
  const [profile] = records(maybe(json).data)
  const url = text(profile?.profile_picture_url)
  return url ? { picture: { url } } : {}
}

const call = (io: Io<Settings>, method: 'GET' | 'POST', path: string, json?: object): Promise<HttpAnswer> =>
  io.http({ method, url: graphUrl(io.settings, path), headers: bearer(io.settings), ...(json && { json }) })

function failed(answer: HttpAnswer): SetupResult {
  const result = outcome(answer)
  return result.ok
    ? { ok: false, why: 'unknown', detail: 'An answer to another question.' }
    : { ok: false, why: result.why, detail: result.detail }
}

const byHand = (url: string) =>
  `In the Meta app open WhatsApp, Configuration, Webhook, Edit. Callback URL: ${url}. Verify token: the one above. Then subscribe to the fields messages, calls, user_preferences, account_update and message_template_status_update.`

// subscribed_apps names no fields: those are chosen once for the app.
const fieldsByHand =
  'The webhook is registered. In the Meta app, WhatsApp, Configuration, check that the fields messages, calls, user_preferences, account_update and message_template_status_update are subscribed.'
