import { smsOf } from '../../domain/sms.ts'
import type { FailReason, HttpAnswer, HttpCall, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, number, parseJson } from '../kit.ts'
import { addressOf } from './parse.ts'
import { type Filled, filled } from './presets.ts'
import type { Settings } from './settings.ts'
import { fill, fillJson, find, pairs, table } from './template.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const settings = filled(io.settings)
    return outcome(await io.http(render(piece, to, { ...settings, ...hook(io) })), settings, to.key)
  })

type Hooked = Filled & { webhook: string }

/** Where the gateway calls this channel. */
const hook = ({ webhookUrl, settings }: Io<Settings>) => ({
  webhook: `${webhookUrl}?secret=${encodeURIComponent(settings.webhookSecret)}`,
})

/** The call of the gateway, filled in. Throws on what SMS cannot carry. */
export function render(piece: Piece, to: Outgoing, settings: Hooked): HttpCall {
  if (piece.type !== 'text') throw new Error(`fit let ${piece.type} through to SMS, which cannot carry it`)
  const number = addressOf(to.address)
  const values = {
    ...known(settings),
    to: number,
    plusTo: /^\d{7,}$/.test(number) ? `+${number}` : number,
    text: piece.text,
    id: to.key,
    coding: smsOf(piece.text).encoding === 'gsm' ? '0' : '2',
  }
  const { fields, path } = settings
  const base = {
    method: settings.method || 'POST',
    url: urlOf(path, settings, values),
    headers: headersOf(settings, values),
  }
  if (/^\s*[[{]/.test(fields)) return { ...base, json: fillJson(parseJson(fields), values) }
  const form = new URLSearchParams(pairs(fields, values))
  if (base.method === 'POST') return { ...base, form }
  return { ...base, url: `${base.url}${base.url.includes('?') ? '&' : '?'}${form}` }
}

const known = ({ account, password, sender, webhook }: Hooked) => ({ account, password, from: sender, webhook })

/** A call that only works with the right password. */
export function checking(io: Io<Settings>): HttpCall {
  const settings = { ...filled(io.settings), ...hook(io) }
  const values = known(settings)
  return { method: 'GET', url: urlOf(settings.check, settings, values), headers: headersOf(settings, values) }
}

const urlOf = (path: string, { baseUrl }: Filled, values: Record<string, string>): string =>
  baseUrl.replace(/\/+$/, '') + fill(path && !path.startsWith('/') ? `/${path}` : path, values, encodeURIComponent)

function headersOf({ headers }: Filled, values: Record<string, string>): Record<string, string> {
  const lines = headers.split(/[|\n]/).map(line => /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line))
  return Object.fromEntries(
    lines.flatMap(line => (line ? [[line[1]!.toLowerCase(), fill(line[2]!, values).replace(/[\r\n]/g, '')]] : [])),
  )
}

export function outcome(answer: HttpAnswer, settings: Filled, key: string): SendResult {
  const refused = refusal(answer, settings)
  if (refused) return refused
  const id = settings.idPath === '{id}' ? key : find(settings.idPath, wordsOf(answer))
  // Without an id no receipt will find the message, but it is on its way.
  return { ok: true, id: externalId(id || key) }
}

const wordsOf = ({ json, bytes }: HttpAnswer) => ({ json, words: new TextDecoder().decode(bytes) })

const isReason = (word: string): word is FailReason =>
  ['auth', 'rate', 'down', 'invalid', 'blocked', 'unknown'].includes(word)

/** What the gateway refused and why, or null when it did what was asked. */
export function refusal(
  answer: HttpAnswer,
  settings: Filled,
  success = settings.success,
): (SendResult & { ok: false }) | null {
  const { status, headers } = answer
  if (status === 429) {
    const retryAfterSeconds = number(headers['retry-after'])
    return { ok: false, why: 'rate', detail: 'HTTP 429', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
  }
  const said = wordsOf(answer)
  const code = find(settings.errorPath, said)
  const named = code === undefined ? undefined : table(settings.errors).get(code)
  const detail = `HTTP ${status}${said.words.trim() ? `: ${said.words.trim().slice(0, 300)}` : ''}`
  if (named && isReason(named))
    return { ok: false, why: named, detail, ...(named === 'rate' && { retryAfterSeconds: 60 }) }
  if (status >= 500) return { ok: false, why: 'down', detail }
  if (status === 401 || status === 403) return { ok: false, why: 'auth', detail }
  if (status >= 400) return { ok: false, why: 'invalid', detail }
  const good = status >= 200 && status < 300 && (!success || new RegExp(success).test(said.words))
  return good ? null : { ok: false, why: 'unknown', detail }
}
