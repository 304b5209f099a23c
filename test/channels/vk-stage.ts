import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { vkWire } from '../../sandbox/vk.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Address, InboundEvent, Io, Listening, Outgoing, RawRequest } from '../../src/channels/contract.ts'
import { vk } from '../../src/channels/vk/index.ts'
import type { Settings } from '../../src/channels/vk/settings.ts'
import { createIo, type TestFile } from './io.ts'

export const anna = { id: '4201', name: 'Anna Virtanen', phone: '358401234567', language: 'ru', blocked: false }
export const to: Outgoing = { address: anna.id as Address, key: 'k1' }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

let keys = 0
/** Somebody else's piece each time: VK takes a key once. */
export const fresh = (more: Partial<Outgoing> = {}): Outgoing => ({ ...to, key: `key ${++keys}`, ...more })

type Heard<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** The business: a door that keeps what it got, verified and parsed by the adapter. */
export interface Business {
  url: string
  requests: RawRequest[]
  verdicts: string[]
  events: InboundEvent[]
  /** Takes a request as the webhook door does, and answers what it says. */
  take(request: RawRequest): { status: number; body: string }
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Heard<T>[]>
  close(): Promise<void>
}

export interface Stage {
  world: World
  app: FastifyInstance
  business: Business
  io: Io<Settings>
  files: Map<string, TestFile>
}

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

export async function openStage(more: Partial<Settings> = {}): Promise<Stage> {
  const world = createWorld(vkWire, { name: 'Rowan & Rye', people: [anna], haste: 100 })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  world.baseUrl = baseUrl
  const settings = vk.settings.parse({ ...vkWire.settings(world), baseUrl, ...more })
  const files = new Map<string, TestFile>()
  return { world, app, business: await openBusiness(settings), io: createIo(settings, { files }), files }
}

export async function closeStage({ world, app, business }: Stage): Promise<void> {
  world.close()
  app.server.closeAllConnections()
  await app.close()
  await business.close()
}

async function openBusiness(settings: Settings): Promise<Business> {
  const [requests, verdicts, events]: [RawRequest[], string[], InboundEvent[]] = [[], [], []]
  const listeners: (() => void)[] = []
  function take(request: RawRequest) {
    const said = vk.verify(request, settings, new Date())
    requests.push(request)
    verdicts.push(said.verdict)
    if (said.verdict === 'accept') events.push(...vk.parse(request))
    for (const listener of listeners.splice(0)) listener()
    return { status: said.verdict === 'reject' ? 401 : 200, body: said.verdict === 'reject' ? '' : (said.body ?? '') }
  }
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = incoming.headers as Record<string, string>
    const body = new Uint8Array(Buffer.concat(chunks))
    const answer = take({ method: incoming.method!, query: {}, headers, body })
    reply.writeHead(answer.status).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`,
    requests,
    verdicts,
    events,
    take,
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

/** Connected, and somebody wrote, so that the community may answer. */
export async function inTouch(): Promise<Stage> {
  const stage = await openStage()
  assert.deepEqual(await vk.setup!(stage.business.url, stage.io), {
    ok: true,
    account: 'Rowan & Rye',
    detail: 'https://vk.me/rowanrye',
    proof: 'answer',
  })
  stage.world.act(anna.id, { do: 'text', text: 'hello' })
  await stage.business.heard('message')
  stage.business.events.length = 0
  return stage
}

export interface Listener {
  stop(): Promise<void>
  cursor: { value: unknown }
  /** Resolves when the line stands so many times. */
  stood(times: number): Promise<void>
}

/** Listens as Parley does, until it is stopped; `cursor` outlives it. */
export function startListening(stage: Stage, cursor: { value: unknown } = { value: undefined }): Listener {
  const stopped = new AbortController()
  let stands = 0
  const waiting: (() => void)[] = []
  const on: Listening<Settings> = {
    io: { ...stage.io, http: call => Promise.race([stage.io.http(call), aborted(stopped.signal)]) },
    signal: stopped.signal,
    async deliver(request) {
      assert.equal(stage.business.take(request).status, 200)
    },
    cursor: {
      get: async () => cursor.value,
      set: async value => {
        cursor.value = value
      },
    },
    news: async () => undefined,
    connected() {
      stands += 1
      for (const wake of waiting.splice(0)) wake()
    },
  }
  const ended = vk.listen!(on).catch(error => {
    if (!stopped.signal.aborted) throw error
  })
  return {
    cursor,
    async stop() {
      stopped.abort()
      await ended
    },
    async stood(times) {
      while (stands < times) await Promise.race([ended, new Promise<void>(done => waiting.push(done))])
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    if (signal.aborted) fail(new Error('stopped'))
    signal.addEventListener('abort', () => fail(new Error('stopped')), { once: true })
  })
}
