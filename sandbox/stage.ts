import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { setSession } from '../src/accounts/session-routes.ts'
import { agentOfSession, listAgents, openSession, updateAgent } from '../src/accounts/store.ts'
import { sessionCookie } from '../src/api/caller.ts'
import type { Config } from '../src/config.ts'
import type { Database } from '../src/db/connect.ts'
import { roleOf } from './cast.ts'
import { answerThrough, apiAs, connectChannels } from './furnish.ts'
import { keepWorlds, remembered, restoreFiles } from './keep.ts'
import { firstPeople, ownerName, shopName } from './people.ts'
import { registerSandbox, type SandboxOptions } from './routes.ts'
import { type Answer, createStory } from './story.ts'
import { wires } from './wires.ts'
import { createWorld, type World } from './world.ts'

/** What the demo needs of the running Parley, before it listens. */
export interface Hall {
  app: FastifyInstance
  db: Database
  config: Config
  log: { warn(text: string): void }
}

export interface Stage {
  worlds: World[]
  /** Resolves once Parley listens, the channels are connected and, on the first run, the story has begun. */
  opened: Promise<void>
}

/** Sets up simulated messengers, phones and an owner in Parley's own process. They close with the app. */
export async function setStage({ app, db, config, log }: Hall): Promise<Stage> {
  const owner = await demoOwner(db)
  const worlds = restoredWorlds(config.dataDir)
  const isFirstRun = worlds.every(world => world.bubbles.length === 0)
  const keeper = keepWorlds(worlds, config.dataDir)
  let answer: Answer = async () => undefined
  const story = createStory(worlds, (...line) => answer(...line), {
    pauseMs: 1100,
    warn: trouble => log.warn(`The story goes on without a line: ${trouble}`),
  })
  const options: SandboxOptions = { worlds, origin: `http://127.0.0.1:${config.port}`, story }
  const servers: Server[] = []
  signVisitorsIn(app, { db, config, owner })
  await registerSandbox(app, options)

  async function open() {
    const url = addressOf(app)
    const warn = (trouble: string) => log.warn(trouble)
    for (const world of worlds) {
      world.baseUrl = `${url}/sandbox/providers/${world.wire.kind}`
      world.reach = to => to.replace(config.publicUrl, url)
    }
    const served = await serveAll(worlds, servers, warn)
    const api = apiAs(await openSession(db, owner), url)
    const channels = await connectChannels(api, served, warn)
    for (const world of served)
      if (channels[world.wire.kind]) world.webhookUrl = `${config.publicUrl}/hooks/${channels[world.wire.kind]}`
    options.site = channels.site
    answer = answerThrough(api, channels)
    if (isFirstRun) void story.play()
  }
  const opened = new Promise<void>((done, fail) => app.addHook('onListen', () => void open().then(done, fail)))
  app.addHook('onClose', async () => {
    for (const world of worlds) world.close()
    for (const server of servers) await server.close()
    await keeper.stop()
  })
  return { worlds, opened }
}

type Server = Awaited<ReturnType<NonNullable<World['wire']['serve']>>>

/** Opens the ports of what is not HTTP. A messenger whose port cannot be opened is left out, the others go on. */
async function serveAll(worlds: World[], servers: Server[], warn: (trouble: string) => void): Promise<World[]> {
  const served: World[] = []
  for (const world of worlds) {
    try {
      if (world.wire.serve) servers.push(await world.wire.serve(world))
      served.push(world)
    } catch (error) {
      warn(`${roleOf(world.wire.kind).name} has no server: ${(error as Error).message}`)
    }
  }
  return served
}

/** From inside the machine, whatever name the world outside knows us by: nothing needs to leave it. */
function addressOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}

function restoredWorlds(dir: string): World[] {
  const memories = remembered(dir)
  return wires.map(wire => {
    const memory = memories[wire.kind]
    const people = memory ? [] : firstPeople(wire.kind, Math.random)
    const world = createWorld(wire, { name: shopName, people, ...(memory && { memory }) })
    restoreFiles(world, dir, memory)
    return world
  })
}

interface Owner {
  workspace_id: string
  id: string
}

/** The owner of workspace `default`, named the first time. Whoever renames her or the business keeps that. */
async function demoOwner(db: Database): Promise<Owner> {
  const { rows } = await db.query<{ id: string }>(`select id from workspaces where slug = 'default'`)
  const workspace_id = rows[0]!.id
  await db.query(`update workspaces set name = $2 where id = $1 and name = 'My business'`, [workspace_id, shopName])
  const owner = (await listAgents(db, workspace_id)).find(agent => agent.role === 'owner')!
  if (owner.name === 'Owner')
    await updateAgent(db, workspace_id, owner.id, { name: ownerName, email: 'aino@rowan-and-rye.example' })
  return { workspace_id, id: owner.id }
}

/** Whoever opens a page of the agents' app without a session is the demo owner from then on. */
function signVisitorsIn(app: FastifyInstance, at: { db: Database; config: Config; owner: Owner }): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPage = request.method === 'GET' && /text\/html|^\*\/\*$/.test(request.headers.accept ?? '')
    if (!isPage || !/^\/(inbox|settings|sign-in|welcome)?([/?]|$)/.test(request.url)) return
    const session = request.cookies[sessionCookie]
    if (session && (await agentOfSession(at.db, session))) return
    setSession(reply, await openSession(at.db, at.owner), at.config.publicUrl)
  })
}
