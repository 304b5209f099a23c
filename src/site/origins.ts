import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from './problem.ts'

/**
 * May a page of this origin talk to the channel? `allowed` is the setting: a comma list of origins, `*.` for any
 * subdomain, empty for all. A request without an origin comes from no page, and our own address is always allowed.
 */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: string): boolean {
  const list = allowed.split(',').flatMap(entry => entry.trim().replace(/\/+$/, '').toLowerCase() || [])
  if (!list.length || !origin) return true
  const page = parsed(origin)
  if (!page) return false
  return page.host === host || list.some(entry => matches(page, entry))
}

function matches(page: URL, entry: string): boolean {
  const [scheme, name] = entry.includes('://') ? entry.split('://') : [undefined, entry]
  if (scheme && `${scheme}:` !== page.protocol) return false
  if (name?.startsWith('*.')) return page.host.endsWith(name.slice(1))
  return page.host === name
}

function parsed(origin: string): URL | undefined {
  return URL.canParse(origin) ? new URL(origin) : undefined
}

/** Lets the page read the answer. The token travels in a header and never in a cookie, so no credentials. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, allowed: string): void {
  const { origin, host } = request.headers
  if (!originAllowed(origin, host, allowed))
    throw new Refused(403, `This chat may not be shown on ${origin}. Add it to the channel's allowed sites.`)
  reply.header('vary', 'origin')
  if (!origin) return
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-expose-headers', 'retry-after')
  reply.header('access-control-allow-headers', 'authorization, content-type')
  reply.header('access-control-allow-methods', 'GET, POST, DELETE')
  reply.header('access-control-max-age', '86400')
}
