import { type FetchedMedia, type Io, MediaGone } from '../../contract.ts'
import { download } from '../../kit.ts'

const maxBytes = 110_000_000
const headersFor = () => ({ 'user-agent': 'Parley' })

/** Fetches what a customer sent from the address in the event: without the token, and only while its signature holds. */
export async function media(ref: string, io: Io<unknown>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref)) throw new MediaGone('Meta gave no address to fetch this file from')
  const answer = await download(ref, io, { maxBytes, headersFor })
  if ([401, 403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Meta')
  if (answer.status !== 200) throw new Error(`Meta answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}
