import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { keptOf, newToken } from './account.ts'
import { answer, queryOf, refuse } from './api.ts'
import { fileUrl } from './message.ts'

const kinds = ['image', 'video', 'audio', 'file']
const limits: Record<string, number> = {
  image: 50_000_000,
  video: 250_000_000,
  audio: 256_000_000,
  file: 4_000_000_000,
}

/** Uploads in their two steps, and downloads. */
export function routeFiles(app: FastifyInstance, world: World): void {
  app.post('/uploads', (request, reply) => {
    const type = queryOf(request).type ?? ''
    if (!kinds.includes(type)) return refuse(reply, 400, ['proto.payload', `type: unknown ${type}`])
    const token = newToken()
    keptOf(world).offered.set(token, type)
    const url = `${world.baseUrl}/upload/${token}`
    return answer(reply, type === 'video' || type === 'audio' ? { url, token } : { url })
  })
  app.post('/upload/:token', { bodyLimit: 300_000_000 }, (request, reply) => take(request, reply, world))
  app.get('/files/:token', (request, reply) => {
    const file = world.files.get((request.params as { token: string }).token)
    if (queryOf(request).play !== undefined) return reply.type('text/html').send('<h1>A page to play it on</h1>')
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
  app.get('/videos/:token', (request, reply) => {
    const { token } = request.params as { token: string }
    const { converting } = keptOf(world)
    if (!world.files.has(token)) return refuse(reply, 404, ['not.found', 'Video not found'])
    const left = converting.get(token) ?? 0
    if (left > 0) converting.set(token, left - 1)
    const urls = left > 0 ? null : { mp4_720: fileUrl(token, world), mp4_144: null }
    return answer(reply, { token, urls, width: 720, height: 1280, duration: 1 })
  })
}

/** An address takes one file. Videos and audio are answered in XML, files and images with their tokens. */
async function take(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const { token } = request.params as { token: string }
  const type = keptOf(world).offered.get(token)
  const file = await fileIn(request)
  if (!type || !file) return reply.code(400).send('{"error_msg":"BAD_REQUEST"}')
  if (file.size > limits[type]!) return reply.code(413).send('')
  keptOf(world).offered.delete(token)
  keptOf(world).converting.set(token, keptOf(world).slowness)
  const bytes = new Uint8Array(await file.arrayBuffer())
  world.files.set(token, { id: token, bytes, mime: file.type || 'application/octet-stream', name: file.name })
  if (type === 'image') return answer(reply, { photos: { [newToken()]: { token } } })
  if (type === 'file') return answer(reply, { fileId: 1_000_000 + world.next(), token })
  return reply.type('application/xml').send('<retval>1</retval>')
}

async function fileIn({ headers, body }: FastifyRequest): Promise<File | undefined> {
  const type = headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data') || !Buffer.isBuffer(body)) return undefined
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const file = form.get('data')
  return file instanceof File ? file : undefined
}
