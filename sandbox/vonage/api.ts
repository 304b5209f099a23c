import { createVerify } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, number, parseJson, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { apiKeyOf, applicationOf, keysOf, nextUuid, reportAt } from './account.ts'
import { fault } from './check.ts'
import { arrive, bubbleOf } from './phone.ts'

/** In the words of RFC 7807. `type` is what stands behind Vonage's address for errors. */
export interface Problem {
  type: string
  title: string
  detail: string
  invalid_parameters?: { name: string; reason: string }[]
}

export const unauthorized = {
  type: '#unauthorized',
  title: 'Unauthorized',
  detail: 'You did not provide correct credentials.',
}

/** The Messages API v1, the Application API v2 and the files of customers. */
export function api(app: FastifyInstance, world: World): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isOurs(request, world)) return refuse(reply, 401, unauthorized)
  })
  app.post('/v1/messages', (request, reply) => send(maybe(request.body), reply, world))
  app.get('/v2/applications/:id', (request, reply) => application(request, reply, world))
  app.put('/v2/applications/:id', (request, reply) => {
    const messages = maybe(maybe(maybe(request.body).capabilities).messages)
    const url = text(maybe(maybe(messages.webhooks).inbound_url).address)
    if (url !== undefined) world.webhookUrl = url || undefined
    return application(request, reply, world)
  })
  app.get('/v3/media/:id', (request, reply) => {
    const file = world.files.get((request.params as { id: string }).id)
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
}

export const refuse = (reply: FastifyReply, status: number, { type, ...problem }: Problem): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send({ type: `https://developer.vonage.com/api-errors${type}`, ...problem, instance: `bf0ca0bf927b${status}` })

/** As the account, or with a token that the application's key has signed. */
function isOurs({ headers }: FastifyRequest, world: World): boolean {
  const [scheme, said = ''] = (headers.authorization ?? '').split(' ')
  if (scheme === 'Basic') return Buffer.from(said, 'base64').toString() === `${apiKeyOf(world)}:${world.account.token}`
  return scheme === 'Bearer' && isToken(said, world)
}

function isToken(token: string, world: World): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const read = (part: string): Json => maybe(parseJson(Buffer.from(part, 'base64url').toString()))
  try {
    const { application_id, iat, exp, jti } = read(payload)
    const now = world.now().getTime() / 1000
    return (
      read(header).alg === 'RS256' &&
      application_id === applicationOf(world) &&
      text(jti) !== undefined &&
      (number(iat) ?? Number.POSITIVE_INFINITY) < now + 60 &&
      (number(exp) ?? 0) > now &&
      createVerify('sha256').update(`${header}.${payload}`).verify(keysOf(world).publicKey, signature, 'base64url')
    )
  } catch {
    return false
  }
}

function send(message: Json, reply: FastifyReply, world: World): FastifyReply {
  const wrong = fault(message, world)
  if (wrong) return refuse(reply, 422, wrong)
  const uuid = nextUuid(world)
  const url = text(message.webhook_url)
  if (url) reportAt(uuid, url, world)
  const person = [...world.people.values()].find(({ phone }) => phone === text(message.to))
  if (person && !person.blocked) world.show(bubbleOf(message, uuid, { person, world }))
  setTimeout(() => void arrive(message, uuid, world), 50 / world.haste).unref()
  return reply.code(202).type('application/json').send({ message_uuid: uuid })
}

function application(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const id = applicationOf(world)
  // Only the account itself may see or change what it has.
  if (!request.headers.authorization?.startsWith('Basic ')) return refuse(reply, 401, unauthorized)
  if ((request.params as { id: string }).id !== id)
    return refuse(reply, 404, { type: '#not-found', title: 'Not Found', detail: 'There is no such application.' })
  const hook = { address: world.webhookUrl ?? '', http_method: 'POST' }
  const messages = { version: 'v1', webhooks: { inbound_url: hook, status_url: hook } }
  const public_key = keysOf(world).publicKey.export({ type: 'spki', format: 'pem' })
  return reply.send({ id, name: world.account.name, capabilities: { messages }, keys: { public_key } })
}
