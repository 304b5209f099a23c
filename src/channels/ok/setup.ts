import { AnswerLost, type HttpAnswer, type Io, NotSent, type SetupResult } from '../contract.ts'
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
    const url = addressOf(webhookUrl, io)
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

function addressOf(webhookUrl: string, { settings }: Io<Settings>): URL {
  const url = new URL(webhookUrl)
  url.searchParams.set(secretName, settings.webhookSecret)
  return url
}

const urlsIn = (answer: HttpAnswer): string[] =>
  records(maybe(answer.json).subscriptions).map(subscription => text(subscription.url) ?? '')

/** OK drops a webhook that has not worked for eight hours: it is subscribed again when it is not there any more. */
export async function renew(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const known = await call('subscriptions', undefined, io)
  if (urlsIn(known).includes(addressOf(webhookUrl, io).href)) return { ok: true, account: 'OK group' }
  const done = await setup(webhookUrl, io)
  return done.ok ? { ok: true, account: done.account } : done
}

/** The same address with yesterday's secret: OK would go on calling it in vain. */
async function forgetOld(url: URL, io: Io<Settings>): Promise<void> {
  const known = await call('subscriptions', undefined, io)
  const old = urlsIn(known).filter(one => one !== url.href && one.startsWith(`${url.origin}${url.pathname}?`))
  for (const one of old) await call('unsubscribe', { url: one }, io)
}
