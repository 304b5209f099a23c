import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import { graphUrl } from '../meta/graph.ts'
import { failureOf } from './outcome.ts'
import { bearer, type Settings } from './settings.ts'

const largest = 110_000_000
// Meta's file host is known to refuse requests without a User-Agent.
const agent = (settings: Settings) => ({ ...bearer(settings), 'user-agent': 'Parley' })

/** Two steps: the id gives a url that lives five minutes, the url gives the bytes; both want the token. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (/^https?:/.test(ref)) return { bytes: (await download(ref, io)).bytes }
  const path = `${encodeURIComponent(ref)}?phone_number_id=${io.settings.phoneNumberId}`
  const found = await io.http({ method: 'GET', url: graphUrl(io.settings, path), headers: bearer(io.settings) })
  if (found.status >= 300) throw refusal(found)
  const { url, mime_type } = maybe(found.json)
  const file = await download(text(url) ?? '', io)
  return { bytes: file.bytes, ...(text(mime_type) && { mime: text(mime_type)! }) }
}

async function download(url: string, io: Io<Settings>, redirects = 3): Promise<HttpAnswer> {
  if (!allowed(url, io.settings)) throw new MediaGone(`WhatsApp named an address outside its own: ${hostOf(url)}`)
  const answer = await io.http({
    method: 'GET',
    url,
    headers: agent(io.settings),
    maxBytes: largest,
    timeoutMs: 120_000,
  })
  const next = answer.headers.location
  if (answer.status >= 300 && answer.status < 400 && next && redirects > 0)
    return download(new URL(next, url).href, io, redirects - 1)
  if (answer.status >= 300) throw refusal(answer)
  return answer
}

/** The token goes with the request: never to a host that is not Meta's (or the simulator's). */
export function allowed(url: string, settings: Settings): boolean {
  if (!URL.canParse(url)) return false
  const { origin, protocol, hostname } = new URL(url)
  if (origin === new URL(settings.baseUrl).origin) return true
  return protocol === 'https:' && /\.(fbsbx\.com|facebook\.com|whatsapp\.net)$/.test(hostname)
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no address')

function refusal(answer: HttpAnswer): Error {
  const error = maybe(maybe(answer.json).error)
  const { why, detail } = failureOf(error, answer.status)
  const told = Object.keys(error).length ? detail : `HTTP ${answer.status}`
  // 100/33: the id does not exist (any more); 131052: it cannot be downloaded.
  const gone = [404, 410].includes(answer.status) || [100, 131052].includes(number(error.code) ?? 0)
  return gone && why !== 'auth'
    ? new MediaGone(`WhatsApp no longer has the file: ${told}`)
    : new Error(`${why}: ${told}`)
}
