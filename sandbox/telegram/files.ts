import { createHash } from 'node:crypto'
import type { StoredFile, World } from '../world.ts'
import { type Fields, textOf, type Upload } from './fields.ts'
import { bad, Refusal } from './refusal.ts'

/** A sent file: how the Bot API names it and how large it may be when it is sent as that. */
export interface FileKind {
  field: string
  folder: string
  max: number
}

const mega = 1024 * 1024
export const fileKinds = {
  image: { field: 'photo', folder: 'photos', max: 10 * mega },
  video: { field: 'video', folder: 'videos', max: 50 * mega },
  animation: { field: 'animation', folder: 'animations', max: 50 * mega },
  audio: { field: 'audio', folder: 'music', max: 50 * mega },
  voice: { field: 'voice', folder: 'voice', max: 50 * mega },
  file: { field: 'document', folder: 'documents', max: 50 * mega },
  sticker: { field: 'sticker', folder: 'stickers', max: 50 * mega },
} as const satisfies Record<string, FileKind>

/** Keeps a file under an id that tells its path, so that a restart needs no other memory of it. */
export function keepFile(world: World, folder: string, { bytes, mime, name }: Upload): StoredFile {
  const number = world.next()
  const secret = createHash('sha256').update(`${world.account.token}${number}`).digest('base64url').slice(0, 24)
  const extension = /\.(\w{1,5})$/.exec(name)?.[1] ?? mime.split(/[/+;]/)[1] ?? 'bin'
  const id = `AgACAg${Buffer.from(`${secret}/${folder}/file_${number}.${extension}`).toString('base64url')}`
  const file = { id, bytes, mime: mime || 'application/octet-stream', name }
  world.files.set(id, file)
  return file
}

export const pathOf = (id: string): string =>
  Buffer.from(id.slice(6), 'base64url').toString().split('/').slice(1).join('/')

export const uniqueOf = (id: string): string =>
  `AQAD${createHash('sha256').update(id).digest('base64url').slice(0, 12)}`

export const fileAt = (world: World, path: string): StoredFile | undefined =>
  [...world.files.values()].find(file => pathOf(file.id) === path)

/** The file of a call: uploaded, named by its id, or fetched from an address. */
export async function fileOf(fields: Fields, kind: FileKind, world: World): Promise<StoredFile> {
  const named = textOf(fields, kind.field)
  const upload = fields.uploads.get(named?.startsWith('attach://') ? named.slice(9) : kind.field)
  if (upload) return checked(upload, kind, world)
  if (!named) throw bad(`there is no ${kind.field} in the request`)
  if (/^https?:\/\//.test(named)) return checked(await fetched(named), kind, world)
  const known = world.files.get(named)
  if (!known) throw bad('wrong file identifier/HTTP URL specified')
  return known
}

async function fetched(url: string): Promise<Upload> {
  const answer = await fetch(url).catch(() => undefined)
  if (!answer?.ok) throw bad('failed to get HTTP URL content')
  const name = new URL(url).pathname.split('/').at(-1) || 'file'
  return { bytes: await answer.bytes(), mime: answer.headers.get('content-type') ?? '', name }
}

function checked(upload: Upload, kind: FileKind, world: World): StoredFile {
  const size = upload.bytes.length
  if (!size) throw bad('file must be non-empty')
  if (size > 50 * mega) throw new Refusal(413, 'Request Entity Too Large')
  if (size > kind.max)
    throw bad(`file of size ${size} bytes is too big for a ${kind.field}; the maximum size is ${kind.max} bytes`)
  if (kind.field === 'photo' && !isPicture(upload.bytes)) throw bad('IMAGE_PROCESS_FAILED')
  return keepFile(world, kind.folder, upload)
}

function isPicture(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  return /^(\xFF\xD8\xFF|\x89PNG|GIF8|BM|RIFF....WEBP)/s.test(head)
}

/** Width and height of a PNG; other formats are shown as if they were 800 × 600. */
export function sizeOf({ bytes }: StoredFile): { width: number; height: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const png = view.length > 24 && view.toString('latin1', 1, 4) === 'PNG'
  return png ? { width: view.readUInt32BE(16), height: view.readUInt32BE(20) } : { width: 800, height: 600 }
}
