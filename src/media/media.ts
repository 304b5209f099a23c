import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import type { Queryable } from '../db/connect.ts'
import type { MediaType } from '../domain/message.ts'
import type { Parley } from '../parley.ts'

export interface StoredMedia {
  media: string
  url: string
  type: MediaType
  mime: string
  name: string
  bytes: number
  width?: number
  height?: number
}

/** What a file really is, by its content; its name and the sender's word count only where the content says nothing. */
export interface Known {
  mime: string
  type: MediaType
  width?: number
  height?: number
}

/** Texts and office files have no mark of their own that could be mistaken for a picture: the sender's word is harmless there. */
const believable = /^(text\/(plain|csv|markdown|calendar|vcard)|application\/(json|pdf|msword|vnd\.[\w.+-]+|rtf))$/

export async function recognise(bytes: Uint8Array, said: string | undefined): Promise<Known> {
  const found = await fileTypeFromBuffer(bytes)
  const claimed = said?.split(';')[0]?.trim().toLowerCase()
  const mime =
    found?.mime === 'application/ogg'
      ? 'audio/ogg'
      : (found?.mime ?? (claimed && believable.test(claimed) ? claimed : 'application/octet-stream'))
  const type = typeOf(mime)
  if (type !== 'image') return { mime, type }
  const size = await sharp(bytes)
    .metadata()
    .catch(() => undefined)
  return size ? { mime, type, width: size.autoOrient.width, height: size.autoOrient.height } : { mime, type: 'file' }
}

function typeOf(mime: string): MediaType {
  if (/^image\/(jpeg|png|gif|webp|avif|heic|heif)$/.test(mime)) return 'image'
  if (mime.startsWith('video/')) return 'video'
  return mime.startsWith('audio/') ? 'audio' : 'file'
}

const keyOf = (workspaceId: string, sha256: string): string => `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`

/** Puts the bytes where they stay. The same file twice lies there once. */
export async function putBytes(
  on: Parley,
  workspaceId: string,
  bytes: Uint8Array,
  mime: string,
): Promise<{ key: string; sha256: string }> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const key = keyOf(workspaceId, sha256)
  await on.storage.put(key, bytes, mime)
  return { key, sha256 }
}

/** A file somebody of the team, the API or a visitor gave us. */
export async function storeMedia(
  on: Parley,
  workspaceId: string,
  file: { bytes: Uint8Array; mime?: string | undefined; name?: string | undefined },
): Promise<StoredMedia> {
  const known = await recognise(file.bytes, file.mime)
  const { key, sha256 } = await putBytes(on, workspaceId, file.bytes, known.mime)
  const name = fileName(file.name)
  const { rows } = await on.db.query<{ id: string }>(
    `insert into media (workspace_id, state, storage_key, sha256, bytes, mime, name, width, height) values ($1, 'ready', $2, $3, $4, $5, $6, $7, $8) returning id`,
    [workspaceId, key, sha256, file.bytes.length, known.mime, name, known.width ?? null, known.height ?? null],
  )
  const media = rows[0]!.id
  const size = known.width && known.height ? { width: known.width, height: known.height } : {}
  return {
    media,
    url: `/api/v1/media/${media}`,
    type: known.type,
    mime: known.mime,
    name,
    bytes: file.bytes.length,
    ...size,
  }
}

/** No path, no control characters, no way to hide what it is by turning the text around. */
export function fileName(given: string | undefined): string {
  const last = (given ?? '').split(/[/\\]/).at(-1)!
  const bare = last.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim()
  return bare.slice(0, 200).toWellFormed() || 'file'
}

export interface MediaRow {
  id: string
  channel_id: string | null
  message_id: string | null
  part: number | null
  ref: string | null
  state: 'pending' | 'ready' | 'failed'
  storage_key: string | null
  bytes: string | null
  mime: string | null
  name: string | null
}

export async function mediaById(db: Queryable, workspaceId: string, id: string): Promise<MediaRow | undefined> {
  const { rows } = await db.query<MediaRow>(
    'select id, channel_id, message_id, part, ref, state, storage_key, bytes, mime, name from media where workspace_id = $1 and id = $2',
    [workspaceId, id],
    'media by id',
  )
  return rows[0]
}

/** The whole file, for uploads to a provider. */
export async function readMedia(
  on: Parley,
  workspaceId: string,
  id: string,
): Promise<{ bytes: Uint8Array; mime: string; name: string }> {
  const row = await mediaById(on.db, workspaceId, id)
  const file = row?.storage_key ? await on.storage.get(row.storage_key) : undefined
  if (!row || !file) throw new Error(`The file ${id} is not here.`)
  return { bytes: await buffer(file.stream), mime: row.mime ?? 'application/octet-stream', name: row.name ?? 'file' }
}
