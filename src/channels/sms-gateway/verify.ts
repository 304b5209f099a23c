import { createHash } from 'node:crypto'
import type { RawRequest, Verdict } from '../contract.ts'
import { bodyText, maybe, parseJson, same, text } from '../kit.ts'
import { type Filled, filled } from './presets.ts'
import type { Settings } from './settings.ts'
import { at, fill } from './template.ts'

/**
 * The secret is in the address; receipts may be signed as well. What is stored is the request's fields together with the
 * names that the settings give them, for `parse` knows no settings.
 */
export function verify(request: RawRequest, settings: Settings): Verdict {
  if (!settings.webhookSecret || !same(request.query.secret ?? '', settings.webhookSecret))
    return { verdict: 'reject', why: 'the address lacks the webhook secret' }
  const known = filled(settings)
  const got = fieldsOf(request, known)
  if (got === undefined) return { verdict: 'reject', why: 'neither JSON nor a form', status: 400 }
  if (isForged(got, known)) return { verdict: 'reject', why: 'the signature does not fit the signing secret' }
  const { receiptList, receiptId, receiptStatus, receiptError, receiptTime, statuses } = known
  const { inboundList, inboundId, inboundFrom, inboundText, inboundTime } = known
  const as = {
    ...{ receiptList, receiptId, receiptStatus, receiptError, receiptTime, statuses },
    ...{ inboundList, inboundId, inboundFrom, inboundText, inboundTime },
  }
  const opened = new TextEncoder().encode(JSON.stringify({ as, got }))
  return { verdict: 'accept', opened, ...(known.reply && { body: known.reply, contentType: 'text/plain' }) }
}

/** The fields, from a JSON body, a form or the address. */
function fieldsOf(request: RawRequest, known: Filled): unknown {
  const { secret, ...query } = request.query
  if (query[known.inboundFrom] !== undefined && request.method === 'POST') {
    const words = wordsIn(request)
    if (words !== null) return words === undefined ? query : { ...query, [known.inboundText]: words }
  }
  const body = bodyText(request).trim()
  if (!body) return query
  if (!/^[[{]/.test(body)) return { ...query, ...Object.fromEntries(new URLSearchParams(body)) }
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

/**
 * A body that is the text itself, as Kannel posts it in the charset of the message, with everything else in the address.
 * Undefined when it is no text but data; null when it is a form or JSON.
 */
function wordsIn({ headers, body }: RawRequest): string | undefined | null {
  const [, type = '', charset = 'utf-8'] =
    /^([\w/-]+)(?:.*charset="?([\w-]+))?/i.exec(headers['content-type'] ?? '') ?? []
  if (/^application\/octet-stream$/i.test(type)) return undefined
  if (!/^text\/plain$/i.test(type)) return null
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return undefined
  }
}

/** A receipt must be signed when there is something to check it with. Messages of customers are not signed by anybody. */
function isForged(got: unknown, settings: Filled): boolean {
  const { signatureField, signatureText, signingSecret, receiptStatus } = settings
  if (!signingSecret || !signatureField || at(got, receiptStatus) === undefined) return false
  const [hash = '', ...signed] = signatureText.split(':')
  const fields = Object.entries(maybe(got)).map(([name, value]) => [name, text(value) ?? ''])
  const words = fill(signed.join(':'), { ...Object.fromEntries(fields), secret: signingSecret })
  const given = text(at(got, signatureField)) ?? ''
  return !same(
    given.toLowerCase(),
    createHash(hash === 'sha1' || hash === 'sha256' ? hash : 'md5')
      .update(words)
      .digest('hex'),
  )
}
