import type { MediaPart } from '../../domain/message.ts'
import type { Io } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { safely } from '../tencent/call.ts'
import { Declined } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** A file at WeChat, kept there for three days. */
export interface Uploaded {
  type: 'image' | 'voice' | 'video'
  id: string
  /** The still picture that a video must have. */
  thumb?: string
}

/** Brings a file to WeChat. Nobody sees it before it is sent, so that this may be repeated. */
export async function upload(part: MediaPart, io: Io<Settings>): Promise<Uploaded> {
  const { bytes, mime, name } = await io.bytesOf(part)
  const type = part.type === 'image' || part.type === 'video' ? part.type : 'voice'
  const id = await put({ bytes, mime, name: named(part.name ?? name, mime) }, type, io)
  if (type !== 'video') return { type, id }
  return { type, id, thumb: await put({ bytes: still, mime: 'image/jpeg', name: 'video.jpg' }, 'thumb', io) }
}

type File = { bytes: Uint8Array; mime: string; name: string }

async function put({ bytes, mime, name }: File, type: string, io: Io<Settings>): Promise<string> {
  const form = new FormData()
  form.set('media', new Blob([new Uint8Array(bytes)], { type: mime }), name)
  const ask = { path: '/cgi-bin/media/upload', query: { type }, form, timeoutMs: 120_000 }
  const answer = await safely(() => call(ask, io))
  const refused = refusal(answer)
  if (refused) throw new Declined({ ...refused, detail: `WeChat did not take the file: ${refused.detail}` })
  const { media_id, thumb_media_id } = maybe(answer.json)
  const id = text(media_id) || text(thumb_media_id)
  if (!id) throw new Declined({ why: 'down', detail: 'WeChat took the file and named it nothing' })
  return id
}

const endings: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/amr': 'amr',
}

/** WeChat tells the kind of a file by the end of its name. */
function named(name: string, mime: string): string {
  const ending = endings[mime.split(';')[0]!.trim().toLowerCase()]
  return !ending || name.toLowerCase().endsWith(`.${ending}`) ? name : `${name}.${ending}`
}

/** A plain grey picture of 64 x 36: videos have no still of their own here, and WeChat refuses one without. */
const still = Buffer.from(
  '/9j/2wBDABsbGxscGx4hIR4qLSgtKj04MzM4PV1CR0JHQl2NWGdYWGdYjX2Xe3N7l33gsJycsOD/2c7Z////////////////2wBDARsbGxscGx4hIR4qLSgtKj04MzM4PV1CR0JHQl2NWGdYWGdYjX2Xe3N7l33gsJycsOD/2c7Z////////////////wgARCAAkAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIQAxAAAACgAAAAAAAAAAAf/8QAFBABAAAAAAAAAAAAAAAAAAAAUP/aAAgBAQABPwAj/8QAFBEBAAAAAAAAAAAAAAAAAAAAMP/aAAgBAgEBPwBP/8QAFBEBAAAAAAAAAAAAAAAAAAAAMP/aAAgBAwEBPwBP/9k=',
  'base64',
)
