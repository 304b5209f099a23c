import type { FastifyInstance, FastifyReply } from 'fastify'
import { maybe, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { envelope, keptOf } from './account.ts'
import { refuse } from './api.ts'

const invalid = (reply: FastifyReply) => refuse(reply, 400, 'Invalid webhook endpoint URL')

/** The address of the business: set, shown and tried. LINE wants https; plain http is let through so that laptops can play. */
export function routeWebhook(app: FastifyInstance, world: World): void {
  app.put('/v2/bot/channel/webhook/endpoint', (request, reply) => {
    const endpoint = text(maybe(request.body).endpoint) ?? ''
    if (!/^https?:\/\//.test(endpoint) || endpoint.length > 500) return invalid(reply)
    world.webhookUrl = endpoint
    return reply.send({})
  })
  app.get('/v2/bot/channel/webhook/endpoint', (_request, reply) =>
    world.webhookUrl
      ? reply.send({ endpoint: world.webhookUrl, active: keptOf(world).active })
      : refuse(reply, 404, 'Webhook endpoint is not set'),
  )
  app.post('/v2/bot/channel/webhook/test', async (request, reply) => {
    const endpoint = text(maybe(request.body).endpoint) ?? world.webhookUrl ?? ''
    if (!/^https?:\/\//.test(endpoint)) return invalid(reply)
    const timestamp = world.now().toISOString()
    return reply.send({ timestamp, ...(await tried(endpoint, world)) })
  })
}

async function tried(endpoint: string, world: World) {
  const body = JSON.stringify(envelope([], world))
  const headers = { 'content-type': 'application/json', ...world.wire.sign(Buffer.from(body), world) }
  try {
    // Two seconds are all that LINE waits for.
    const answer = await fetch(endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(2000) })
    await answer.arrayBuffer()
    if (answer.ok) return { success: true, statusCode: answer.status, reason: 'OK', detail: String(answer.status) }
    return { success: false, statusCode: answer.status, reason: 'ERROR_STATUS_CODE', detail: String(answer.status) }
  } catch (error) {
    const [reason, detail] =
      (error as Error).name === 'TimeoutError'
        ? ['REQUEST_TIMEOUT', 'Request timeout']
        : ['COULD_NOT_CONNECT', 'Could not connect to the webhook']
    return { success: false, statusCode: 0, reason, detail }
  }
}
