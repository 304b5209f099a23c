import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const built = path.join(import.meta.dirname, '../../dist/widget/widget.js')

interface Bundle {
  plain: Buffer
  gzip: Buffer
  etag: string
  changed: number
}

/** `GET /widget.js`: the one file a site embeds. A changed build is seen at once; browsers ask again after ten minutes. */
export function bundleRoute(app: FastifyInstance, file = built): void {
  let bundle: Bundle | undefined
  app.get('/widget.js', async (request, reply) => {
    bundle = await current(file, bundle)
    if (!bundle) return reply.code(503).type('text/plain').send('The chat is not built: run npm run build.')
    reply.header('cache-control', 'public, max-age=600, stale-while-revalidate=86400')
    reply.header('cross-origin-resource-policy', 'cross-origin')
    reply.header('access-control-allow-origin', '*')
    reply.header('x-content-type-options', 'nosniff')
    reply.header('etag', bundle.etag).header('vary', 'accept-encoding')
    if (request.headers['if-none-match']?.includes(bundle.etag)) return reply.code(304).send()
    reply.type('text/javascript; charset=utf-8')
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(bundle.plain)
    return reply.header('content-encoding', 'gzip').send(bundle.gzip)
  })
}

async function current(file: string, known: Bundle | undefined): Promise<Bundle | undefined> {
  const stat = await fs.stat(file).catch(() => undefined)
  if (!stat || stat.mtimeMs === known?.changed) return known
  const plain = await fs.readFile(file)
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { plain, gzip: gzipSync(plain, { level: 9 }), etag, changed: stat.mtimeMs }
}
