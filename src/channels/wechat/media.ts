import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

const limits = { maxBytes: 50_000_000, timeoutMs: 120_000 }

/** Fetches what a customer sent. WeChat keeps it for three days. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const answer = /^https?:\/\//i.test(ref) ? await download(ref, io) : await byId(ref, io)
  if ([401, 403, 404, 410].includes(answer.status)) throw new MediaGone('WeChat no longer keeps the file')
  if (answer.status !== 200) throw new Error(`WeChat answered HTTP ${answer.status} for a file`)
  const mime = answer.headers['content-type']?.split(';')[0]?.trim()
  return { bytes: answer.bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}

/** A picture or a voice comes at once; for a video WeChat tells an address; a refusal is JSON too. */
async function byId(media_id: string, io: Io<Settings>): Promise<HttpAnswer> {
  const answer = await call({ path: '/cgi-bin/media/get', query: { media_id }, ...limits }, io)
  if (answer.status !== 200 || !/json|text\/plain/.test(answer.headers['content-type'] ?? '')) return answer
  const { video_url, errcode } = maybe(answer.json)
  const url = text(video_url)
  if (url) return download(url, io)
  const refused = refusal(answer)
  if (!errcode || !refused) return answer
  if (refused.why === 'invalid' || refused.why === 'blocked') throw new MediaGone(refused.detail)
  throw new Error(refused.detail)
}

/** Without the token: the address is a download link of its own. */
function download(url: string, io: Io<Settings>): Promise<HttpAnswer> {
  if (!/^https?:\/\//i.test(url)) throw new MediaGone('WeChat gave no address to fetch this file from')
  return io.http({ method: 'GET', url, ...limits })
}
