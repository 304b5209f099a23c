import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { enterServer } from '../../sandbox/wechat/account.ts'
import { wechatWire } from '../../sandbox/wechat.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Address, InboundEvent, Io, Outgoing, RawRequest } from '../../src/channels/contract.ts'
import { wechat } from '../../src/channels/wechat/index.ts'
import type { Settings } from '../../src/channels/wechat/settings.ts'
import { createIo, type TestFile } from './io.ts'

export const mei = {
  id: 'oRr7x5Kq2mVbN0pLwZ8tYc3dHs1A',
  name: 'Mei',
  phone: '8613812345678',
  language: 'zh_CN',
  blocked: false,
}
export const to: Outgoing = { address: mei.id as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** The business: a webhook that keeps what it got, verified, opened and parsed by the adapter. */
export interface Business {
  url: string
  requests: RawRequest[]
  verdicts: string[]
  answers: string[]
  events: InboundEvent[]
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Extract<InboundEvent, { type: T }>[]>
  close(): Promise<void>
}

export interface Stage {
  world: World
  app: FastifyInstance
  business: Business
  io: Io<Settings>
  /** What `io` knows of stored files. */
  files: Map<string, TestFile>
  /** Moves the provider's clock. */
  pass(ms: number): void
}

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

export async function openStage(): Promise<Stage> {
  let passed = 0
  const now = () => new Date(Date.now() + passed)
  const world = createWorld(wechatWire, { name: 'Rowan & Rye', people: [mei], haste: 100, now })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const settings = wechat.settings.parse({ ...wechatWire.settings(world), baseUrl: world.baseUrl })
  const business = await openBusiness(settings, now)
  const files = new Map<string, TestFile>()
  const pass = (ms: number) => {
    passed += ms
  }
  return { world, app, business, io: createIo(settings, { files }), files, pass }
}

export async function closeStage({ world, app, business }: Stage): Promise<void> {
  world.close()
  await app.close()
  await business.close()
}

async function openBusiness(settings: Settings, now: () => Date): Promise<Business> {
  const business = {
    requests: [] as RawRequest[],
    verdicts: [] as string[],
    answers: [] as string[],
    events: [] as InboundEvent[],
  }
  const listeners: (() => void)[] = []
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = incoming.headers as Record<string, string>
    const query = Object.fromEntries(new URL(incoming.url!, 'http://a').searchParams)
    const request = { method: incoming.method!, query, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const said = wechat.verify(request, settings, now())
    const answer = said.verdict === 'reject' ? 'no' : (said.body ?? '')
    business.requests.push(request)
    business.verdicts.push(said.verdict)
    business.answers.push(answer)
    if (said.verdict === 'accept')
      business.events.push(...wechat.parse({ ...request, body: said.opened ?? request.body }))
    reply.writeHead(said.verdict === 'reject' ? 401 : 200).end(answer)
    for (const listener of listeners.splice(0)) listener()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...business,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`,
    async heard(type, count = 1) {
      const found = () => business.events.filter(event => event.type === type) as never[]
      while (found().length < count) await new Promise<void>(done => listeners.push(done))
      return found()
    },
    async close() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

export async function connected(): Promise<Stage> {
  const stage = await openStage()
  assert.equal((await wechat.setup!(stage.business.url, stage.io)).ok, true)
  assert.equal(await enterServer(stage.business.url, stage.world), true)
  return stage
}

/** Somebody who wrote, so that the account may answer. */
export async function inTouch(): Promise<Stage> {
  const stage = await connected()
  stage.world.act(mei.id, { do: 'text', text: 'hello' })
  await stage.business.heard('message')
  stage.business.events.length = 0
  return stage
}

/** The customer writes again, and the account may answer five times. */
export async function writes(stage: Stage): Promise<void> {
  stage.business.events.length = 0
  stage.world.act(mei.id, { do: 'text', text: 'go on' })
  await stage.business.heard('message')
  stage.business.events.length = 0
}
