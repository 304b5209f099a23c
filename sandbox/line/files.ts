import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'
import { keptOf } from './account.ts'
import { refuse } from './api.ts'

/** What customers sent, as api-data.line.me gives it out, and pictures of stickers. */
export function routeFiles(app: FastifyInstance, world: World): void {
  const fileOf = (params: unknown) => world.files.get((params as { id: string }).id)
  for (const path of ['content', 'content/preview'])
    app.get(`/v2/bot/message/:id/${path}`, (request, reply) => {
      const file = fileOf(request.params)
      if (!file) return refuse(reply, 404, 'Not found')
      if (keptOf(world).converting.get(file.id)) return reply.code(202).send()
      return reply.type(file.mime).send(Buffer.from(file.bytes))
    })
  app.get('/v2/bot/message/:id/content/transcoding', (request, reply) => {
    const file = fileOf(request.params)
    if (!file) return refuse(reply, 404, 'Not found')
    const left = keptOf(world).converting.get(file.id) ?? 0
    if (left > 0) keptOf(world).converting.set(file.id, left - 1)
    return reply.send({ status: left < 0 ? 'failed' : left > 0 ? 'processing' : 'succeeded' })
  })
  app.get('/stickershop/v1/sticker/:id/android/sticker.png', (_request, reply) =>
    reply.type('image/png').send(Buffer.from(onePixel, 'base64')),
  )
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
