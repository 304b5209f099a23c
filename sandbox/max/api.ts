import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, parseJson, text } from '../../src/channels/kit.ts'
import { faceUrl } from '../faces.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { botOf, chatOf, isGroup, keptOf, messageId, personOf, userOf, wireJson } from './account.ts'
import { fault } from './check.ts'
import { routeFiles } from './files.ts'
import { isConverting, messageOf, partsOf } from './message.ts'

const open = /\/(files|upload)\//

/** The Bot API of platform-api2.max.ru, with the hosts of uploads and files beside it. */
export function api(app: FastifyInstance, world: World): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 300_000_000 }, (_request, body, done) =>
      done(null, body),
    )
    scope.addHook('preHandler', async (request, reply) => {
      if (open.test(request.url)) return undefined
      if (request.headers.authorization !== world.account.token) return unauthorized(reply)
    })
    routeBot(scope, world)
    routeMessages(scope, world)
    routeChats(scope, world)
    routeFiles(scope, world)
  })
}

export const refuse = (reply: FastifyReply, status: number, [code, message]: readonly [string, string]): FastifyReply =>
  reply.code(status).type('application/json').send(JSON.stringify({ code, message }))

export const unauthorized = (reply: FastifyReply): FastifyReply =>
  refuse(reply, 401, ['verify.token', 'Invalid access_token'])
const bad = (reply: FastifyReply, message: string) => refuse(reply, 400, ['proto.payload', message])

export const answer = (reply: FastifyReply, json: unknown): FastifyReply =>
  reply.type('application/json').send(wireJson(json))

export const queryOf = (request: FastifyRequest): Record<string, string | undefined> =>
  request.query as Record<string, string | undefined>

function bodyOf(request: FastifyRequest): Json {
  try {
    return maybe(parseJson(String(request.body ?? '')))
  } catch {
    return {}
  }
}

function routeBot(app: FastifyInstance, world: World): void {
  app.get('/me', (_request, reply) => answer(reply, { ...botOf(world), commands: [] }))
  app.get('/subscriptions', (_request, reply) =>
    answer(reply, { subscriptions: keptOf(world).subscriptions.map(({ secret: _, ...shown }) => shown) }),
  )
  app.post('/subscriptions', (request, reply) => {
    const { url, secret, update_types } = bodyOf(request)
    // MAX wants https at port 443; plain http is let through here, so that laptops can play.
    if (!/^https?:\/\//.test(text(url) ?? '')) return bad(reply, 'url: must be a valid URL')
    if (secret !== undefined && !/^[a-zA-Z0-9_-]{5,256}$/.test(text(secret) ?? ''))
      return bad(reply, 'secret: bad format')
    const types = update_types ? list(update_types).map(String) : null
    const fresh = {
      url: text(url)!,
      time: world.now().getTime(),
      update_types: types,
      ...(text(secret) && { secret: text(secret)! }),
    }
    keptOf(world).subscriptions = [fresh]
    world.webhookUrl = fresh.url
    return answer(reply, { success: true })
  })
  app.delete('/subscriptions', (request, reply) => {
    const { url } = queryOf(request)
    const known = keptOf(world).subscriptions.some(subscription => subscription.url === url)
    if (!known) return answer(reply, { success: false, message: 'Subscription not found' })
    keptOf(world).subscriptions = []
    world.webhookUrl = undefined
    return answer(reply, { success: true })
  })
}

function routeMessages(app: FastifyInstance, world: World): void {
  app.post('/messages', (request, reply) => sendMessage(request, reply, world))
  app.get('/messages/:mid', (request, reply) => {
    const bubble = world.bubble((request.params as { mid: string }).mid)
    return bubble ? answer(reply, messageOf(bubble, world)) : notFound(reply)
  })
  app.put('/messages', (request, reply) => {
    const bubble = ownBubble(queryOf(request).message_id, world)
    if (!bubble) return notFound(reply)
    const body = bodyOf(request)
    const wrong = fault(body, world)
    if (wrong) return bad(reply, wrong)
    world.change(bubble.id, { parts: partsOf(body, world), edited: true })
    return answer(reply, { success: true })
  })
  app.delete('/messages', (request, reply) => {
    const bubble = ownBubble(queryOf(request).message_id, world)
    if (!bubble) return notFound(reply)
    world.change(bubble.id, { deleted: true })
    return answer(reply, { success: true })
  })
  app.post('/answers', (request, reply) => {
    const press = keptOf(world).pressed.get(queryOf(request).callback_id ?? '')
    const { notification, message } = bodyOf(request)
    if (!press) return notFound(reply)
    if (notification === undefined && !message) return bad(reply, 'message or notification must be present')
    const wrong = message ? fault(maybe(message), world) : undefined
    if (wrong) return bad(reply, wrong)
    if (message) world.change(press.bubble, { parts: partsOf(maybe(message), world), edited: true })
    if (text(notification)) press.shown = text(notification)!
    return answer(reply, { success: true })
  })
}

const notFound = (reply: FastifyReply) => refuse(reply, 404, ['not.found', 'Message not found'])

function ownBubble(id: string | undefined, world: World): Bubble | undefined {
  const bubble = world.bubble(id ?? '')
  return bubble?.from === 'business' && !bubble.deleted ? bubble : undefined
}

function sendMessage(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { chat_id: chat, user_id: user } = queryOf(request)
  const person = personOf(world, { ...(chat && { chat }), ...(user && { user }) })
  if (!person || !mayWriteTo(person)) return refuse(reply, 404, ['chat.not.found', `Chat ${chat ?? user} not found`])
  if (person.blocked) return world.wire.refuse.blocked(reply, world)
  const body = bodyOf(request)
  const wrong = fault(body, world)
  if (wrong) return bad(reply, wrong)
  if (isConverting(body, world))
    return refuse(reply, 400, ['attachment.not.ready', 'Key: errors.process.attachment.file.not.processed'])
  const id = messageId(world)
  const replyTo = text(maybe(body.link).mid)
  const parts = partsOf(body, world)
  const at = world.now().getTime()
  world.show({
    id,
    person: person.id,
    from: 'business',
    parts,
    at,
    ticks: 'sent',
    reactions: [],
    ...(replyTo && { replyTo }),
  })
  return answer(reply, { message: messageOf(world.bubble(id)!, world) })
}

/** A bot may not begin: there is no chat before the customer has started it. */
const mayWriteTo = (person: Person): boolean => isGroup(person) || person.wroteAt !== undefined

function routeChats(app: FastifyInstance, world: World): void {
  const chatAt = (request: FastifyRequest) => personOf(world, { chat: (request.params as { id: string }).id })
  const unknown = (reply: FastifyReply) => refuse(reply, 404, ['chat.not.found', 'Chat not found'])
  app.get('/chats/:id', (request, reply) => {
    const person = chatAt(request)
    return person ? answer(reply, chatInfo(person, world)) : unknown(reply)
  })
  app.post('/chats/:id/actions', (request, reply) => {
    const person = chatAt(request)
    if (!person) return unknown(reply)
    const action = text(bodyOf(request).action) ?? ''
    if (!/^(typing_on|sending_(photo|video|audio|file))$/.test(action)) return bad(reply, `action: unknown ${action}`)
    keptOf(world).typed.push(chatOf(person))
    return answer(reply, { success: true })
  })
}

const chatInfo = (person: Person, world: World) => ({
  chat_id: chatOf(person),
  type: isGroup(person) ? 'chat' : 'dialog',
  status: 'active',
  title: isGroup(person) ? person.name : null,
  icon: null,
  last_event_time: world.now().getTime(),
  participants_count: 2,
  is_public: false,
  ...(!isGroup(person) && { dialog_with_user: withPhoto(person, world) }),
})

/** `UserWithPhoto` of MAX's schema: only a chat is told with the face of whom it is with. */
const withPhoto = (person: Person, world: World) => {
  const url = faceUrl(world, person)
  return { ...userOf(person, world), avatar_url: url, full_avatar_url: url }
}
