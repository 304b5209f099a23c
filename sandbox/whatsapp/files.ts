import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredFile, World } from '../world.ts'
import { type GraphError, invalid, parameter, refuse, unknownNode } from './errors.ts'
import { nodeId } from './ids.ts'

const mb = 1024 * 1024
const fiveMinutes = 5 * 60_000

/** Media types that `/media` takes, with Meta's size limits. */
const limits: Record<string, number> = {
  'audio/aac': 16 * mb,
  'audio/mp4': 16 * mb,
  'audio/mpeg': 16 * mb,
  'audio/amr': 16 * mb,
  'audio/ogg': 16 * mb,
  'audio/opus': 16 * mb,
  'image/jpeg': 5 * mb,
  'image/png': 5 * mb,
  'image/webp': 500 * 1024,
  'video/mp4': 16 * mb,
  'video/3gpp': 16 * mb,
  'text/plain': 100 * mb,
  'application/pdf': 100 * mb,
  'application/msword': 100 * mb,
  'application/vnd.ms-excel': 100 * mb,
  'application/vnd.ms-powerpoint': 100 * mb,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 100 * mb,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 100 * mb,
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 100 * mb,
}

export function store(world: World, file: Omit<StoredFile, 'id'>): StoredFile {
  const stored = { id: nodeId(world), ...file }
  world.files.set(stored.id, stored)
  return stored
}

/** `POST /{phone}/media`, multipart. */
export async function upload(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const form = request.body
  if (!(form instanceof FormData))
    return refuse(reply, world, parameter('The parameter messaging_product is required.'))
  if (form.get('messaging_product') !== 'whatsapp')
    return refuse(reply, world, parameter('The parameter messaging_product is required.'))
  const file = form.get('file')
  if (!(file instanceof File)) return refuse(reply, world, parameter('The parameter file is required.'))
  const error = checkFile(file)
  if (error) return refuse(reply, world, error)
  const bytes = new Uint8Array(await file.arrayBuffer())
  return reply.send({ id: store(world, { bytes, mime: file.type, name: file.name }).id })
}

function checkFile(file: File): GraphError | undefined {
  const mime = file.type.split(';')[0]!.trim()
  const limit = Object.hasOwn(limits, mime) ? limits[mime]! : 0
  if (!limit)
    return parameter(
      `Param file must be a file with one of the following types: ${Object.keys(limits).join(', ')}. Received file of type '${file.type}'.`,
    )
  if (file.size <= limit) return undefined
  return {
    ...invalid(`Media file size too big: ${file.size} bytes. Max file size we support: ${limit} bytes.`),
    code: 131053,
    message: '(#131053) Media upload error',
  }
}

export const hashOf = (file: StoredFile, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(file.bytes).digest(encoding)

/** The address of the bytes, valid for five minutes, in the shape of Meta's lookaside host. */
export function downloadUrl(world: World, file: StoredFile): string {
  const ext = world.now().getTime() + fiveMinutes
  return `${world.baseUrl}/whatsapp_business/attachments/?mid=${file.id}&source=getMedia&ext=${ext}&hash=${signed(world, file.id, ext)}`
}

const signed = (world: World, id: string, ext: number): string =>
  createHash('sha256').update(`${world.account.secret}:${id}:${ext}`).digest('base64url').slice(0, 24)

export function describe(id: string, reply: FastifyReply, world: World): FastifyReply {
  const file = world.files.get(id)
  if (!file) return refuse(reply, world, unknownNode('get', id))
  return reply.send({
    url: downloadUrl(world, file),
    mime_type: file.mime,
    sha256: hashOf(file, 'hex'),
    file_size: file.bytes.length,
    id: file.id,
    messaging_product: 'whatsapp',
  })
}

export function download(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { mid = '', ext = '', hash = '' } = request.query as Record<string, string>
  const file = world.files.get(mid)
  if (!file || hash !== signed(world, mid, Number(ext)) || Number(ext) < world.now().getTime())
    return reply.code(404).send()
  return reply.type(file.mime).send(Buffer.from(file.bytes))
}

/** Fetches what a message names by `link`, as Meta does; undefined when it cannot be had. */
export async function fetchLink(world: World, link: string): Promise<StoredFile | undefined> {
  try {
    const answer = await fetch(link, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) return undefined
    const mime = answer.headers.get('content-type') ?? 'application/octet-stream'
    const name = new URL(link).pathname.split('/').at(-1) || 'file'
    return store(world, { bytes: new Uint8Array(await answer.arrayBuffer()), mime, name })
  } catch {
    return undefined
  }
}
