import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { logoUrl } from '../faces.ts'
import { param, type Route, type Serve, serveGraph, takeWebhook } from '../meta/graph.ts'
import type { World } from '../world.ts'
import { inside } from './check.ts'
import { badToken, type GraphError, noToken, parameter, refuse, unknownNode } from './errors.ts'
import { describe, download, upload } from './files.ts'
import { businessAccount, displayNumber } from './ids.ts'
import { messages } from './send.ts'
import { draftTemplate, templatesOf } from './templates.ts'

export const routes = (app: FastifyInstance, world: World): void =>
  serveGraph(app, world, { table, bodyLimit: 120_000_000, check: checkCall })

const table: Route[] = [
  [
    'POST',
    '/:version/:node/messages',
    ofNumber((request, reply, world) => messages(inside(request.body), reply, world)),
  ],
  ['POST', '/:version/:node/media', ofNumber(upload)],
  ['GET', '/:version/:node', node],
  ['DELETE', '/:version/:node', forget],
  ['GET', '/:version/:node/message_templates', ofAccount(listTemplates)],
  ['POST', '/:version/:node/message_templates', ofAccount(makeTemplate)],
  ['POST', '/:version/:node/subscribed_apps', ofAccount(subscribe)],
  ['GET', '/:version/:node/subscribed_apps', ofAccount(subscriptions)],
  ['DELETE', '/:version/:node/subscribed_apps', ofAccount(unsubscribe)],
  ['GET', '/:version/:node/whatsapp_business_profile', ofNumber(businessProfile)],
  ['GET', '/whatsapp_business/attachments/', download],
]

function checkCall(request: FastifyRequest, world: World): GraphError | undefined {
  const version = param(request, 'version')
  if (version && !/^v\d+\.\d+$/.test(version))
    return { status: 400, code: 2500, message: `Unknown path components: /${param(request, 'node')}` }
  const query = request.query as Record<string, string>
  const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? query.access_token
  if (!token) return noToken
  return token === world.account.token ? undefined : badToken
}

function ofNumber(serve: Serve): Serve {
  return (request, reply, world) =>
    param(request, 'node') === world.account.id ? serve(request, reply, world) : stranger(request, reply, world)
}

function ofAccount(serve: Serve): Serve {
  return (request, reply, world) =>
    param(request, 'node') === businessAccount(world) ? serve(request, reply, world) : stranger(request, reply, world)
}

const stranger = (request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply =>
  refuse(reply, world, unknownNode(request.method, param(request, 'node')))

function businessProfile(_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  return reply.send({ data: [{ profile_picture_url: logoUrl(world), messaging_product: 'whatsapp' }] })
}

function node(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const id = param(request, 'node')
  if (id === businessAccount(world)) return reply.send({ id, name: world.account.name })
  if (id !== world.account.id) return describe(id, reply, world)
  const digits = displayNumber(world)
  const display_phone_number = `+${digits[0]} ${digits.slice(1, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`
  return reply.send({ id, display_phone_number, verified_name: world.account.name, quality_rating: 'GREEN' })
}

function forget(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  return world.files.delete(param(request, 'node')) ? reply.send({ success: true }) : stranger(request, reply, world)
}

function listTemplates(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { limit = '25', after } = request.query as Record<string, string>
  const all = templatesOf(world)
  const from = after ? Number(Buffer.from(after, 'base64url').toString()) : 0
  const to = from + Math.min(Number(limit) || 25, 1000)
  const cursor = (n: number) => Buffer.from(String(n)).toString('base64url')
  const next = to < all.length && {
    next: `${world.baseUrl}${request.url.split('?')[0]}?limit=${limit}&after=${cursor(to)}`,
  }
  return reply.send({
    data: all.slice(from, to),
    paging: { cursors: { before: cursor(from), after: cursor(Math.min(to, all.length)) }, ...next },
  })
}

function makeTemplate(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const made = draftTemplate(world, inside(request.body))
  return 'code' in made
    ? refuse(reply, world, made)
    : reply.send({ id: made.id, status: made.status, category: made.category })
}

async function subscribe(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const { override_callback_uri: uri, verify_token } = inside(request.body)
  if (uri === undefined) return reply.send({ success: true })
  if (!URL.canParse(String(uri))) return refuse(reply, world, parameter('Invalid callback URI format'))
  if (!verify_token) return refuse(reply, world, parameter('The parameter verify_token is required.'))
  return takeWebhook({ uri: String(uri), token: String(verify_token) }, reply, world)
}

function subscriptions(_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const app = { whatsapp_business_api_data: { id: `20${world.account.id}`, name: world.account.name } }
  const override = world.webhookUrl && { override_callback_uri: world.webhookUrl }
  return reply.send({ data: [{ ...app, ...override }] })
}

function unsubscribe(_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  world.webhookUrl = undefined
  return reply.send({ success: true })
}
