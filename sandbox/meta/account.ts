import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, text } from '../../src/channels/kit.ts'
import { faceUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { parameter, refuse, unknownNode } from './errors.ts'
import { flavourOf } from './flavour.ts'
import { takeWebhook } from './graph.ts'
import { accountId, appId, username } from './ids.ts'
import { fieldsOf, subscribe } from './tell.ts'
import { listed } from './templates.ts'

type Query = Record<string, string>
const given = (request: FastifyRequest): Json => ({ ...(request.query as Query), ...maybe(request.body) })

/** `GET /me` or `GET /<id>`: the account, or a person who wrote to it. */
export function node(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { node: id = '' } = request.params as Query
  const { idField } = flavourOf(world)
  const own = { id: idField === 'id' ? accountId(world) : `9${world.account.id}`, [idField]: accountId(world) }
  if (id === 'me' || id === accountId(world))
    return reply.send({ ...own, name: world.account.name, username: username(world) })
  const person = world.people.get(id)
  if (!person || person.wroteAt === undefined) return refuse(reply, world, unknownNode('get', id))
  const [first_name, ...rest] = person.name.split(' ')
  const picture = faceUrl(world, person)
  if (flavourOf(world).object === 'page')
    return reply.send({ first_name, last_name: rest.join(' '), profile_pic: picture, id })
  return reply.send({ name: person.name, username: person.username ?? '', profile_pic: picture, id })
}

export const subscriptions = (_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply =>
  reply.send({ data: [{ id: appId(world), name: 'Parley', subscribed_fields: fieldsOf(world) }] })

export function subscribeApp(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const wanted = given(request).subscribed_fields
  const fields = Array.isArray(wanted) ? wanted.map(String) : (text(wanted) ?? '').split(',').filter(Boolean)
  const wrong = fields.find(field => !flavourOf(world).fields.includes(field))
  if (!fields.length || wrong)
    return refuse(
      reply,
      world,
      parameter(`Param subscribed_fields[0] must be one of {${flavourOf(world).fields.join(', ')}} - got "${wrong}".`),
    )
  subscribe(world, fields)
  return reply.send({ success: true })
}

export function unsubscribeApp(_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  subscribe(world, [])
  return reply.send({ success: true })
}

/** `POST /<app>/subscriptions`: Meta asks the new address for the challenge before it takes it. */
export async function hook(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const { callback_url, verify_token, object } = given(request)
  if (object !== flavourOf(world).object) return refuse(reply, world, parameter('Invalid object'))
  if (!URL.canParse(text(callback_url) ?? '')) return refuse(reply, world, parameter('Invalid callback URI format'))
  return takeWebhook({ uri: text(callback_url)!, token: text(verify_token) ?? '' }, reply, world)
}

interface Life {
  token: string
  /** Seconds; 0 is never. */
  expires: number
}
const lives = new WeakMap<World, Life>()
const lifeOf = (world: World): Life => lives.get(world) ?? { token: world.account.token, expires: 0 }

/** Is this the account's token, or one that was made anew from it, before a restart of the sandbox too? */
export function isToken(said: string, { account }: World): boolean {
  return (
    said === account.token ||
    (said.startsWith(`${account.token}.`) && /^\d+$/.test(said.slice(account.token.length + 1)))
  )
}
export const expireAt = (world: World, expires: Date): void =>
  void lives.set(world, { ...lifeOf(world), expires: Math.floor(expires.getTime() / 1000) })

export function debugToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { input_token } = request.query as Query
  const { token, expires } = lives.get(world) ?? { token: undefined, expires: 0 }
  const over = expires !== 0 && expires * 1000 < world.now().getTime()
  const error = { code: 190, message: 'Error validating access token: Session has expired.', subcode: 463 }
  const valid = (token ? input_token === token : isToken(String(input_token), world)) && !over
  const data = { app_id: appId(world), type: 'PAGE', is_valid: valid, expires_at: expires, ...(!valid && { error }) }
  return reply.send({ data })
}

const sixtyDays = 60 * 86_400

/** Instagram: `GET /refresh_access_token`. The one before stays good until its own end. */
export function refreshToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { grant_type } = request.query as Query
  if (grant_type !== 'ig_refresh_token') return refuse(reply, world, parameter('Invalid grant_type'))
  const expires = Math.floor(world.now().getTime() / 1000) + sixtyDays
  const token = `${world.account.token}.${world.next()}`
  lives.set(world, { token, expires })
  return reply.send({ access_token: token, token_type: 'bearer', expires_in: sixtyDays })
}

export const templates = (_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply =>
  reply.send({ data: listed(world), paging: { cursors: { before: 'MA==', after: 'Mg==' } } })
