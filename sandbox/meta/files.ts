import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, parseJson, text } from '../../src/channels/kit.ts'
import type { StoredFile, World } from '../world.ts'
import { notFetched, parameter, refuse } from './errors.ts'
import { nodeId } from './ids.ts'

export function store(world: World, file: Omit<StoredFile, 'id'>): StoredFile {
  const stored = { id: nodeId(world), ...file }
  world.files.set(stored.id, stored)
  return stored
}

/** The address of the bytes at Meta's file host: no token, but a signature that ends. */
export const addressOf = (world: World, file: StoredFile): string =>
  `${world.baseUrl}/v/t59.2708-21/${file.id}/${encodeURIComponent(file.name)}?oe=${world.now().getTime() + week}`

const week = 7 * 86_400_000

export function download(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { id = '' } = request.params as Record<string, string>
  const { oe } = request.query as Record<string, string>
  const file = world.files.get(id)
  if (!file) return reply.code(404).send('')
  if (Number(oe) < world.now().getTime()) return reply.code(403).type('text/plain').send('URL signature expired')
  return reply.type(file.mime).send(Buffer.from(file.bytes))
}

const limits: Record<string, number> = { image: 8, video: 25, audio: 25, file: 25 }

/** `POST /<account>/message_attachments`: a form with `message` and `filedata`, or JSON with an address. */
export async function upload(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const form = request.body instanceof FormData ? request.body : undefined
  const message = form ? maybe(parseJson(String(form.get('message') ?? 'null'))) : maybe(maybe(request.body).message)
  const attachment = maybe(message.attachment)
  const limit = limits[String(attachment.type)]
  if (!limit) return refuse(reply, world, parameter('Param message[attachment][type] is required.'))
  const filed = form?.get('filedata')
  const file =
    filed instanceof File
      ? { bytes: new Uint8Array(await filed.arrayBuffer()), mime: filed.type, name: filed.name }
      : await fetched(text(maybe(attachment.payload).url) ?? '')
  if (!file) return refuse(reply, world, notFetched)
  const wrong = attachment.type !== 'file' && !file.mime.startsWith(String(attachment.type))
  if (wrong || file.bytes.length > limit * 1024 * 1024) return refuse(reply, world, notFetched)
  return reply.send({ attachment_id: store(world, file).id })
}

async function fetched(url: string): Promise<Omit<StoredFile, 'id'> | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) return undefined
    const mime = answer.headers.get('content-type') ?? 'application/octet-stream'
    const name = new URL(url).pathname.split('/').at(-1) || 'file'
    return { bytes: new Uint8Array(await answer.arrayBuffer()), mime, name }
  } catch {
    return undefined
  }
}

/** Meta fetches what a message names by address, before it answers. */
export async function fetchNamed(message: Json, world: World) {
  const payload = maybe(maybe(message.attachment).payload)
  if (!text(payload.url) || payload.template_type) return undefined
  const file = await fetched(text(payload.url)!)
  if (!file) return notFetched
  payload.attachment_id = store(world, file).id
  return undefined
}
