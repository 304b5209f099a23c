import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import type { Settings } from './settings.ts'

// What a customer's client lets through (UNVERIFIED); more than a bot may send.
const maxBytes = 200_000_000

/** Fetches what a customer sent from the address in the event. The addresses expire, after about an hour (UNVERIFIED). */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref)) throw new MediaGone('Viber gave no address to fetch this file from')
  const answer = await download(ref, io)
  if ([401, 403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Viber')
  if (answer.status !== 200) throw new Error(`Viber answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}

/** Without the token: the address is a download link of its own and may lie on any host. Each step is checked by `io.http`. */
async function download(url: string, io: Io<Settings>, redirects = 3): Promise<HttpAnswer> {
  const answer = await io.http({ method: 'GET', url, maxBytes, timeoutMs: 120_000 })
  const next = answer.headers.location
  if (answer.status < 300 || answer.status >= 400 || !next || !URL.canParse(next, url)) return answer
  if (!redirects) throw new MediaGone('The address of the file leads on and on')
  return download(new URL(next, url).href, io, redirects - 1)
}
