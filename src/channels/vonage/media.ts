import { type FetchedMedia, type Io, MediaGone } from '../contract.ts'
import { download } from '../kit.ts'
import { authorization } from './api.ts'
import type { Settings } from './settings.ts'

const maxBytes = 100_000_000

/** Fetches what a customer sent. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref) || !URL.canParse(ref)) throw new MediaGone('Vonage gave no address of this file')
  const answer = await download(ref, io, { maxBytes, headersFor: url => headersFor(url, io) })
  if ([403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Vonage')
  if (answer.status !== 200) throw new Error(`Vonage answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && { mime }) }
}

/** Files may lie anywhere; only Vonage's own hosts are told who asks. */
const headersFor = async (url: URL, io: Io<Settings>): Promise<Record<string, string>> =>
  isVonage(url, io.settings) ? { authorization: await authorization(io) } : {}

const isVonage = (url: URL, { baseUrl }: Settings): boolean =>
  url.origin === new URL(baseUrl).origin ||
  (url.protocol === 'https:' && /^api(-[a-z]+)?\.(nexmo|vonage)\.com$/.test(url.hostname))
