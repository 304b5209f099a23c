import { existsSync } from 'node:fs'
import path from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const root = path.resolve(import.meta.dirname, '../../dist/web')

/** Nothing from elsewhere, no inline script: what a customer writes stays words. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/** The agents' app: its files, and its one page for every address that is a place in the app. */
export async function servePages(app: FastifyInstance): Promise<void> {
  if (!existsSync(path.join(root, 'index.html'))) return
  await app.register(files, {
    root,
    wildcard: false,
    index: false,
    setHeaders: (response, file) =>
      void response.header(
        'cache-control',
        /\/assets\//.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  })
  for (const url of ['/', '/inbox', '/inbox/*', '/settings', '/settings/*', '/sign-in', '/welcome'])
    app.get(url, { schema: { hide: true } }, (_request, reply) =>
      reply
        .header('content-security-policy', policy)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'same-origin')
        .header('cache-control', 'no-cache')
        .sendFile('index.html'),
    )
}
