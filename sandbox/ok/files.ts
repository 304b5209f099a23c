import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'

const mimes: Record<string, RegExp> = {
  IMAGE: /^image\/(jpeg|png|gif)$/,
  VIDEO: /^video\//,
  AUDIO: /^audio\//,
  FILE: /./,
}

/** The hosts of files, which are others in the world outside. */
export function files(app: FastifyInstance, world: World): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.post('/upload/:type/:token', async (request, reply) => {
      const { type, token } = request.params as { type: string; token: string }
      const body = Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : new Uint8Array()
      const headers = { 'content-type': request.headers['content-type'] ?? '' }
      const form = await new Response(body, { headers }).formData().catch(() => undefined)
      const file = form?.get('file')
      if (!file || typeof file === 'string' || !mimes[type]?.test(file.type))
        return reply.code(400).send({ error: 'file' })
      world.files.set(token, { id: token, bytes: await file.bytes(), mime: file.type, name: file.name })
      return type === 'IMAGE' ? { photos: { [String(world.next())]: { token } } } : '<retval>1</retval>'
    })
  })
  app.get('/file/:id/:name', (request, reply) => {
    const file = world.files.get((request.params as { id: string }).id)
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
}

export const addressOf = (id: string, world: World): string =>
  `${world.baseUrl}/file/${id}/${encodeURIComponent(world.files.get(id)?.name ?? 'file')}`
