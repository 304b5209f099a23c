import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject, validatorCompiler } from 'fastify-type-provider-zod'
import { accountRoutes } from '../accounts/routes.ts'
import { sessionRoutes } from '../accounts/session-routes.ts'
import { channelRoutes } from '../connections/routes.ts'
import { signInRoutes } from '../connections/sign-in-routes.ts'
import { templateRoutes } from '../connections/template-routes.ts'
import { contactRoutes } from '../inbox/contact-routes.ts'
import { deliveryRoutes } from '../inbox/delivery-routes.ts'
import { openDoor } from '../inbox/door.ts'
import type { Doorway } from '../inbox/doorway.ts'
import type { Ingester } from '../inbox/ingest.ts'
import { doRoutes, readRoutes } from '../inbox/routes.ts'
import { sayRoutes } from '../inbox/say-routes.ts'
import type { Worker } from '../jobs/worker.ts'
import { mediaRoutes, publicFileRoutes } from '../media/routes.ts'
import type { Parley } from '../parley.ts'
import { requireCaller } from './caller.ts'
import { onceByKey } from './idempotency.ts'
import { liveSocket } from './live.ts'
import { createMetrics } from './metrics.ts'
import { servePages } from './pages.ts'
import { answerProblems, bodyOf, Problem } from './problem.ts'

/** Everything that runs in one process. */
export interface Running extends Parley {
  demo: boolean
  doorway: Doorway
  ingester: Ingester
  worker: Worker
}

/** The HTTP side: webhooks by the plain door, the API and the pages by fastify, screens by WebSocket. */
export async function createApi(on: Running): Promise<FastifyInstance> {
  const door = openDoor(on)
  const app: FastifyInstance = Fastify({
    logger: false,
    trustProxy: on.config.trustProxy as boolean,
    bodyLimit: 4_000_000,
    forceCloseConnections: true,
    serverFactory: handler => withDoor(door, handler),
  }) as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  // Answers are typed where they are made; checking them again at run time would cost more than it finds.
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  answerProblems(app, on.log)
  await app.register(cookie)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Parley', version: '1', description: 'One inbox for every messenger.' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send(bodyOf(new Problem(404, 'Not found', `There is nothing at ${request.url.split('?')[0]}.`))),
  )
  healthRoutes(app, on)
  publicFileRoutes(app, on)
  await app.register(api => apiRoutes(api, on), { prefix: '/api/v1' })
  liveSocket(app, on)
  await servePages(app)
  return app
}

function withDoor(
  door: ReturnType<typeof openDoor>,
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): Server {
  const server = createServer((request, response) => {
    if (!door(request, response)) handler(request, response)
  })
  server.keepAliveTimeout = 65_000
  return server
}

async function apiRoutes(api: FastifyInstance, on: Running): Promise<void> {
  api.get('/openapi.json', { schema: { hide: true } }, () => api.swagger())
  sessionRoutes(api, on)
  await api.register(async open => {
    requireCaller(open, on.db)
    onceByKey(open, on)
    accountRoutes(open, on)
    channelRoutes(open, on)
    signInRoutes(open, on)
    templateRoutes(open, on)
    readRoutes(open, on)
    sayRoutes(open, on)
    doRoutes(open, on)
    contactRoutes(open, on)
    deliveryRoutes(open, on)
    await open.register(async files => mediaRoutes(files, on))
  })
}

function healthRoutes(app: FastifyInstance, on: Running): void {
  const hidden = { schema: { hide: true } }
  app.get('/healthz', hidden, async () => ({ ok: true }))
  app.get('/readyz', hidden, async (_request, reply) => {
    const database = await on.db.query('select 1').then(
      () => true,
      () => false,
    )
    const worker = on.worker.stats.lanes > 0
    return reply.code(database && worker ? 200 : 503).send({ ready: database && worker, database, worker })
  })
  const metrics = createMetrics(on)
  app.get('/metrics', hidden, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
}
