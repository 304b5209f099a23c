import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import { authorization } from './api.ts'
import type { Settings } from './settings.ts'

const maxBytes = 100_000_000

/** Fetches what a customer sent. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref) || !URL.canParse(ref)) throw new MediaGone('Vonage gave no address of this file')
  const answer = await download(ref, io)
  if ([403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Vonage')
  if (answer.status !== 200) throw new Error(`Vonage answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && { mime }) }
}

/** Files may lie anywhere; only Vonage's own hosts are told who asks. */
async function download(url: string, io: Io<Settings>, redirects = 3): Promise<HttpAnswer> {
  const headers: Record<string, string> = isVonage(new URL(url), io.settings)
    ? { authorization: await authorization(io) }
    : {}
  const answer = await io.http({ method: 'GET', url, headers, maxBytes, timeoutMs: 120_000 })
  const next = answer.headers.location
  if (answer.status < 300 || answer.status >= 400 || !next || !URL.canParse(next, url)) return answer
  if (!redirects) throw new MediaGone('The address of the file leads on and on')
  return download(new URL(next, url).href, io, redirects - 1)
}

const isVonage = (url: URL, { baseUrl }: Settings): boolean =>
  url.origin === new URL(baseUrl).origin ||
  (url.protocol === 'https:' && /^api(-[a-z]+)?\.(nexmo|vonage)\.com$/.test(url.hostname))
