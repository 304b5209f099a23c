import { type FetchedMedia, type Io, MediaGone } from '../contract.ts'
import type { Settings } from './settings.ts'

// What a customer's client lets through (UNVERIFIED); more than a bot may send.
const maxBytes = 200_000_000

/** Fetches what a customer sent from the address in the event. The addresses expire, after about an hour (UNVERIFIED). */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  if (!/^https?:\/\//i.test(ref)) throw new MediaGone('Viber gave no address to fetch this file from')
  // Without the token: the address is a download link of its own and may lie on any host.
  const answer = await io.http({ method: 'GET', url: ref, maxBytes, timeoutMs: 120_000 })
  if ([401, 403, 404, 410].includes(answer.status)) throw new MediaGone('The file is no longer kept by Viber')
  if (answer.status !== 200) throw new Error(`Viber answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}
