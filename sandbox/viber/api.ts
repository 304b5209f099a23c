import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, text } from '../../src/channels/kit.ts'
import { faceUrl, logoUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { allEvents, eventsOf, isSubscribed, nextToken, unanswered, wantEvents, wireJson } from './account.ts'
import { fault, type Refusal, statuses } from './check.ts'
import { arrive, bubbleOf } from './phone.ts'

type Answer = Json | Refusal
type Method = (body: Json, world: World) => Answer | Promise<Answer>

const methods: Record<string, Method> = {
  get_account_info: accountInfo,
  set_webhook: setWebhook,
  send_message: sendMessage,
  get_user_details: userDetails,
  get_online: online,
}

/** Viber's REST API: every answer is HTTP 200, and its `status` tells. */
export function api(app: FastifyInstance, world: World): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, said, done) => done(null, bodyOf(String(said))))
    for (const [name, method] of Object.entries(methods))
      scope.post(`/pa/${name}`, (request, reply) => answer(request, reply, { method, world }))
  })
  app.get('/download/:id/:name', (request, reply) => {
    const file = world.files.get((request.params as { id: string }).id)
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
}

export function refuse(refusal: Refusal, reply: FastifyReply): FastifyReply {
  // Files lie at another host, which knows neither tokens nor statuses.
  if (reply.request.url.includes('/download/')) return reply.code(503).send('')
  const answer = { status: statuses[refusal], status_message: refusal }
  return reply.code(200).type('application/json').send(answer)
}

async function answer(request: FastifyRequest, reply: FastifyReply, at: { method: Method; world: World }) {
  const body = request.body as Json | undefined
  if (!body) return refuse('badData', reply)
  const token = request.headers['x-viber-auth-token'] ?? body.auth_token
  if (token !== at.world.account.token) return refuse('invalidAuthToken', reply)
  const result = await at.method(body, at.world)
  if (typeof result === 'string') return refuse(result, reply)
  return reply.type('application/json').send(wireJson({ status: 0, status_message: 'ok', ...result }))
}

const largestCall = 30_000

function bodyOf(said: string): Json | undefined {
  if (Buffer.byteLength(said) > largestCall) return undefined
  try {
    return maybe(JSON.parse(said))
  } catch {
    return undefined
  }
}

function accountInfo(_body: Json, world: World): Answer {
  const { account } = world
  return {
    id: `pa:${account.id}`,
    name: account.name,
    uri: account.name.toLowerCase().replace(/[^a-z0-9]/g, ''),
    icon: logoUrl(world),
    background: '',
    category: 'Companies, Brands & Products',
    subcategory: 'Shopping',
    country: 'UA',
    webhook: world.webhookUrl ?? '',
    event_types: eventsOf(world),
    subscribers_count: [...world.people.values()].filter(isSubscribed).length,
    members: [],
  }
}

/** Viber calls the address before it accepts it. Plain http is let through here, so that laptops can play. */
async function setWebhook(body: Json, world: World): Promise<Answer> {
  const url = text(body.url)
  if (url === undefined) return 'missingData'
  if (!url) {
    world.webhookUrl = undefined
    return { event_types: [] }
  }
  const token = nextToken(world)
  const hello = {
    event: 'webhook',
    timestamp: world.now().getTime(),
    chat_hostname: 'SN-CHAT-05_',
    message_token: token,
  }
  if (!/^https?:\/\//.test(url) || !(await takes(url, wireJson(hello), world))) return 'invalidUrl'
  const wanted = list(body.event_types).filter(e => allEvents.includes(String(e))) as string[]
  wantEvents(body.event_types ? wanted : allEvents, world)
  world.webhookUrl = url
  return { chat_hostname: 'SN-CHAT-05_', event_types: eventsOf(world) }
}

async function takes(url: string, body: string, world: World): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json', ...world.wire.sign(Buffer.from(body), world) }
    const answered = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) })
    await answered.arrayBuffer()
    return answered.status === 200
  } catch {
    return false
  }
}

function sendMessage(body: Json, world: World): Answer {
  if (!world.webhookUrl) return 'webhookNotSet'
  if (!text(body.receiver)) return 'missingData'
  const wrong = fault(body)
  if (wrong) return wrong
  const person = world.people.get(text(body.receiver)!)
  if (!person) return 'receiverNotRegistered'
  if (!isSubscribed(person)) return 'receiverNotSubscribed'
  if (unanswered(person, world) >= 100) return 'tooManyRequests'
  const token = nextToken(world)
  world.show(bubbleOf(body, token, { person, world }))
  setTimeout(() => void arrive(body, token, { person, world }), 50 / world.haste).unref()
  return { message_token: token, chat_hostname: 'SN-CHAT-05_', billing_status: 1 }
}

function userDetails(body: Json, world: World): Answer {
  const person = world.people.get(text(body.id) ?? '')
  if (!person) return 'receiverNotRegistered'
  const device = { primary_device_os: 'android 14', viber_version: '24.9.0', mcc: 255, mnc: 1, device_type: 'Pixel 8' }
  const user = {
    id: person.id,
    name: person.name,
    avatar: faceUrl(world, person),
    country: 'UA',
    language: person.language,
    api_version: 10,
  }
  return { message_token: nextToken(world), user: { ...user, ...device } }
}

function online(body: Json, world: World): Answer {
  const ids = list(body.ids)
  if (!ids.length || ids.length > 100) return 'badData'
  const users = ids.map(id => ({
    id,
    online_status: world.people.has(String(id)) ? 0 : 3,
    online_status_message: 'online',
  }))
  return { users }
}
