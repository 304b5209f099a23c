import { type FetchedMedia, type Io, MediaGone } from '../contract.ts'
import { download } from '../kit.ts'
import { authorization } from './api.ts'
import type { Settings } from './settings.ts'

const maxBytes = 100_000_000

/** Fetches what a customer sent. Twilio keeps it until it is deleted there. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref) || !URL.canParse(ref)) throw new MediaGone('Twilio gave no address of this file')
  const answer = await download(ref, io, { maxBytes, headersFor: url => headersFor(url, io) })
  if ([404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Twilio')
  if (answer.status !== 200) throw new Error(`Twilio answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && { mime }) }
}

/** Twilio sends on to a store that is not its own: what it asks of us is for its own hosts only. */
const headersFor = (url: URL, io: Io<Settings>): Record<string, string> =>
  isTwilio(url, io.settings) ? { authorization: authorization(io.settings) } : {}

const isTwilio = (url: URL, { baseUrl }: Settings): boolean =>
  url.origin === new URL(baseUrl).origin ||
  (url.protocol === 'https:' && /^api(\.[\w-]+)*\.twilio\.com$/.test(url.hostname))
