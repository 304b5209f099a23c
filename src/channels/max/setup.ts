import { AnswerLost, type HttpAnswer, type Io, NotSent, type SetupResult } from '../contract.ts'
import { list, maybe, records, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import type { Settings } from './settings.ts'

const updateTypes = [
  ...['message_created', 'message_edited', 'message_removed', 'message_callback', 'bot_started', 'bot_stopped'],
  ...['bot_added', 'bot_removed', 'user_added', 'user_removed', 'chat_title_changed'],
  ...['dialog_muted', 'dialog_unmuted', 'dialog_cleared', 'dialog_removed'],
  ...['comment_created', 'comment_edited', 'comment_removed'],
]

/** Asks whose token it is, then subscribes the webhook to everything. */
export const setup = (webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
  carefully(async () => {
    const me = expectDone(await call('/me', { method: 'GET' }, io))
    expectDone(await subscribe(webhookUrl, io))
    const { name, first_name, username, avatar_url } = maybe(me.json)
    const link = text(username) && `https://max.ru/${text(username)}`
    return {
      ok: true,
      account: text(name) ?? text(first_name) ?? 'MAX bot',
      ...(link && { detail: link }),
      ...(text(avatar_url) && { picture: { url: text(avatar_url)! } }),
    }
  })

/**
 * MAX ends a subscription when the webhook was out of reach for eight hours, and tells nobody. So it is looked for in
 * regular turns, and made again.
 */
export const tend = {
  everyHours: 1,
  run: (webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
    carefully(async () => {
      const known = expectDone(await call('/subscriptions', { method: 'GET' }, io))
      const ours = records(maybe(known.json).subscriptions).find(({ url }) => url === webhookUrl)
      if (ours && hearsAll(list(ours.update_types))) return { ok: true, account: 'MAX bot' }
      expectDone(await subscribe(webhookUrl, io))
      const detail = ours
        ? 'MAX did not send everything to this webhook. It is subscribed to all again.'
        : 'MAX had ended the subscription of this webhook, as it does after eight hours without an answer. It is subscribed again; what was said meanwhile may be missing.'
      return { ok: true, account: 'MAX bot', detail }
    }),
}

/** A subscription without a list hears everything. */
const hearsAll = (types: unknown[]): boolean => !types.length || updateTypes.every(type => types.includes(type))

const subscribe = (url: string, io: Io<Settings>): Promise<HttpAnswer> =>
  call('/subscriptions', { method: 'POST', json: { url, update_types: updateTypes, secret: io.settings.secret } }, io)

class Unwilling extends Error {
  readonly result: SetupResult
  constructor(result: SetupResult & { ok: false }) {
    super(result.detail)
    this.result = result
  }
}

function expectDone(answer: HttpAnswer): HttpAnswer {
  const refused = refusal(answer)
  if (refused) throw new Unwilling({ ok: false, why: refused.why, detail: refused.detail })
  return answer
}

async function carefully(run: () => Promise<SetupResult>): Promise<SetupResult> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Unwilling) return error.result
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: `${error.message}${isDistrust(error) ? `. ${aboutCa}` : ''}` }
    throw error
  }
}

const isDistrust = (error: Error): boolean => /certificate|issuer|self.signed/i.test(error.message)
const aboutCa = 'Paste the certificate of the Russian Trusted Root CA into the settings of the channel'
