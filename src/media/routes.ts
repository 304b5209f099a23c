import { buffer } from 'node:stream/consumers'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import sharp from 'sharp'
import { z } from 'zod'
import { by } from '../api/caller.ts'
import { notFound, Problem } from '../api/problem.ts'
import type { Parley } from '../parley.ts'
import { readLink } from './link.ts'
import { type MediaRow, mediaById, storeMedia } from './media.ts'

const Stored = z.object({
  media: z.string(),
  url: z.string(),
  type: z.enum(['image', 'video', 'audio', 'voice', 'file', 'sticker']),
  mime: z.string(),
  name: z.string(),
  bytes: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
})
const maxUpload = 100_000_000
const thumbEdge = 640

/** Uploads, and files of the caller's workspace. */
export function mediaRoutes(app: FastifyInstance, on: Parley): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxUpload }, (_request, body, done) => done(null, body))
  const upload = {
    bodyLimit: maxUpload,
    schema: {
      tags: ['media'],
      summary: 'Store a file: its bytes are the body',
      querystring: z.object({ name: z.string().max(255).optional() }),
      response: { 201: Stored },
    },
  }
  app.post('/media', upload, async (request, reply) => {
    const body = request.body as Buffer | undefined
    if (!body?.length)
      throw new Problem(400, 'Invalid input', 'The body is empty: send the bytes of the file.', { field: 'body' })
    const { name } = request.query as { name?: string }
    return reply
      .code(201)
      .send(await storeMedia(on, by(request).workspaceId, { bytes: body, mime: request.headers['content-type'], name }))
  })
  const read = {
    schema: {
      tags: ['media'],
      summary: 'A stored file; ?size=thumb for a small picture',
      params: z.object({ id: z.string().regex(/^\d{1,18}$/) }),
      querystring: z.object({ size: z.literal('thumb').optional() }),
      response: { 200: z.any() },
    },
  }
  app.get('/media/:id', read, async (request, reply) => {
    const { id } = request.params as { id: string }
    const row = await mediaById(on.db, by(request).workspaceId, id)
    if ((request.query as { size?: string }).size && row?.mime?.startsWith('image/')) return sendThumb(on, reply, row)
    return sendFile(on, row, { request, reply, cache: 'private, max-age=31536000, immutable' })
  })
}

/** Files for providers and customers, by a signed address that expires. */
export function publicFileRoutes(app: FastifyInstance, on: Parley): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const link = readLink(on, (request.params as { token: string }).token)
    if (!link) throw new Problem(404, 'Not found', 'This address is wrong or has expired.')
    return sendFile(on, await mediaById(on.db, link.workspaceId, link.mediaId), {
      request,
      reply,
      cache: 'private, max-age=3600',
    })
  }
  app.get('/files/:token', { schema: { hide: true } }, answer)
  app.get('/files/:token/:name', { schema: { hide: true } }, answer)
}

/** What a browser may show in place; everything else is handed out as a download. */
const shown = /^(image\/(jpeg|png|gif|webp|avif)|video\/(mp4|webm|quicktime)|audio\/.+|application\/pdf)$/

interface Ask {
  request: FastifyRequest
  reply: FastifyReply
  cache: string
}

async function sendFile(on: Parley, row: MediaRow | undefined, { request, reply, cache }: Ask): Promise<unknown> {
  if (!row) throw notFound('file with this id')
  if (row.state !== 'ready' || !row.storage_key)
    throw new Problem(
      404,
      'Not here',
      row.state === 'pending' ? 'The file is still being fetched.' : 'The file could not be had from the provider.',
    )
  const total = Number(row.bytes)
  const range = rangeOf(request.headers.range, total)
  if (range === 'wrong') return reply.code(416).header('content-range', `bytes */${total}`).send()
  const file = await on.storage.get(row.storage_key, range)
  if (!file) throw notFound('file in the storage')
  guardBrowser(reply, row).header('cache-control', cache).header('accept-ranges', 'bytes')
  reply.header('content-length', range ? range.end - range.start + 1 : total)
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${total}`)
  return reply.send(file.stream)
}

/** A file of a stranger must not become a page of ours. */
function guardBrowser(reply: FastifyReply, row: MediaRow): FastifyReply {
  const mime = row.mime ?? 'application/octet-stream'
  const name = encodeURIComponent(row.name ?? 'file')
  return reply
    .type(mime)
    .header('content-disposition', `${shown.test(mime) ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`)
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox",
    )
    .header('x-content-type-options', 'nosniff')
    .header('cross-origin-resource-policy', 'same-site')
}

function rangeOf(header: string | undefined, total: number): { start: number; end: number } | undefined | 'wrong' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (!match[1] && !match[2])) return undefined
  const start = match[1] ? Number(match[1]) : Math.max(0, total - Number(match[2]))
  const end = match[1] && match[2] ? Math.min(Number(match[2]), total - 1) : total - 1
  return start > end || start >= total ? 'wrong' : { start, end }
}

async function sendThumb(on: Parley, reply: FastifyReply, row: MediaRow): Promise<unknown> {
  const file = row.storage_key ? await on.storage.get(row.storage_key) : undefined
  if (!file) throw notFound('file with this id')
  const small = await sharp(await buffer(file.stream), { limitInputPixels: 100_000_000 })
    .rotate()
    .resize(thumbEdge, thumbEdge, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 78 })
    .toBuffer()
    .catch(() => {
      throw new Problem(422, 'Not a picture', 'No small picture can be made of this file.')
    })
  return guardBrowser(reply, { ...row, mime: 'image/webp' })
    .header('cache-control', 'private, max-age=31536000, immutable')
    .send(small)
}
