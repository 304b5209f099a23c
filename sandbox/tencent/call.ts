import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

export interface Call {
  query: Record<string, string>
  json: Json
  body: Buffer
  contentType: string
}

export const ok = { errcode: 0, errmsg: 'ok' }

/** A refusal of the API: HTTP 200 all the same. Each network has its own words for the code. */
export class Refusal extends Error {
  readonly code: number
  constructor(code: number) {
    super(`errcode ${code}`)
    this.code = code
  }
}

/** Routes that take bodies of any type as bytes, and whose refusals are answered by `refuse`. */
export function tencentRoutes(
  app: FastifyInstance,
  refuse: (code: number, reply: FastifyReply) => FastifyReply,
  routes: (scope: FastifyInstance) => void,
): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 30_000_000 }, (_request, body, done) =>
      done(null, body),
    )
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof Refusal) return refuse(error.code, reply)
      throw error
    })
    routes(scope)
  })
}

/** `unreadable` are letters that JSON may have and this network refuses. */
export function callOf(request: FastifyRequest, unreadable?: RegExp): Call {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from('')
  const contentType = request.headers['content-type'] ?? ''
  const json = contentType.includes('json') ? jsonIn(body.toString(), unreadable) : {}
  return { query: request.query as Record<string, string>, body, contentType, json }
}

function jsonIn(said: string, unreadable?: RegExp): Json {
  if (unreadable?.test(said)) throw new Refusal(40033)
  try {
    return maybe(JSON.parse(said))
  } catch {
    throw new Refusal(47001)
  }
}

/** How they answer what a phone's owner ordered to fail. */
export const down = (reply: FastifyReply): FastifyReply =>
  reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>')

export function show(id: string, parts: Part[], { person, world }: { person: Person; world: World }): void {
  const at = world.now().getTime()
  world.show({ id, person: person.id, from: 'business', parts, at, ticks: 'sent', reactions: [] })
}
