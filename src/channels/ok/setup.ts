import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'
import { secretName } from './verify.ts'

const types = ['MESSAGE_CREATED', 'MESSAGE_CALLBACK', 'CHAT_SYSTEM']

/** Asks which group the key belongs to, then subscribes the address with the secret in it. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const group = await call('info', undefined, io)
    const unknown = refusal(group)
    if (unknown) return { ok: false, why: unknown.why, detail: unknown.detail }
    const url = new URL(webhookUrl)
    url.searchParams.set(secretName, io.settings.webhookSecret)
    await forgetOld(url, io)
    const refused = refusal(await call('subscribe', { url: url.href, types }, io))
    if (refused) return { ok: false, why: refused.why, detail: refused.detail }
    const { name, group_id } = maybe(group.json)
    const id = text(group_id)?.replace(/^group:/, '')
    return { ok: true, account: text(name) ?? 'OK group', ...(id && { detail: `https://ok.ru/group/${id}/messages` }) }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

/** The same address with yesterday's secret: OK would go on calling it in vain. */
async function forgetOld(url: URL, io: Io<Settings>): Promise<void> {
  const known = await call('subscriptions', undefined, io)
  const old = records(maybe(known.json).subscriptions)
    .map(subscription => text(subscription.url) ?? '')
    .filter(one => one !== url.href && one.startsWith(`${url.origin}${url.pathname}?`))
  for (const one of old) await call('unsubscribe', { url: one }, io)
}
