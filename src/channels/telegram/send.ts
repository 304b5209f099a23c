import type { FailReason, HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, list, maybe, number, text } from '../kit.ts'
import { type Call, render, target } from './render.ts'
import type { Settings } from './settings.ts'

export function send(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  if (piece.type === 'reaction' && piece.of.includes('/')) return Promise.resolve(noReaction)
  return attempt(io, async () => outcome(await call(render(piece, to), io), piece, to))
}

const noReaction: SendResult = {
  ok: false,
  why: 'invalid',
  detail: 'Telegram lets nobody react on behalf of a business account.',
}

/** Executes one call, as multipart when it carries a file. Throws what `io` throws. */
export async function call({ method, fields, upload }: Call, io: Io<Settings>): Promise<HttpAnswer> {
  const url = `${io.settings.baseUrl.replace(/\/+$/, '')}/bot${io.settings.token}/${method}`
  if (!upload) return io.http({ method: 'POST', url, json: fields })
  const { bytes, mime, name } = await io.bytesOf(upload.part)
  const form = new FormData()
  for (const [key, value] of Object.entries(fields))
    form.set(key, typeof value === 'string' ? value : JSON.stringify(value))
  form.set(upload.field, new Blob([new Uint8Array(bytes)], { type: mime }), name)
  return io.http({ method: 'POST', url, form, timeoutMs: 120_000 })
}

/** What the Bot API's answer to a piece means. */
export function outcome(answer: HttpAnswer, piece: Piece, to: Outgoing): SendResult {
  const body = maybe(answer.json)
  // A reaction's answer is `true`: it has no number of its own.
  if (body.ok && piece.type === 'reaction') return { ok: true, id: externalId(`${piece.of}:r`) }
  if (!body.ok) return refusal(answer)
  const sent = maybe(list(body.result)[0] ?? body.result)
  const id = text(sent.message_id)
  if (!id) return { ok: false, why: 'unknown', detail: 'Telegram accepted the message but did not name it.' }
  const at = number(sent.date)
  const room = to.address.split('#')[0]
  return { ok: true, id: externalId(`${room}:${id}`), ...(at === undefined ? {} : { at: new Date(at * 1000) }) }
}

/** Telegram's refusal in our words. Its own text is no contract, so codes come first and texts only refine them. */
export function refusal({ status, headers, json }: HttpAnswer): SendResult & { ok: false } {
  const body = maybe(json)
  const code = number(body.error_code) ?? status
  const said = text(body.description) ?? `HTTP ${status}`
  const parameters = maybe(body.parameters)
  if (code === 429) {
    const retryAfterSeconds = number(parameters.retry_after) ?? number(headers['retry-after']) ?? 1
    return { ok: false, why: 'rate', detail: said, retryAfterSeconds }
  }
  const group = text(parameters.migrate_to_chat_id)
  if (group)
    return { ok: false, why: 'invalid', detail: `The group became a supergroup; write to ${group} from now on.` }
  const known = texts.find(([pattern]) => pattern.test(said))
  if (known) return { ok: false, why: known[1], detail: `${known[2]} (${said})` }
  return { ok: false, why: codes[code] ?? (code >= 500 ? 'down' : 'unknown'), detail: said }
}

const codes: Record<number, FailReason> = {
  400: 'invalid',
  401: 'auth',
  403: 'blocked',
  404: 'auth',
  409: 'auth',
  413: 'invalid',
  // The gateway gave up waiting: the message may have gone out.
  504: 'unknown',
}

const texts: readonly (readonly [RegExp, FailReason, string])[] = [
  [/blocked by the user/i, 'blocked', 'The customer blocked the bot.'],
  [/user is deactivated/i, 'blocked', 'The customer deleted their Telegram account.'],
  [/can't initiate conversation/i, 'blocked', 'The customer has not started the bot yet.'],
  [/bot was kicked|bot is not a member/i, 'blocked', 'The bot is no longer in this chat.'],
  [/chat not found|PEER_ID_INVALID|user not found/i, 'invalid', 'Telegram does not know this chat.'],
  [
    /not enough rights|CHAT_WRITE_FORBIDDEN|need administrator rights/i,
    'invalid',
    'The bot may not write in this chat.',
  ],
  [/^Unauthorized/i, 'auth', 'Telegram refuses the bot token. Paste the current one from @BotFather.'],
  [/^Not Found/i, 'auth', 'Telegram does not know this bot token. Paste the whole token from @BotFather.'],
  [/terminated by other getUpdates|webhook is active/i, 'auth', 'Another program uses this bot.'],
  [/file is too big|Request Entity Too Large/i, 'invalid', 'The file is too big for Telegram.'],
  [
    /BUSINESS_PEER_USAGE_MISSING/i,
    'window-closed',
    'The customer has not written to the business account for 24 hours.',
  ],
]

/** Shows «typing…» for about five seconds. Failure does no harm and is not told. */
export async function typing(to: Outgoing, io: Io<Settings>): Promise<void> {
  await call({ method: 'sendChatAction', fields: { ...target(to.address), action: 'typing' } }, io)
}
