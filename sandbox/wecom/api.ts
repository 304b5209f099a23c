import type { FastifyInstance, FastifyRequest } from 'fastify'
import { list } from '../../src/channels/kit.ts'
import { faceUrl, logoUrl } from '../faces.ts'
import { type Call, callOf, ok, Refusal, tencentRoutes } from '../tencent/call.ts'
import type { World } from '../world.ts'
import { type Customer, corpIdOf, openKfIdOf } from './account.ts'
import { getMedia, putMedia } from './files.ts'
import { refuse } from './refuse.ts'
import { sendMsg, sendOnEvent } from './send.ts'
import { syncMsg } from './sync.ts'

type Method = (call: Call, world: World) => unknown

const methods: Record<string, Method> = {
  sync_msg: syncMsg,
  send_msg: sendMsg,
  send_msg_on_event: sendOnEvent,
  'account/list': (_call, world) => ({
    ...ok,
    account_list: [{ open_kfid: openKfIdOf(world), name: world.account.name, avatar: logoUrl(world) }],
  }),
  add_contact_way: contactWay,
  'customer/batchget': customers,
}

/** The part of WeCom's API that is about its customer service: every answer is HTTP 200, and its `errcode` tells. */
export function api(app: FastifyInstance, world: World): void {
  tencentRoutes(app, refuse, scope => {
    scope.get('/cgi-bin/gettoken', request => getToken(request.query as Record<string, string>, world))
    for (const [name, method] of Object.entries(methods))
      scope.post(`/cgi-bin/kf/${name}`, request => method(admitted(request, world), world) as object)
    scope.post('/cgi-bin/media/upload', request => putMedia(admitted(request, world), world))
    scope.get('/cgi-bin/media/get', (request, reply) => getMedia(admitted(request, world), reply, world))
  })
}

const issued = new WeakMap<World, { token: string; until: number }>()

/** The same token to everybody until it ends. */
function getToken({ corpid, corpsecret }: Record<string, string>, world: World): object {
  if (corpid !== corpIdOf(world)) throw new Refusal(40013)
  if (corpsecret !== world.account.secret) throw new Refusal(40001)
  const now = world.now().getTime()
  const known = issued.get(world)
  const fresh = () => ({
    token: Buffer.from(`${world.account.id}:${world.next()}`).toString('base64url').padEnd(200, 'A'),
    until: now + 7_200_000,
  })
  const given = known && known.until > now ? known : fresh()
  issued.set(world, given)
  return { ...ok, access_token: given.token, expires_in: Math.floor((given.until - now) / 1000) }
}

/** As after a change of the secret: the token in use is worth nothing from now on. */
export const revoke = (world: World): void => void issued.delete(world)

function admitted(request: FastifyRequest, world: World): Call {
  const query = request.query as Record<string, string>
  const known = issued.get(world)
  if (!query.access_token) throw new Refusal(41001)
  if (query.access_token !== known?.token) throw new Refusal(40014)
  if (known.until <= world.now().getTime()) throw new Refusal(42001)
  return callOf(request)
}

function contactWay({ json }: Call, world: World): object {
  if (json.open_kfid !== openKfIdOf(world)) throw new Refusal(95004)
  return { ...ok, url: `https://work.weixin.qq.com/kfid/${openKfIdOf(world)}?enc_scene=ENC${String(json.scene ?? '')}` }
}

function customers({ json }: Call, world: World): object {
  const ids = list(json.external_userid_list).map(String)
  if (!ids.length || ids.length > 100) throw new Refusal(40058)
  const known = ids.flatMap(id => world.people.get(id) ?? []) as Customer[]
  const customer_list = known.map(person => ({
    external_userid: person.id,
    nickname: person.name,
    avatar: faceUrl(world, person),
    gender: 2,
    unionid: `o${person.id.slice(2)}`,
  }))
  return { ...ok, customer_list, invalid_external_userid: ids.filter(id => !world.people.has(id)) }
}
