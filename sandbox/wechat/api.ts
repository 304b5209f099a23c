import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, records, text } from '../../src/channels/kit.ts'
import { setProfile, type World } from '../world.ts'
import { appIdOf } from './account.ts'
import { getMedia, putMedia, videoOf } from './files.ts'
import { Refusal, refuse } from './refuse.ts'
import { sendCustom, sendNotice, sendTemplate, typing } from './send.ts'
import { notices, templates } from './templates.ts'

export interface Call {
  query: Record<string, string>
  json: Json
  body: Buffer
  contentType: string
}
type Method = (call: Call, world: World) => unknown

const methods: Record<string, Method> = {
  'POST /cgi-bin/message/custom/send': sendCustom,
  'POST /cgi-bin/message/custom/typing': typing,
  'POST /cgi-bin/message/template/send': sendTemplate,
  'POST /cgi-bin/message/subscribe/bizsend': sendNotice,
  'GET /cgi-bin/template/get_all_private_template': () => ({ template_list: templates }),
  'GET /wxaapi/newtmpl/gettemplate': () => ({ errcode: 0, errmsg: 'ok', data: notices }),
  'POST /cgi-bin/media/upload': putMedia,
  'POST /cgi-bin/menu/create': createMenu,
  'GET /cgi-bin/menu/delete': deleteMenu,
  'GET /cgi-bin/user/info': userInfo,
  'GET /cgi-bin/get_api_domain_ip': () => ({ ip_list: ['101.226.103.1'] }),
}

/** WeChat's API: every answer is HTTP 200, and its `errcode` tells. */
export function api(app: FastifyInstance, world: World): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 30_000_000 }, (_request, body, done) =>
      done(null, body),
    )
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof Refusal) return refuse(error.code, reply)
      throw error
    })
    scope.post('/cgi-bin/stable_token', request => stableToken(callOf(request).json, world))
    for (const [name, method] of Object.entries(methods)) {
      const [verb, url] = name.split(' ') as ['GET' | 'POST', string]
      scope.route({ method: verb, url, handler: request => method(admitted(request, world), world) as object })
    }
    scope.get('/cgi-bin/media/get', (request, reply) => getMedia(admitted(request, world), reply, world))
    scope.get('/video/:id', (request, reply) => videoOf((request.params as { id: string }).id, reply, world))
  })
}

function callOf(request: FastifyRequest): Call {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from('')
  const contentType = request.headers['content-type'] ?? ''
  return {
    query: request.query as Record<string, string>,
    body,
    contentType,
    json: contentType.includes('json') ? jsonIn(body) : {},
  }
}

function jsonIn(body: Buffer): Json {
  const said = body.toString()
  // Letters written as \u were refused for years; control characters cannot be written otherwise.
  if (/\\u(?!00[01]|d[89a-f])[0-9a-f]{4}/i.test(said)) throw new Refusal(40033)
  try {
    return maybe(JSON.parse(said))
  } catch {
    throw new Refusal(47001)
  }
}

const issued = new WeakMap<World, { token: string; until: number }>()

/** The same token until five minutes before its end, whoever asks. */
function stableToken({ grant_type, appid, secret, force_refresh }: Json, world: World): object {
  if (grant_type !== 'client_credential' || appid !== appIdOf(world)) throw new Refusal(40013)
  if (secret !== world.account.secret) throw new Refusal(40125)
  const now = world.now().getTime()
  const known = issued.get(world)
  const valid = known && force_refresh !== true && known.until > now + 300_000
  const given = valid
    ? known
    : {
        token: `86_${Buffer.from(`${world.account.id}:${world.next()}`).toString('base64url').padEnd(120, 'A')}`,
        until: now + 7_200_000,
      }
  issued.set(world, given)
  return { access_token: given.token, expires_in: Math.floor((given.until - now) / 1000) }
}

/** As after a change of the AppSecret: the token in use is worth nothing from now on. */
export const revoke = (world: World): void => void issued.delete(world)

function admitted(request: FastifyRequest, world: World): Call {
  const { access_token } = request.query as Record<string, string>
  const known = issued.get(world)
  if (!access_token) throw new Refusal(41001)
  if (access_token !== known?.token) throw new Refusal(40001)
  if (known.until <= world.now().getTime()) throw new Refusal(42001)
  return callOf(request)
}

export const menuOf = (world: World): Json[] => records(world.profile.button)

function createMenu({ json }: Call, world: World): object {
  const button = list(json.button).map(maybe)
  if (!button.length || button.length > 3) throw new Refusal(40018)
  if (button.some(b => !text(b.name) || Buffer.byteLength(text(b.name)!) > 60)) throw new Refusal(40018)
  setProfile(world, { button })
  return ok
}

function deleteMenu(_call: Call, world: World): object {
  setProfile(world, { button: undefined })
  return ok
}

function userInfo({ query }: Call, world: World): object {
  const person = world.people.get(query.openid ?? '')
  if (!person) throw new Refusal(40003)
  if (person.blocked) return { subscribe: 0, openid: person.id }
  const empty = { nickname: '', sex: 0, city: '', province: '', country: '', headimgurl: '' }
  const known = {
    subscribe: 1,
    openid: person.id,
    language: person.language,
    remark: person.name,
    groupid: 0,
    tagid_list: [],
  }
  return {
    ...known,
    ...empty,
    subscribe_time: 1_790_000_000,
    subscribe_scene: 'ADD_SCENE_QR_CODE',
    qr_scene: 0,
    qr_scene_str: '',
  }
}

export const ok = { errcode: 0, errmsg: 'ok' }

/** How WeChat answers what a phone's owner ordered to fail. */
export const down = (reply: FastifyReply): FastifyReply =>
  reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>')
