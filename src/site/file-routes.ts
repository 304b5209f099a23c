import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { checkAddress, maxUpload, sealUpload, serve } from './files.ts'
import { caller, findChannel, type House } from './house.ts'
import { Refused } from './problem.ts'
import { mediaHouse } from './routes.ts'

const Upload = z.object({ name: z.string().min(1).max(255).default('file') })

/** Files of the website chat: visitors' uploads, and the addresses that history gives out. */
export function fileRoutes(app: FastifyInstance, house: House): void {
  // The whole body is the file. Its type is judged by its content, not by what the browser says.
  app.post('/:channelId/files', { bodyLimit: maxUpload }, async (request, reply) => {
    const { channel, visitor, spend } = await caller(house, request, reply)
    spend('files')
    const { name } = Upload.parse(request.query)
    if (!Buffer.isBuffer(request.body) || !request.body.length) throw new Refused(422, 'The file is empty.')
    const mime = request.headers['content-type']
    const stored = await house.storeMedia(channel.workspaceId, { bytes: request.body, name, ...(mime && { mime }) })
    const { media, url, bytes, type, width, height } = stored
    const part = {
      type,
      media,
      url,
      mime: stored.mime,
      bytes,
      name,
      ...(width && { width }),
      ...(height && { height }),
    }
    const ticket = sealUpload(part, visitor.address, channel.settings.secret)
    return reply.code(201).send({ ticket, type, mime: stored.mime, bytes, name, ...(width && { width, height }) })
  })

  app.get<{ Params: { channelId: string; media: string; ticket: string } }>(
    '/:channelId/media/:media/:ticket',
    async (request, reply) => {
      const { channelId, media, ticket } = request.params
      const channel = await findChannel(house, channelId)
      checkAddress(media, ticket, mediaHouse(house, channel))
      const file = await house.mediaOf(channel.workspaceId, media)
      if (!file) throw new Refused(404, 'The file is not here any more.')
      // Addresses are permissions by themselves, so any page that has one may show it.
      reply.header('access-control-allow-origin', '*')
      return serve(reply, file, request.headers.range)
    },
  )
}
