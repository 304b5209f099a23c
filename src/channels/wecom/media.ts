import { type FetchedMedia, type Io, MediaGone } from '../contract.ts'
import { maybe } from '../kit.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

const limits = { maxBytes: 100_000_000, timeoutMs: 120_000 }

/** Fetches what a customer sent. WeCom keeps it for three days; a refusal is JSON. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const answer = await call({ path: '/cgi-bin/media/get', query: { media_id: ref }, ...limits }, io)
  const type = answer.headers['content-type'] ?? ''
  const refused =
    answer.status !== 200 || (/json|text\/plain/.test(type) && maybe(answer.json).errcode) ? refusal(answer) : null
  if (refused?.why === 'invalid') throw new MediaGone(refused.detail)
  if (refused || answer.status !== 200)
    throw new Error(refused?.detail ?? `WeCom answered HTTP ${answer.status} for a file`)
  const mime = type.split(';')[0]?.trim()
  const name = nameIn(answer.headers['content-disposition'] ?? '')
  return {
    bytes: answer.bytes,
    ...(mime && mime !== 'application/octet-stream' && { mime }),
    ...(name && { name }),
  }
}

function nameIn(disposition: string): string | undefined {
  const name = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1] ?? /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  try {
    return name && decodeURIComponent(name)
  } catch {
    return name
  }
}
