import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { type GraphError, parameter, refuse } from './errors.ts'

export type Serve = (request: FastifyRequest, reply: FastifyReply, world: World) => FastifyReply | Promise<FastifyReply>
export type Route = [method: 'GET' | 'POST' | 'DELETE', url: string, serve: Serve]

interface Graph {
  table: readonly Route[]
  bodyLimit: number
  /** What is wrong with the version or the token of a call. */
  check(request: FastifyRequest, world: World): GraphError | undefined
}

/** Serves the Graph API of one world: JSON and forms come in, and what is wrong is said in Graph's own words. */
export function serveGraph(app: FastifyInstance, world: World, { table, bodyLimit, check }: Graph): void {
  if (!app.hasContentTypeParser('multipart/form-data'))
    app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request, body, done) => {
      const type = request.headers['content-type']!
      new Response(new Uint8Array(body as Buffer), { headers: { 'content-type': type } })
        .formData()
        .then(f => done(null, f), done)
    })
  // A body that is no JSON.
  const errorHandler = (_error: Error, _request: FastifyRequest, reply: FastifyReply) =>
    refuse(reply, world, parameter('Invalid parameter'))
  for (const [method, url, serve] of table)
    app.route({
      method,
      url,
      bodyLimit,
      errorHandler,
      handler: async (request, reply) => {
        const error = check(request, world)
        return error ? refuse(reply, world, error) : serve(request, reply, world)
      },
    })
}

export const param = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string>)[name] ?? ''

/** Meta asks the new address for the challenge before it takes it. */
export async function takeWebhook(
  { uri, token }: { uri: string; token: string },
  reply: FastifyReply,
  world: World,
): Promise<FastifyReply> {
  const why = await handshake(uri, token, world)
  if (why)
    return refuse(reply, world, {
      status: 400,
      code: 2200,
      message: `(#2200) Callback verification failed with the following errors: ${why}`,
    })
  world.webhookUrl = uri
  return reply.send({ success: true })
}

async function handshake(uri: string, token: string, world: World): Promise<string | undefined> {
  const challenge = String(100_000_000 + Math.floor(world.random() * 900_000_000))
  const url = new URL(uri)
  const asked = { 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token }
  for (const [key, value] of Object.entries(asked)) url.searchParams.set(key, value)
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    const said = await answer.text()
    if (!answer.ok) return `HTTP Status Code = ${answer.status}; HTTP Message = ${answer.statusText}`
    return said === challenge ? undefined : 'the challenge was not returned'
  } catch (error) {
    return `the URL could not be reached (${(error as Error).message})`
  }
}

/** Once the answer is out, or its line was cut. */
export function after(reply: FastifyReply, then: () => void): void {
  let done = false
  const once = () => {
    if (!done) then()
    done = true
  }
  reply.raw.once('finish', once)
  reply.raw.once('close', once)
}
