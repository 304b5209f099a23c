import fs from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { ActRequest, actOf, FaultsRequest, faultsAfter, HappenRequest, PersonRequest, StoryRequest } from './acts.ts'
import { createLive, type Live, pictureOf } from './live.ts'
import { stranger } from './people.ts'
import type { Story } from './story.ts'
import type { World } from './world.ts'

export interface SandboxOptions {
  worlds: World[]
  /** Where the business reaches the simulators: `http://127.0.0.1:3000`. */
  origin: string
  /** What "Replay the story" plays; without it there is no story. */
  story?: Story
  /** The website's channel, for the demo shop; known once the channels are connected. */
  site?: string | undefined
  /** Folders with the built phones page and the demo shop; the usual ones when absent. */
  page?: string
  shop?: string
}

const root = path.resolve(import.meta.dirname, '..')
const day = 24 * 60 * 60 * 1000

class Refusal extends Error {
  status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

/** Puts the simulated providers at `/sandbox/providers/<kind>`, the phones at `/sandbox/`, the shop at `/sandbox/shop`. */
export async function registerSandbox(app: FastifyInstance, options: SandboxOptions): Promise<void> {
  for (const world of options.worlds) {
    const prefix = `/sandbox/providers/${world.wire.kind}`
    await app.register(async scope => world.mount(scope, options.origin + prefix), { prefix })
  }
  await app.register(async scope => registerApi(scope, options), { prefix: '/sandbox/api' })
  await app.register(async scope => serveFolders(scope, options))
}

function registerApi(app: FastifyInstance, options: SandboxOptions): void {
  const live = createLive(options.worlds)
  app.addHook('preClose', async () => live.close())
  app.setErrorHandler(answerProblem)
  app.get('/state', async () => ({
    worlds: options.worlds.map(pictureOf),
    story: options.story ? options.story.state() : 'none',
    shop: fs.existsSync(shopOf(options)),
    site: options.site,
  }))
  app.get('/live', (_request, reply) => live.join(reply))
  app.get<{ Params: { kind: string; id: string } }>('/files/:kind/:id', async (request, reply) => {
    const file = worldOf(options, request.params.kind).files.get(request.params.id)
    if (!file) throw new Refusal(404, 'There is no such file on this phone.')
    return reply.type(file.mime).send(Buffer.from(file.bytes))
  })
  registerChanges(app, options)
  registerStory(app, options, live)
}

function registerChanges(app: FastifyInstance, options: SandboxOptions): void {
  app.post('/act', { bodyLimit: 40 * 1024 * 1024 }, async (request, reply) => {
    const { kind, person, act } = read(ActRequest, request)
    const world = worldOf(options, kind)
    if (!world.people.has(person)) throw new Refusal(404, `Nobody with ${kind} is called ${person}.`)
    attempt(() => world.act(person, actOf(act)))
    world.events.emit('person', world.people.get(person))
    await world.kept()
    return reply.code(204).send()
  })
  app.patch('/faults', async request => {
    const wanted = read(FaultsRequest, request)
    const world = worldOf(options, wanted.kind)
    Object.assign(world.faults, faultsAfter(wanted, world.now().getTime()))
    world.events.emit('faults')
    return world.faults
  })
  app.post('/happen', async (request, reply) => {
    happen(options, read(HappenRequest, request))
    return reply.code(204).send()
  })
  app.post('/people', async (request, reply) => {
    const { kind, name } = read(PersonRequest, request)
    const world = worldOf(options, kind)
    const person = { ...stranger(kind, world.people.values(), world.random), ...(name && { name }) }
    world.people.set(person.id, person)
    world.events.emit('person', person)
    return reply.code(201).send(person)
  })
}

function happen(options: SandboxOptions, { kind, person: id, what }: z.infer<typeof HappenRequest>): void {
  const world = worldOf(options, kind)
  const person = world.people.get(id)
  if (!person) throw new Refusal(404, `Nobody with ${kind} is called ${id}.`)
  if (what === 'unknown')
    return attempt(() => {
      const event = world.wire.unknownEvent(person, world)
      // What is not HTTP has delivered it by itself.
      if (event !== undefined) world.emit('unknown kind', event)
    })
  person.wroteAt = Math.min(person.wroteAt ?? 0, world.now().getTime()) - day
  world.events.emit('person', person)
}

function registerStory(app: FastifyInstance, { story }: SandboxOptions, live: Live): void {
  app.post('/story', async (request, reply) => {
    const { which } = read(StoryRequest, request)
    if (!story) throw new Refusal(404, 'This sandbox has no story.')
    if (story.state() !== 'ready') throw new Refusal(409, 'The story is playing.')
    const played = story.play(which)
    live.tell({ story: story.state() })
    void played.finally(() => live.tell({ story: story.state() }))
    return reply.code(202).send({ story: story.state() })
  })
}

const shopOf = (options: SandboxOptions): string => options.shop ?? path.join(root, 'sandbox/shop')

/** The shop's own page is told its channel; everything else lies as it is. */
async function serveFolders(app: FastifyInstance, options: SandboxOptions): Promise<void> {
  const shop = path.join(shopOf(options), 'index.html')
  if (fs.existsSync(shop)) {
    app.get('/sandbox/shop/', async (_request, reply) => {
      const page = await readFile(shop, 'utf8')
      return reply.type('text/html').send(page.replaceAll('__CHANNEL__', options.site ?? ''))
    })
    await serveFolder(app, '/sandbox/shop', shopOf(options))
  }
  await serveFolder(app, '/sandbox', options.page ?? path.join(root, 'dist/sandbox'))
}

async function serveFolder(app: FastifyInstance, prefix: string, folder: string): Promise<void> {
  if (!fs.existsSync(folder)) return
  app.get(prefix, (_request, reply) => reply.redirect(`${prefix}/`))
  const settings = { root: folder, decorateReply: false, prefixAvoidTrailingSlash: true }
  await app.register(async scope => scope.register(staticFiles, settings), { prefix })
}

function worldOf(options: SandboxOptions, kind: string): World {
  const world = options.worlds.find(w => w.wire.kind === kind)
  if (!world) throw new Refusal(404, `There is no simulated ${kind} here.`)
  return world
}

function read<T>(schema: z.ZodType<T>, request: FastifyRequest): T {
  const result = schema.safeParse(request.body)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new Refusal(400, `${issue.path.join('.') || 'The body'}: ${issue.message}`)
}

/** A wire refuses what its network does not know by throwing; on the page that is a sentence, not an outage. */
function attempt(run: () => void): void {
  try {
    run()
  } catch (error) {
    throw new Refusal(409, (error as Error).message)
  }
}

function answerProblem(error: FastifyError | Refusal, _request: FastifyRequest, reply: FastifyReply) {
  const status = 'status' in error ? error.status : (error.statusCode ?? 500)
  const title = status >= 500 ? 'The sandbox broke' : 'Not possible here'
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title, status, detail: error.message })
}
