import type { FastifyReply } from 'fastify'
import { type Call, ok, Refusal } from '../tencent/call.ts'
import type { StoredFile, World } from '../world.ts'

const limits: Record<string, { most: number; ending: RegExp }> = {
  image: { most: 10_000_000, ending: /\.(jpe?g|png)$/i },
  voice: { most: 2_000_000, ending: /\.amr$/i },
  video: { most: 10_000_000, ending: /\.mp4$/i },
  file: { most: 20_000_000, ending: /./ },
}

/** `multipart/form-data` with one file called `media`. */
export async function putMedia({ query, body, contentType }: Call, world: World): Promise<object> {
  const limit = limits[query.type ?? '']
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined)
  const file = form?.get('media')
  if (!limit || !(file instanceof File) || !limit.ending.test(file.name)) throw new Refusal(40004)
  if (file.size > limit.most || file.size <= 5) throw new Refusal(40006)
  const media_id = keep({ bytes: new Uint8Array(await file.arrayBuffer()), mime: file.type, name: file.name }, world)
  return { ...ok, type: query.type, media_id, created_at: String(Math.floor(world.now().getTime() / 1000)) }
}

export function keep(file: Omit<StoredFile, 'id'>, world: World): string {
  const id = `2${Buffer.from(`${world.account.id}/${world.next()}`).toString('base64url').padEnd(43, 'x')}`
  world.files.set(id, { id, ...file })
  return id
}

export function getMedia({ query }: Call, reply: FastifyReply, world: World): FastifyReply {
  const file = world.files.get(query.media_id ?? '')
  if (!file) throw new Refusal(40007)
  const name = encodeURIComponent(file.name)
  return reply
    .type(file.mime)
    .header('content-disposition', `attachment; filename="${name}"; filename*=utf-8''${name}`)
    .send(Buffer.from(file.bytes))
}
