import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, text } from '../../src/channels/kit.ts'
import { faceUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { groupOf } from './account.ts'
import { answerWrong, refuse, Wrong } from './answer.ts'
import { createComment } from './comments.ts'
import { files, uploads } from './files.ts'
import { groups } from './groups.ts'
import { longPoll } from './longpoll.ts'
import { messages } from './messages.ts'

/** What a method answers as `response`; throws `Wrong` to refuse. */
export type Method = (params: Json, world: World) => unknown

const methods: Record<string, Method> = {
  ...groups,
  ...messages,
  ...files,
  'users.get': users,
  'messages.getConversationsById': conversations,
  'wall.createComment': createComment,
}

/** api.vk.ru, and beside it the hosts of files and of the long poll, which are others in the world outside. */
export function api(app: FastifyInstance, world: World): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    // JSON is not read: parameters are a form, or stand in the address.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, said, done) => {
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      done(null, isForm ? Object.fromEntries(new URLSearchParams(String(said))) : said)
    })
    uploads(scope, world)
    for (const method of ['GET', 'POST'] as const)
      scope.route({ method, url: '/method/:name', handler: (request, reply) => answer(request, reply, world) })
  })
  longPoll(app, world)
}

async function answer(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const params = { ...maybe(request.query), ...maybe(request.body) }
  const method = methods[(request.params as { name: string }).name]
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (!text(params.v)) return refuse(8, reply, params)
  if ((params.access_token ?? bearer) !== world.account.token) return refuse(5, reply, params)
  if (!method) return refuse(3, reply, params)
  try {
    return await reply.send({ response: await method(params, world) })
  } catch (error) {
    if (error instanceof Wrong) return answerWrong(error, reply, params)
    throw error
  }
}

function users(params: Json, world: World): unknown {
  const ids = (text(params.user_ids) ?? '').split(',')
  return ids.flatMap(id => {
    const person = world.people.get(id)
    if (!person) return []
    const [first_name, ...last] = person.name.split(' ')
    const photo = { photo_200: faceUrl(world, person) }
    const names = { first_name, last_name: last.join(' '), can_access_closed: true, is_closed: false }
    return [{ id: Number(id), ...names, ...(text(params.fields)?.includes('photo_200') && photo) }]
  })
}

function conversations(params: Json, world: World): unknown {
  const ids = (text(params.peer_ids) ?? '').split(',').map(Number)
  const items = ids.map(id => {
    const type = id > 2_000_000_000 ? 'chat' : 'user'
    const peer = { id, type, local_id: id > 2_000_000_000 ? id - 2_000_000_000 : id }
    const chat = { title: `Friends of ${world.account.name}`, members_count: 3, state: 'in', owner_id: groupOf(world) }
    return { peer, ...(type === 'chat' && { chat_settings: chat }) }
  })
  return { count: items.length, items }
}
