import { AnswerLost, type HttpAnswer, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { ask, ofAccount, ofService, persistent, post } from './api.ts'
import { refusal } from './errors.ts'
import type { Settings } from './settings.ts'

/** Asks who the account is, then leads the messages of the number or the service here. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const account = maybe(granted(await ask(ofAccount('.json', io), io)).json)
    const status = text(account.status) ?? 'active'
    if (status !== 'active') return { ok: false, why: 'auth', detail: `Twilio says that the account is ${status}` }
    const detail = await receiveAt(persistent(webhookUrl), io)
    return { ok: true, account: text(account.friendly_name) ?? io.settings.accountSid, detail }
  } catch (error) {
    if (error instanceof Ungranted) return error.result
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

class Ungranted extends Error {
  result: SetupResult & { ok: false }
  constructor(result: SetupResult & { ok: false }) {
    super(result.detail)
    this.result = result
  }
}

function granted(answer: HttpAnswer): HttpAnswer {
  const refused = refusal(answer)
  if (refused) throw new Ungranted({ ok: false, why: refused.why, detail: refused.detail })
  return answer
}

/** Answers through which sender the account is reached. */
async function receiveAt(url: string, io: Io<Settings>): Promise<string> {
  const { from = '', messagingServiceSid } = io.settings
  if (messagingServiceSid) {
    // Otherwise each number of the service goes on with its own address.
    const fields: [string, string][] = [
      ['InboundRequestUrl', url],
      ['InboundMethod', 'POST'],
      ['UseInboundWebhookOnNumber', 'false'],
    ]
    const service = maybe(granted(await post(ofService(io), fields, io)).json)
    return text(service.friendly_name) ?? messagingServiceSid
  }
  const place = senders.find(({ form }) => form.test(from))
  if (place) await redirect(place, url, io)
  return from
}

/** Numbers and short codes can be asked for. Names cannot be answered; other senders are set up in the console. */
const senders = [
  { form: /^\+\d+$/, path: '/IncomingPhoneNumbers', filter: 'PhoneNumber', list: 'incoming_phone_numbers' },
  { form: /^\d{3,8}$/, path: '/SMS/ShortCodes', filter: 'ShortCode', list: 'short_codes' },
] as const

async function redirect(
  { path, filter, list }: (typeof senders)[number],
  url: string,
  io: Io<Settings>,
): Promise<void> {
  const from = io.settings.from!
  const found = granted(await ask(`${ofAccount(`${path}.json`, io)}?${filter}=${encodeURIComponent(from)}`, io))
  const sender = records(maybe(found.json)[list])[0]
  const sid = text(sender?.sid)
  if (!sid) throw new Ungranted({ ok: false, why: 'invalid', detail: `${from} is no number of this account` })
  const fields: [string, string][] = [
    ['SmsUrl', url],
    ['SmsMethod', 'POST'],
    // An application would take the messages before the address is looked at.
    ...(sender?.sms_application_sid ? [['SmsApplicationSid', ''] as [string, string]] : []),
  ]
  granted(await post(ofAccount(`${path}/${sid}.json`, io), fields, io))
}
