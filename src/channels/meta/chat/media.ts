import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../../contract.ts'

const maxBytes = 110_000_000

/** Fetches what a customer sent from the address in the event: without the token, and only while its signature holds. */
export async function media(ref: string, io: Io<unknown>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref)) throw new MediaGone('Meta gave no address to fetch this file from')
  const answer = await download(ref, io)
  if ([401, 403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Meta')
  if (answer.status !== 200) throw new Error(`Meta answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}

/** Each step is checked by `io.http`. */
async function download(url: string, io: Io<unknown>, redirects = 3): Promise<HttpAnswer> {
  const headers = { 'user-agent': 'Parley' }
  const answer = await io.http({ method: 'GET', url, headers, maxBytes, timeoutMs: 120_000 })
  const next = answer.headers.location
  if (answer.status < 300 || answer.status >= 400 || !next || !URL.canParse(next, url)) return answer
  if (!redirects) throw new MediaGone('The address of the file leads on and on')
  return download(new URL(next, url).href, io, redirects - 1)
}
