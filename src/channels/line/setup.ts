import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import { setMenu } from './menu.ts'
import type { Settings } from './settings.ts'

const endpoint = '/v2/bot/channel/webhook/endpoint'

/** Asks whose token it is, registers the webhook, has LINE call it, looks whether webhooks are switched on at all, and sets the menu. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const info = await call('/v2/bot/info', { method: 'GET' }, io)
    const unknown = refusal(info)
    if (unknown) return { ok: false, why: unknown.why, detail: unknown.detail }
    const refused = refusal(await call(endpoint, { method: 'PUT', json: { endpoint: webhookUrl } }, io))
    if (refused) return { ok: false, why: refused.why, detail: refused.detail }
    const off = await whyOff(io)
    if (off) return { ok: false, why: 'invalid', detail: off }
    const failed = await whyUnreached(webhookUrl, io)
    const menuless = await setMenu(io)
    if (menuless) return { ok: false, why: menuless.why, detail: `The menu was not set: ${menuless.detail}` }
    const { displayName, basicId, pictureUrl } = maybe(info.json)
    const link = text(basicId) && `https://line.me/R/ti/p/${encodeURIComponent(text(basicId)!)}`
    return {
      ok: true,
      account: text(displayName) ?? 'LINE account',
      ...(link && { detail: link }),
      ...(text(pictureUrl) && { picture: { url: text(pictureUrl)! } }),
      ...(failed && { proof: { failed } }),
    }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

/** The switch can be turned in the console only. */
async function whyOff(io: Io<Settings>): Promise<string | undefined> {
  const { active } = maybe((await call(endpoint, { method: 'GET' }, io)).json)
  return active === false
    ? 'Webhooks are off: LINE Developers console, your channel, Messaging API, switch on "Use webhook"'
    : undefined
}

/** LINE may be asked for this sixty times an hour; a refused test is no trouble of the webhook. */
async function whyUnreached(webhookUrl: string, io: Io<Settings>): Promise<string | undefined> {
  const test = await call('/v2/bot/channel/webhook/test', { method: 'POST', json: { endpoint: webhookUrl } }, io)
  const { success, reason, detail } = maybe(test.json)
  return test.status === 200 && success === false
    ? `LINE could not reach the webhook: ${[text(reason), text(detail)].filter(Boolean).join(', ')}`
    : undefined
}
