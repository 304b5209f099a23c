import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, text } from '../../src/channels/kit.ts'
import { faceUrl, logoUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { parameter, refuse, unknownNode } from './errors.ts'
import { flavourOf } from './flavour.ts'
import { takeWebhook } from './graph.ts'
import { accountId, appId, username } from './ids.ts'
import { fieldsOf, subscribe } from './tell.ts'
import { listed } from './templates.ts'

type Query = Record<string, string>
const given = (request: FastifyRequest): Json => ({ ...(request.query as Query), ...maybe(request.body) })

const logoOf = (world: World): Json =>
  flavourOf(world).object === 'page'
    ? { picture: { data: { url: logoUrl(world), is_silhouette: false } } }
    : { profile_picture_url: logoUrl(world) }

/** `GET /me` or `GET /<id>`: the account, or a person who wrote to it. */
export function node(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { node: id = '' } = request.params as Query
  const { idField } = flavourOf(world)
  const own = { id: idField === 'id' ? accountId(world) : `9${world.account.id}`, [idField]: accountId(world) }
  if (id === 'me' || id === accountId(world))
    return reply.send({ ...own, name: world.account.name, username: username(world), ...logoOf(world) })
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

export const expireAt = (world: World, expires: Date): void =>
  void lives.set(world, { ...lifeOf(world), expires: Math.floor(expires.getTime() / 1000) })

export function debugToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { input_token } = request.query as Query
  const { token, expires } = lives.get(world) ?? { token: undefined, expires: 0 }
  const over = expires !== 0 && expires * 1000 < world.now().getTime()
  const error = { code: 190, message: 'Error validating access token: Session has expired.', subcode: 463 }
  const valid = (token ? input_token === token : isToken(world, String(input_token))) && !over
  const data = { app_id: appId(world), type: 'PAGE', is_valid: valid, expires_at: expires, ...(!valid && { error }) }
  return reply.send({ data })
}

const sixtyDays = 60 * 86_400

/** When each token was given, of those that were given since the start. */
const births = new WeakMap<World, Map<string, number>>()

/** A token of Instagram that lives sixty days. Those before stay good until their own end. */
export function issueToken(world: World) {
  const now = world.now().getTime()
  const token = `${world.account.token}.${world.next()}`
  births.set(world, (births.get(world) ?? new Map()).set(token, now))
  lives.set(world, { token, expires: Math.floor(now / 1000) + sixtyDays })
  return { access_token: token, token_type: 'bearer', expires_in: sixtyDays }
}

/** Its own, or one that was made of it: they outlive a restart of the sandbox. */
export function isToken({ account }: World, said: string): boolean {
  const made = said.startsWith(`${account.token}.`) && said.slice(account.token.length + 1)
  return said === account.token || (made !== false && /^\d+$/.test(made))
}

/** Instagram: `GET /refresh_access_token`, of a token that is a day old at least. */
export function refreshToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { grant_type, access_token = '' } = request.query as Query
  if (grant_type !== 'ig_refresh_token') return refuse(reply, world, parameter('Invalid grant_type'))
  const born = births.get(world)?.get(access_token) ?? 0
  if (world.now().getTime() - born < 86_400_000)
    return refuse(reply, world, parameter('The token is less than 24 hours old.'))
  return reply.send(issueToken(world))
}

export const templates = (_request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply =>
  reply.send({ data: listed(world), paging: { cursors: { before: 'MA==', after: 'Mg==' } } })
