import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { call, trust } from './api.ts'
import type { Settings } from './settings.ts'

// A customer may send files of 4 GB (UNVERIFIED); more than this is not kept.
const maxBytes = 500_000_000

/** Fetches what a customer sent from the address in the update, or asks for one by the token of a video. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const url = ref.startsWith('video:') ? await videoUrl(ref.slice('video:'.length), io) : ref
  if (!/^https?:\/\//i.test(url)) throw new MediaGone('MAX gave no address to fetch this file from')
  const answer = await io.http({ method: 'GET', url, maxBytes, timeoutMs: 300_000, ...trust(io) })
  expectFile(answer)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}

const sizes = ['mp4_1080', 'mp4_720', 'mp4_480', 'mp4_360', 'mp4_240', 'mp4_144']

/** The largest that is ready; none while MAX is still converting it. */
async function videoUrl(token: string, io: Io<Settings>): Promise<string> {
  const answer = await call(`/videos/${encodeURIComponent(token)}`, { method: 'GET' }, io)
  expectFile(answer)
  const urls = maybe(maybe(answer.json).urls)
  const url = sizes.map(size => text(urls[size])).find(Boolean)
  if (!url) throw new Error('MAX is still converting the video')
  return url
}

function expectFile({ status }: HttpAnswer): void {
  if ([400, 403, 404, 410].includes(status)) throw new MediaGone('The file is no longer kept by MAX')
  if (status !== 200) throw new Error(`MAX answered HTTP ${status} for a file`)
}
