import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { okWire } from '../../sandbox/ok.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Address, InboundEvent, Io, Outgoing, RawRequest } from '../../src/channels/contract.ts'
import { ok } from '../../src/channels/ok/index.ts'
import type { Settings } from '../../src/channels/ok/settings.ts'
import { createIo, type TestFile } from './io.ts'

/** A number of a person beyond 2^53: not one digit may change. */
export const vera = {
  id: '9007199254740993001',
  name: 'Вера Орлова',
  phone: '79001112233',
  language: 'ru',
  blocked: false,
}
export const to: Outgoing = { address: `chat:C${BigInt(vera.id).toString(16)}` as Address, key: 'k1' }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** The business: a door that keeps what it got, verified and parsed by the adapter. */
export interface Business {
  url: string
  requests: RawRequest[]
  verdicts: string[]
  events: InboundEvent[]
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Extract<InboundEvent, { type: T }>[]>
  close(): Promise<void>
}

export interface Stage {
  world: World
  app: FastifyInstance
  business: Business
  io: Io<Settings>
  files: Map<string, TestFile>
}

export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

export async function openStage(): Promise<Stage> {
  const world = createWorld(okWire, { name: 'Rowan & Rye', people: [vera], haste: 100 })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  world.baseUrl = baseUrl
  const settings = ok.settings.parse({ ...okWire.settings(world), baseUrl })
  const files = new Map<string, TestFile>()
  return { world, app, business: await openBusiness(settings), io: createIo(settings, { files }), files }
}

export async function closeStage({ world, app, business }: Stage): Promise<void> {
  world.close()
  await app.close()
  await business.close()
}

async function openBusiness(settings: Settings): Promise<Business> {
  const [requests, verdicts, events]: [RawRequest[], string[], InboundEvent[]] = [[], [], []]
  const listeners: (() => void)[] = []
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const query = Object.fromEntries(new URL(incoming.url!, 'http://here').searchParams)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, query, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const { verdict } = ok.verify(request, settings, new Date())
    requests.push(request)
    verdicts.push(verdict)
    if (verdict === 'accept') events.push(...ok.parse(request))
    reply.writeHead(verdict === 'accept' ? 200 : 401).end()
    for (const listener of listeners.splice(0)) listener()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`,
    requests,
    verdicts,
    events,
    async heard(type, count = 1) {
      const found = () => events.filter(event => event.type === type) as never[]
      while (found().length < count) await new Promise<void>(done => listeners.push(done))
      return found()
    },
    async close() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

/** Connected, and somebody wrote, so that the group may answer. */
export async function inTouch(): Promise<Stage> {
  const stage = await openStage()
  assert.equal((await ok.setup!(stage.business.url, stage.io)).ok, true)
  stage.world.act(vera.id, { do: 'text', text: 'hello' })
  await stage.business.heard('message')
  stage.business.events.length = 0
  return stage
}
