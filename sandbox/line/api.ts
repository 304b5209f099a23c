import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, number, text } from '../../src/channels/kit.ts'
import { faceUrl, logoUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { botId, keptOf, memberOf, messageId, quoteToken, readToken, spendReplyToken } from './account.ts'
import { type Detail, faults } from './check.ts'
import { routeFiles } from './files.ts'
import { routeMenus } from './menu.ts'
import { bubbleOf } from './phone.ts'
import { routeWebhook } from './webhook.ts'

/** The Messaging API below `/v2/bot`, with the files of its other hosts beside it. */
export function api(app: FastifyInstance, world: World): void {
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-line-request-id', randomUUID()))
  app.addHook('preHandler', async (request, reply) => {
    // Pictures of stickers lie in a shop that is open to everybody.
    if (request.url.includes('/stickershop/')) return undefined
    if (request.headers.authorization !== `Bearer ${world.account.token}`) return unauthorized(reply)
  })
  routeMessages(app, world)
  routePeople(app, world)
  routeWebhook(app, world)
  routeFiles(app, world)
  routeMenus(app, world)
}

export const refuse = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).type('application/json').send({ message })

export const unauthorized = (reply: FastifyReply): FastifyReply =>
  refuse(reply, 401, 'Authentication failed. Confirm that the access token in the authorization header is valid.')

export function refuseFields(reply: FastifyReply, details: Detail[]): FastifyReply {
  const message = `The request body has ${details.length} error(s)`
  return reply.code(400).type('application/json').send({ message, details })
}

function routeMessages(app: FastifyInstance, world: World): void {
  app.post('/v2/bot/message/reply', (request, reply) => replyTo(request, reply, world))
  app.post('/v2/bot/message/push', (request, reply) => push(request, reply, world))
  for (const how of ['reply', 'push'])
    app.post(`/v2/bot/message/validate/${how}`, (request, reply) => {
      const wrong = faults(maybe(request.body).messages)
      return wrong.length ? refuseFields(reply, wrong) : reply.send({})
    })
  app.get('/v2/bot/message/quota', async () => {
    const { quota } = keptOf(world)
    return Number.isFinite(quota) ? { type: 'limited', value: quota } : { type: 'none' }
  })
  app.get('/v2/bot/message/quota/consumption', async () => ({
    totalUsage: world.bubbles.filter(bubble => bubble.from === 'business').length,
  }))
}

function replyTo(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { replyToken, messages } = maybe(request.body)
  const wrong = faults(messages)
  if (wrong.length) return refuseFields(reply, wrong)
  const person = spendReplyToken(text(replyToken) ?? '', world)
  if (!person) return refuse(reply, 400, 'Invalid reply token')
  return reply.send({ sentMessages: deliver(list(messages).map(maybe), person.id, world) })
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function push(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { to, messages } = maybe(request.body)
  const key = request.headers['x-line-retry-key']
  if (typeof key === 'string' && !uuid.test(key)) return refuse(reply, 400, 'The retry key is invalid')
  const before = typeof key === 'string' ? keptOf(world).accepted.get(key) : undefined
  if (before) {
    reply.header('x-line-accepted-request-id', before.request).code(409)
    return reply.send({ message: 'The retry key is already accepted', sentMessages: before.messages })
  }
  const wrong = faults(messages)
  if (wrong.length) return refuseFields(reply, wrong)
  if (!world.people.has(text(to) ?? ''))
    return refuse(reply, 400, "The property, 'to', in the request body is invalid (line: -, column: -)")
  if (keptOf(world).quota-- < 1) return refuse(reply, 429, 'You have reached your monthly limit.')
  const sent = deliver(list(messages).map(maybe), text(to)!, world)
  if (typeof key === 'string')
    keptOf(world).accepted.set(key, { request: String(reply.getHeader('x-line-request-id')), messages: sent })
  return reply.send({ sentMessages: sent })
}

/** Who blocks the account sees nothing, and the business is not told so. */
function deliver(messages: Json[], chat: string, world: World): { id: string; quoteToken?: string }[] {
  const person = world.people.get(chat)!
  return messages.map(message => {
    const id = messageId(world)
    if (!person.blocked) world.show(bubbleOf(message, id, { person, world }))
    const quotable = ['text', 'textV2', 'sticker', 'image', 'video', 'template', 'flex'].includes(String(message.type))
    return { id, ...(quotable && { quoteToken: quoteToken(id, world) }) }
  })
}

function routePeople(app: FastifyInstance, world: World): void {
  app.get('/v2/bot/info', async () => ({
    userId: botId(world),
    basicId: `@${world.account.id.slice(0, 3)}rowan`,
    displayName: world.account.name,
    pictureUrl: logoUrl(world),
    chatMode: 'bot',
    markAsReadMode: 'manual',
  }))
  app.get('/v2/bot/profile/:id', (request, reply) => {
    const { id } = request.params as { id: string }
    const person = world.people.get(id)
    if (!person || person.blocked) return refuse(reply, 404, 'Not found')
    return reply.send({
      userId: id,
      displayName: person.name,
      pictureUrl: faceUrl(world, person),
      language: person.language,
    })
  })
  app.get('/v2/bot/group/:id/summary', (request, reply) => {
    const { id } = request.params as { id: string }
    const group = world.people.get(id)
    return group ? reply.send({ groupId: id, groupName: group.name }) : refuse(reply, 404, 'Not found')
  })
  app.get('/v2/bot/group/:id/member/:user', (request, reply) => {
    const { id, user } = request.params as { id: string; user: string }
    const group = world.people.get(id)
    if (!group || memberOf(group) !== user) return refuse(reply, 404, 'Not found')
    return reply.send({ userId: user, displayName: `Somebody of ${group.name}` })
  })
  app.post('/v2/bot/chat/loading/start', (request, reply) => {
    const { chatId, loadingSeconds = 20 } = maybe(request.body)
    const seconds = number(loadingSeconds) ?? 0
    if (!world.people.has(text(chatId) ?? '') || /^[CR]/.test(text(chatId)!))
      return refuse(reply, 400, "The property, 'chatId', in the request body is invalid")
    if (seconds < 5 || seconds > 60) return refuse(reply, 400, "'loadingSeconds' must be between 5 and 60")
    return reply.code(202).send({})
  })
  app.post('/v2/bot/chat/markAsRead', (request, reply) => {
    const token = text(maybe(request.body).markAsReadToken)
    const bubble = world.bubbles.find(b => b.from === 'customer' && readToken(b.id, world) === token)
    if (!bubble) return refuse(reply, 400, "The property, 'markAsReadToken', in the request body is invalid")
    for (const { id, person, at, from } of world.bubbles)
      if (from === 'customer' && person === bubble.person && at <= bubble.at) world.change(id, { ticks: 'read' })
    return reply.send({})
  })
}
