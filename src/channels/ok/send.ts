import type { FailReason, HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, number, text } from '../kit.ts'
import type { Settings } from './settings.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const { baseUrl, token } = io.settings
    const headers = { authorization: `Bearer ${token}` }
    const url = `${baseUrl.replace(/\/+$/, '')}/messages`
    return outcome(await io.http({ method: 'POST', url, headers, json: render(piece, to) }))
  })

/** The body of one call. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing): Json {
  if (piece.type !== 'text') throw new Error(`fit let ${piece.type} through to Ok, which cannot carry it`)
  return { to: to.address, text: piece.text }
}

const reasons: Record<number, FailReason> = { 400: 'invalid', 401: 'auth', 403: 'blocked', 429: 'rate' }

export function outcome({ status, headers, json }: HttpAnswer): SendResult {
  const id = text(maybe(json).id)
  if (status === 200 && id) return { ok: true, id: externalId(id) }
  const why = reasons[status] ?? (status >= 500 ? 'down' : 'unknown')
  const detail = text(maybe(json).error) ?? `HTTP ${status}`
  return { ok: false, why, detail, ...(why === 'rate' && { retryAfterSeconds: number(headers['retry-after']) ?? 1 }) }
}
