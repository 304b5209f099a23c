import { isMedia, type MediaPart } from '../../domain/message.ts'
import type { Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, present } from '../kit.ts'
import { can } from './capabilities.ts'
import { page } from './page.ts'
import { addressesOf, type Settings, signingKey } from './settings.ts'
import { mailer, type SmtpAnswer } from './smtp.ts'
import { idsIn, messageIdOf, replyAddressOf } from './thread.ts'

/** A mail as nodemailer takes it. */
export interface Letter {
  from: { name: string; address: string }
  to: string
  replyTo?: string
  subject: string
  text: string
  html: string
  messageId: string
  inReplyTo?: string
  references?: string
  headers?: Record<string, string>
  attachments?: { filename: string; content: Buffer; contentType: string }[]
}

export interface Attached {
  bytes: Uint8Array
  mime: string
  name: string
}

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const refused = goingRound(to)
    if (refused) return refused
    const file = isFile(piece) ? await io.bytesOf(piece) : undefined
    const letter = render(piece, to, { settings: io.settings, ...(file && { file }) })
    const link = await io.open('smtp', async () => mailer(io))
    return outcome(await link.deliver(letter), letter.messageId)
  })

/** Two machines that answer each other never end (RFC 3834, 2). */
function goingRound({ automatic, replyKept, last }: Outgoing): SendResult | undefined {
  if (!automatic || !(replyKept ?? last?.kept)?.automatic) return undefined
  return { ok: false, why: 'blocked', detail: 'A mail that a machine wrote is not answered by a machine' }
}

/** The letter for one piece: a text, or a file with its caption. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, with_: { settings: Settings; file?: Attached }): Letter {
  const { settings, file } = with_
  const words = wordsOf(piece)
  const kept = to.replyKept ?? to.last?.kept ?? {}
  const from = addressesOf(settings).includes(kept.to ?? '') ? kept.to! : settings.address
  const key = signingKey(settings)
  const messageId = messageIdOf({ key: to.key, person: to.address }, from, key)
  const replyTo = settings.plusAddressing ? replyAddressOf(from, to.address, key) : undefined
  return {
    from: { name: settings.senderName ?? '', address: from },
    to: kept.answer ?? to.address,
    ...present({ replyTo }),
    subject: subjectOf(kept.subject, settings, words || (file?.name ?? '')),
    ...page(words, settings.signature),
    messageId: `<${messageId}>`,
    ...threadOf(kept),
    ...(to.automatic && { headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' } }),
    ...(file && {
      attachments: [{ filename: file.name, content: Buffer.from(file.bytes), contentType: file.mime }],
    }),
  }
}

function wordsOf(piece: Piece): string {
  if (piece.type === 'text') return piece.text
  if (isFile(piece)) return piece.caption ?? ''
  throw new Error(`fit let ${piece.type} through to mail, which cannot carry it`)
}

const isFile = (piece: Piece): piece is MediaPart =>
  piece.type !== 'reaction' && isMedia(piece) && !!can.media[piece.type]

/** The subject stays the same in a thread: Gmail begins a new one otherwise. */
function subjectOf(before: string | undefined, settings: Settings, words: string): string {
  const bare = before?.replace(/^\s*((re|aw|sv|vs|antw|odp|отв|ответ)\s*(\[\d+\])?\s*[:：]\s*)+/i, '').trim()
  if (bare) return `Re: ${bare}`
  if (settings.subject) return settings.subject
  const first =
    words
      .split('\n')
      .find(line => line.trim())
      ?.trim() ?? ''
  return first.length > 60 ? `${first.slice(0, 57).toWellFormed()}…` : first
}

function threadOf({ messageId, references = '' }: Record<string, string>): Pick<Letter, 'inReplyTo' | 'references'> {
  if (!messageId || messageId.startsWith('sha256:')) return {}
  const ids = idsIn(references).filter(id => !id.startsWith('sha256:'))
  return { inReplyTo: `<${messageId}>`, references: ids.map(id => `<${id}>`).join(' ') || `<${messageId}>` }
}

/** RFC 5321, 4.2 and the extended codes of RFC 3463, which say more where they are given. */
export function outcome({ code, text }: SmtpAnswer, messageId: string): SendResult {
  if (!(code >= 400)) return { ok: true, id: externalId(messageId.replace(/^<|>$/g, '')) }
  const detail = `${text || 'no reason'} (${code})`.replace(new RegExp(`^${code}[ -]`), '')
  const status = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0] ?? ''
  if ([530, 534, 535, 538].includes(code) || /^5\.7\.(8|9|57|139)$/.test(status))
    return { ok: false, why: 'auth', detail }
  // Greylisting and limits end within minutes; what is asked for sooner is refused again.
  if ([450, 451, 452].includes(code)) return { ok: false, why: 'rate', detail, retryAfterSeconds: pauseIn(text) ?? 300 }
  if (code < 500) return { ok: false, why: 'down', detail }
  if (/^5\.(7|2)\./.test(status) || code === 554) return { ok: false, why: 'blocked', detail }
  return { ok: false, why: 'invalid', detail }
}

/**
 * Seconds, where the server names them: "try again in 300 seconds", milter-greylist's "please come back in 00:04:59". No
 * RFC has a place for it.
 */
function pauseIn(text: string): number | undefined {
  const [, hours, minutes, seconds] = /\b(?:in|after) (\d\d?):(\d\d):(\d\d)\b/i.exec(text) ?? []
  if (seconds) return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const [, count, unit] = /\b(?:in|after) (\d{1,5}) ?(s|m)(?:ec|in)?(?:ond|ute)?s?\b/i.exec(text) ?? []
  return count ? Number(count) * (/m/i.test(unit!) ? 60 : 1) : undefined
}
