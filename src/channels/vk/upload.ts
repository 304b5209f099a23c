import type { MediaPart } from '../../domain/message.ts'
import { AnswerLost, type Io, NotSent, type Outgoing } from '../contract.ts'
import { type Json, maybe, text } from '../kit.ts'
import { call, type Params, type Refusal, refusal, responseOf } from './api.ts'
import type { Settings } from './settings.ts'

/** How `messages.send` names a file: `photo-1_2_key`. */
export type Uploaded = { attachment: string } | Refusal

/**
 * In three steps: where to, there, and saved. Nothing is sent before all are done, so an answer lost on the way is a
 * failure to repeat and no doubt.
 */
export async function upload(part: MediaPart, to: Outgoing, io: Io<Settings>): Promise<Uploaded> {
  try {
    return await inThreeSteps(part, to, io)
  } catch (error) {
    throw error instanceof AnswerLost ? new NotSent(error.message) : error
  }
}

async function inThreeSteps(part: MediaPart, to: Outgoing, io: Io<Settings>): Promise<Uploaded> {
  const way = part.type === 'image' ? photo : document
  const { bytes, mime, name } = await io.bytesOf(part)
  const where = await call(way.server, { peer_id: to.address, ...way.kind(part) }, io)
  const refused = refusal(where)
  if (refused) return refused
  const url = text(responseOf(where).upload_url)
  if (!url) return { ok: false, why: 'unknown', detail: 'VK gave no address to upload to' }
  const form = new FormData()
  form.append(way.field, new File([new Uint8Array(bytes)], part.name ?? name, { type: mime }))
  const answer = await io.http({ method: 'POST', url, form, timeoutMs: 120_000 })
  if (answer.status !== 200) return { ok: false, why: 'down', detail: `VK's upload answered HTTP ${answer.status}` }
  const given = maybe(answer.json)
  const wrong = text(given.error)
  if (wrong) return { ok: false, why: 'invalid', detail: `VK refuses the file: ${text(given.error_descr) ?? wrong}` }
  const saved = await call(way.save, way.saved(given, part.name ?? name), io)
  return refusal(saved) ?? attachmentIn(way.found(responseOf(saved)))
}

interface Way {
  server: string
  kind(part: MediaPart): Params
  field: string
  save: string
  saved(given: Json, name: string): Params
  found(response: Json): { type: string; of: Json }
}

const photo: Way = {
  server: 'photos.getMessagesUploadServer',
  kind: () => ({}),
  field: 'photo',
  save: 'photos.saveMessagesPhoto',
  saved: ({ server, photo, hash }) => ({
    server: text(server) ?? '',
    photo: text(photo) ?? '',
    hash: text(hash) ?? '',
  }),
  found: of => ({ type: 'photo', of }),
}

const document: Way = {
  server: 'docs.getMessagesUploadServer',
  kind: part => ({ type: part.type === 'voice' ? 'audio_message' : 'doc' }),
  field: 'file',
  save: 'docs.save',
  saved: ({ file }, name) => ({ file: text(file) ?? '', title: name }),
  found: response => {
    const type = text(response.type) ?? 'doc'
    return { type, of: maybe(response[type] ?? response) }
  },
}

function attachmentIn({ type, of }: { type: string; of: Json }): Uploaded {
  const [owner, id] = [text(of.owner_id), text(of.id)]
  if (!owner || !id) return { ok: false, why: 'unknown', detail: 'VK saved the file without a number' }
  return { attachment: `${type}${[owner, id, text(of.access_key)].filter(Boolean).join('_')}` }
}
