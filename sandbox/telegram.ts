import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { act } from './telegram/acts.ts'
import { menu } from './telegram/commands.ts'
import { deskOf, nextUpdate, tokenOf, userOf } from './telegram/desk.ts'
import { fieldsOf } from './telegram/fields.ts'
import { fileAt } from './telegram/files.ts'
import { methods } from './telegram/methods.ts'
import { bad, blocked, notFound, Refusal, tooMany, unauthorized } from './telegram/refusal.ts'
import { Told } from './telegram/webhook.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

/** The Bot API of api.telegram.org, version 10.x, for private chats with one bot. */
export const telegramWire: Wire = {
  kind: 'telegram',
  routes(app, world) {
    void app.register(async scope => routes(scope, world))
  },
  act,
  menu,
  sign,
  refuse: {
    rate: (reply, world) =>
      refuse(reply.header('retry-after', world.faults.retryAfter), tooMany(world.faults.retryAfter)),
    down: reply => refuse(reply, new Refusal(502, 'Bad Gateway')),
    token: reply => refuse(reply, unauthorized()),
    blocked: reply => refuse(reply, blocked()),
  },
  unknownEvent: (person, world) => ({
    update_id: nextUpdate(world),
    hologram_call: { from: userOf(person), date: Math.floor(world.now().getTime() / 1000), room: 'h-7' },
  }),
  settings: world => ({ token: tokenOf(world), webhookSecret: world.account.secret }),
  // Not documented; real bots see repetitions after roughly these pauses.
  retryAfter: attempt => Math.min(1000 * 2 ** attempt, 60_000),
}

/** The header repeats the secret given to setWebhook, so a forged letter (marked by an added byte) carries another. */
function sign(body: Buffer, world: World): Record<string, string> {
  const { secret } = deskOf(world)
  // Registered before a restart, or by hand: the account's own secret.
  const known = secret === undefined ? world.account.secret : secret
  if (known === null) return {}
  const forged = body.at(-1) === ' '.charCodeAt(0)
  return { 'x-telegram-bot-api-secret-token': forged ? `${known}x` : known }
}

const refuse = (reply: FastifyReply, refusal: Refusal): FastifyReply => reply.code(refusal.code).send(refusal.body)

async function routes(app: FastifyInstance, world: World): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 51 * 1024 * 1024 }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler((error: { code?: string }, _request, reply) => {
    if (error instanceof Refusal) return refuse(reply, error)
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse(reply, new Refusal(413, 'Request Entity Too Large'))
    throw error
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/bot:token/:method',
    handler: request => run(request, world),
  })
  app.get('/file/bot:token/*', (request, reply) => download(request, reply, world))
}

async function run(request: FastifyRequest, world: World): Promise<object> {
  const { token, method } = request.params as { token: string; method: string }
  checkToken(token, world)
  const execute = methods.get(method.toLowerCase())
  if (!execute) throw notFound()
  const result = await execute(await fieldsOf(request), world)
  return result instanceof Told ? { ok: true, ...result } : { ok: true, result }
}

function download(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { token, '*': path } = request.params as { token: string; '*': string }
  checkToken(token, world)
  const file = fileAt(world, path)
  if (!file) throw notFound()
  // Two steps as at Telegram: only a path that getFile may have told is served, and never more than 20 MB.
  if (file.bytes.length > 20 * 1024 * 1024) throw bad('file is too big')
  return reply.type('application/octet-stream').send(Buffer.from(file.bytes))
}

/** A token of another bot is refused, what is no token at all is not found. */
function checkToken(token: string, world: World): void {
  if (!/^\d+:[\w-]+$/.test(token)) throw notFound()
  if (token !== tokenOf(world)) throw unauthorized()
}
