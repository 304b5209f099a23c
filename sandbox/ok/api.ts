import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { chatOf, personIn, subscriptionsOf } from './account.ts'
import { files } from './files.ts'
import { send } from './messages.ts'
import { refuse, Wrong } from './wrong.ts'

type Edge = (given: Json, world: World) => unknown

const posts: Record<string, Edge> = { subscribe, unsubscribe, messages: send }
const gets: Record<string, Edge> = { info, subscriptions, chats, chat, fileUploadUrl }

/** api.ok.ru/graph: errors are HTTP 200 too, with their number in a header and in the body. */
export function api(app: FastifyInstance, world: World): void {
  for (const [edge, run] of Object.entries(posts))
    app.post(`/graph/me/${edge}`, (request, reply) => answer(request, reply, { run, world }))
  app.post('/graph/me/messages/:chat', (request, reply) => {
    const { chat } = request.params as { chat: string }
    const run: Edge = (given, on) => send({ ...given, recipient: { chat_id: chat } }, on)
    return answer(request, reply, { run, world })
  })
  for (const [edge, run] of Object.entries(gets))
    app.get(`/graph/me/${edge}`, (request, reply) => answer(request, reply, { run, world }))
  files(app, world)
}

async function answer(request: FastifyRequest, reply: FastifyReply, at: { run: Edge; world: World }) {
  const { access_token, ...query } = maybe(request.query)
  if (access_token !== at.world.account.token) return refuse(103, reply)
  if (request.method === 'POST' && !request.headers['content-type']?.startsWith('application/json'))
    return refuse(100, reply)
  try {
    return await reply.send(await at.run({ ...query, ...maybe(request.body) }, at.world))
  } catch (error) {
    if (error instanceof Wrong) return refuse(error.code, reply, error.message)
    throw error
  }
}

function info(_given: Json, world: World): unknown {
  return { name: world.account.name, group_id: `group:${world.account.id}` }
}

function subscribe(given: Json, world: World): unknown {
  const url = text(given.url)
  if (!url || !/^https?:\/\//.test(url)) throw new Wrong(100, 'url')
  const known = subscriptionsOf(world)
  const types = given.types === undefined ? undefined : list(given.types).map(String)
  const others = known.filter(one => one.url !== url)
  known.splice(0, known.length, ...others, { url, types, time: world.now().getTime() })
  world.webhookUrl = url
  return { success: true }
}

function unsubscribe(given: Json, world: World): unknown {
  const known = subscriptionsOf(world)
  const index = known.findIndex(one => one.url === given.url)
  if (index < 0) return { success: false }
  known.splice(index, 1)
  if (world.webhookUrl === given.url) world.webhookUrl = known.at(-1)?.url
  return { success: true }
}

function subscriptions(_given: Json, world: World): unknown {
  return {
    subscriptions: subscriptionsOf(world).map(({ url, time }) => ({ time, url })),
  }
}

const chatObject = (chat: string, world: World) => {
  const person = personIn(chat, world)
  if (!person) throw new Wrong(300, 'chat')
  const participants = { [`user:${person.id}`]: person.wroteAt ?? 0, [`group:${world.account.id}`]: 0 }
  return { type: 'DIALOG', status: 'ACTIVE', chat_id: chat, participants, group_id: `group:${world.account.id}` }
}

function chat(given: Json, world: World): unknown {
  return chatObject(text(given.chat_id) ?? '', world)
}

function chats(_given: Json, world: World): unknown {
  return {
    chats: [...world.people.values()].map(person => chatObject(chatOf(person), world)),
  }
}

const types = ['IMAGE', 'VIDEO', 'AUDIO', 'FILE']

/** Pictures get their token when they are there, others at once. */
function fileUploadUrl(given: Json, world: World): unknown {
  const type = text(given.type) ?? ''
  if (!types.includes(type)) throw new Wrong(100, 'type')
  const token = `${type.toLowerCase()}-token-${world.next()}`
  const url = `${world.baseUrl}/upload/${type}/${token}`
  return type === 'IMAGE' ? { url } : { url, token, file_id: world.next() }
}
