import { type FetchedMedia, type HttpAnswer, type Io, MediaGone } from '../contract.ts'
import { maybe } from '../kit.ts'
import { authorization, contentHost, stickerHost } from './api.ts'
import type { Settings } from './settings.ts'

// LINE's own clients let more through than a business may send (UNVERIFIED).
const maxBytes = 300_000_000

/** Fetches what a customer sent. LINE keeps it for a while only, and converts videos and recordings first. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const [place, ...ids] = ref.split('/')
  if (/^https?:\/\//i.test(ref))
    return fetched(await io.http({ method: 'GET', url: ref, maxBytes, timeoutMs: 120_000 }))
  if (place === 'sticker') return fetched(await sticker(ids.at(-1)!, io))
  if (place === 'prepared') await prepared(ids[0]!, io)
  return fetched(await content(`${ids[0]}/content`, io))
}

/** Throws while LINE is still at work: the file is asked for again later. */
async function prepared(id: string, io: Io<Settings>): Promise<void> {
  const { status, json } = await content(`${id}/content/transcoding`, io)
  if (status !== 200) return
  const state = maybe(json).status
  if (state === 'processing') throw new Error('LINE is still converting the file')
  if (state === 'failed') throw new MediaGone('LINE could not convert the file')
}

const content = (path: string, io: Io<Settings>): Promise<HttpAnswer> =>
  io.http({
    method: 'GET',
    url: `${contentHost(io.settings)}/v2/bot/message/${path}`,
    headers: authorization(io),
    maxBytes,
    timeoutMs: 120_000,
  })

/** A picture of the shop of stickers, which nobody needs a token for. */
const sticker = (id: string, { settings, http }: Io<Settings>): Promise<HttpAnswer> =>
  http({
    method: 'GET',
    url: `${stickerHost(settings)}/stickershop/v1/sticker/${encodeURIComponent(id)}/android/sticker.png`,
  })

function fetched({ status, headers, bytes }: HttpAnswer): FetchedMedia {
  if ([400, 403, 404, 410].includes(status)) throw new MediaGone('The file is no longer kept by LINE')
  if (status === 202) throw new Error('LINE is still preparing the file')
  if (status !== 200) throw new Error(`LINE answered HTTP ${status} for a file`)
  const mime = headers['content-type']?.split(';')[0]?.trim()
  return { bytes, ...(mime && mime !== 'application/octet-stream' && { mime }) }
}
