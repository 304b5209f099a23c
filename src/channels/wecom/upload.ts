import type { MediaPart } from '../../domain/message.ts'
import type { Io } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { safely } from '../tencent/call.ts'
import { Declined } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** A file at WeCom, kept there for three days. */
export interface Uploaded {
  type: 'image' | 'voice' | 'video' | 'file'
  id: string
}

/** Brings a file to WeCom. Nobody sees it before it is sent, so that this may be repeated. */
export async function upload(part: MediaPart, io: Io<Settings>): Promise<Uploaded> {
  const { bytes, mime, name } = await io.bytesOf(part)
  const type = part.type === 'image' || part.type === 'video' || part.type === 'voice' ? part.type : 'file'
  const form = new FormData()
  form.set('media', new Blob([new Uint8Array(bytes)], { type: mime }), part.name || name)
  const ask = { path: '/cgi-bin/media/upload', query: { type }, form, timeoutMs: 120_000 }
  const answer = await safely(() => call(ask, io))
  const refused = refusal(answer)
  if (refused) throw new Declined({ ...refused, detail: `WeCom did not take the file: ${refused.detail}` })
  const id = text(maybe(answer.json).media_id)
  if (!id) throw new Declined({ why: 'down', detail: 'WeCom took the file and named it nothing' })
  return { type, id }
}
