import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serveFaces } from './faces.ts'
import { spend, tooMany } from './faults.ts'
import { logLine, type World } from './world.ts'

/** Puts the provider's API into the scope: faults before every call, a line in the log after it. Faces lie beside it. */
export function mount(app: FastifyInstance, baseUrl: string, world: World): void {
  world.baseUrl = baseUrl
  app.register(async host => serveFaces(host, world))
  app.register(async api => mountApi(api, world))
}

function mountApi(app: FastifyInstance, world: World): void {
  app.addHook('preHandler', (request, reply) => orderedFault(request, reply, world))
  app.addHook('onSend', async (request, reply, payload) => {
    const lost = (request as { lost?: true }).lost
    logLine(world, { way: 'in', what: called(request), result: lost ? 'no answer' : String(reply.statusCode) })
    if (request.method === 'POST') await world.kept()
    if (lost) reply.raw.destroy()
    return payload
  })
  world.wire.routes(app, world)
}

/** Runs before the provider's own handler. A lost answer lets the handler work and cuts the line afterwards. */
async function orderedFault(
  request: FastifyRequest,
  reply: FastifyReply,
  world: World,
): Promise<FastifyReply | undefined> {
  const { faults } = world
  if (faults.slowMs) await new Promise(r => setTimeout(r, faults.slowMs))
  if (faults.token) return world.wire.refuse.token(reply, world)
  if (tooMany(faults, world.now().getTime())) return world.wire.refuse.rate(reply, world)
  if (spend(faults, 'down')) return world.wire.refuse.down(reply, world)
  if (request.method === 'POST' && spend(faults, 'loseAnswer')) (request as { lost?: true }).lost = true
  return undefined
}

/** `POST messages, text`: the call as the log names it. Never the rest of the path, which may hold a token. */
function called(request: FastifyRequest): string {
  const place = request.url.split('?')[0]!.split('/').findLast(Boolean)
  const type = (request.body as { type?: unknown } | null | undefined)?.type
  return `${request.method} ${place}${typeof type === 'string' ? `, ${type}` : ''}`
}
