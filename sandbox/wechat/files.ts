import type { FastifyReply } from 'fastify'
import { type Call, Refusal } from '../tencent/call.ts'
import type { StoredFile, World } from '../world.ts'

const limits: Record<string, { most: number; ending: RegExp }> = {
  image: { most: 10_000_000, ending: /\.(jpe?g|png|gif)$/i },
  voice: { most: 2_000_000, ending: /\.(mp3|amr)$/i },
  video: { most: 10_000_000, ending: /\.mp4$/i },
  thumb: { most: 64_000, ending: /\.jpe?g$/i },
}

/** `multipart/form-data` with one file called `media`. */
export async function putMedia({ query, body, contentType }: Call, world: World): Promise<object> {
  const limit = limits[query.type ?? '']
  if (!limit) throw new Refusal(40004)
  const file = await fileIn(body, contentType)
  if (!limit.ending.test(file.name)) throw new Refusal(40004)
  if (file.size > limit.most || file.size === 0) throw new Refusal(40006)
  const id = keep({ bytes: new Uint8Array(await file.arrayBuffer()), mime: file.type, name: file.name }, world)
  const created_at = Math.floor(world.now().getTime() / 1000)
  return query.type === 'thumb'
    ? { type: 'thumb', thumb_media_id: id, created_at }
    : { type: query.type, media_id: id, created_at }
}

async function fileIn(body: Buffer, contentType: string): Promise<File> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined)
  const file = form?.get('media')
  if (!(file instanceof File)) throw new Refusal(40004)
  return file
}

/** Ids as WeChat gives them: 64 letters. */
export function keep(file: Omit<StoredFile, 'id'>, world: World): string {
  const id = Buffer.from(`${world.account.id}/${world.next()}/${file.name.length}`)
    .toString('base64url')
    .padEnd(64, 'x')
  world.files.set(id, { id, ...file })
  return id
}

/** A video is told as an address, everything else comes at once. */
export function getMedia({ query }: Call, reply: FastifyReply, world: World): unknown {
  const file = world.files.get(query.media_id ?? '')
  if (!file) throw new Refusal(40007)
  if (file.mime.startsWith('video/')) return { video_url: `${world.baseUrl}/video/${file.id}` }
  return reply
    .type(file.mime)
    .header('content-disposition', `attachment; filename="${encodeURIComponent(file.name)}"`)
    .send(Buffer.from(file.bytes))
}

export function videoOf(id: string, reply: FastifyReply, world: World): FastifyReply {
  const file = world.files.get(id)
  return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
}
