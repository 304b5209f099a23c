import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { enterCallback } from '../../sandbox/wecom/account.ts'
import { wecomWire } from '../../sandbox/wecom.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Address, InboundEvent, Io, Listening, Outgoing, RawRequest } from '../../src/channels/contract.ts'
import { wecom } from '../../src/channels/wecom/index.ts'
import type { Settings } from '../../src/channels/wecom/settings.ts'
import { newsOf, tellNews } from '../../src/connections/news.ts'
import { createIo, type TestFile } from './io.ts'

export const mei = {
  id: 'wmR7xAAADkLm5QeTg7UoB2nVxS4yHfZc',
  name: 'Mei',
  phone: '8613812345678',
  language: 'zh_CN',
  blocked: false,
}
export const to: Outgoing = { address: mei.id as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** Each message has a key of its own: WeCom takes each once. */
let keys = 0
export const fresh = (): Outgoing => ({ ...to, key: `0192f0c1-2b7e-7a55-8b0c-${String(++keys).padStart(12, '0')}` })

export interface Stage {
  world: World
  app: FastifyInstance
  io: Io<Settings>
  /** What `io` knows of stored files. */
  files: Map<string, TestFile>
  /** The webhook door, and what came to it. */
  url: string
  calls: RawRequest[]
  verdicts: string[]
  /** What the listener stored, and what it means. */
  pages: RawRequest[]
  events: InboundEvent[]
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Extract<InboundEvent, { type: T }>[]>
  cursor: { value: unknown }
  /** Starts listening; resolves when it is connected. Answers how it ends. */
  listen(): Promise<{ ended: Promise<string>; stop(): Promise<void> }>
  /** Moves the provider's clock. */
  pass(ms: number): void
  close(): Promise<void>
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
  let passed = 0
  const now = () => new Date(Date.now() + passed)
  const world = createWorld(wecomWire, { name: 'Rowan & Rye', people: [mei], haste: 100, now })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const settings = wecom.settings.parse({ ...wecomWire.settings(world), ...more, baseUrl: world.baseUrl })
  const files = new Map<string, TestFile>()
  const io = createIo(settings, { files })
  const door = await openDoor(settings, now)
  const ears = listening(io, door.process)
  const pass = (ms: number) => {
    passed += ms
  }
  async function close() {
    for (const stop of ears.stops) await stop()
    world.close()
    await app.close()
    await door.close()
  }
  return { world, app, io, files, ...door, ...ears, pass, close }
}

type Process = Parameters<typeof newsOf>[0]

async function openDoor(settings: Settings, now: () => Date) {
  const process = { db: {} } as Process
  const [calls, verdicts]: [RawRequest[], string[]] = [[], []]
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const query = Object.fromEntries(new URL(incoming.url!, 'http://a').searchParams)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, query, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const said = wecom.verify(request, settings, now())
    calls.push(request)
    verdicts.push(said.verdict)
    if (said.verdict === 'answer' && said.news !== undefined) tellNews(process, '1', said.news)
    reply.writeHead(said.verdict === 'reject' ? 401 : 200).end(said.verdict === 'reject' ? '' : said.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  async function closeDoor() {
    server.closeAllConnections()
    await new Promise(done => server.close(done))
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`
  return { process, url, calls, verdicts, close: closeDoor }
}

function listening(io: Io<Settings>, process: Process) {
  const [pages, events]: [RawRequest[], InboundEvent[]] = [[], []]
  const waiting: (() => void)[] = []
  const stops: (() => Promise<void>)[] = []
  const cursor: { value: unknown } = { value: undefined }
  const deliver = async (request: RawRequest) => {
    pages.push(request)
    events.push(...wecom.parse(request))
    for (const wake of waiting.splice(0)) wake()
  }
  async function listen() {
    const end = new AbortController()
    let connected = () => {}
    const stands = new Promise<void>(done => {
      connected = done
    })
    const on: Listening<Settings> = {
      io,
      deliver,
      signal: end.signal,
      connected: () => connected(),
      news: ms => newsOf(process, '1', { ms, signal: end.signal }),
      cursor: {
        get: async () => cursor.value,
        set: async value => {
          cursor.value = value
        },
      },
    }
    const ended = wecom.listen!(on).then(
      () => 'stopped',
      (error: Error) => `${error.constructor.name}: ${error.message}`,
    )
    const stop = async () => {
      end.abort()
      await ended
    }
    stops.push(stop)
    await Promise.race([stands, ended])
    return { ended, stop }
  }
  async function heard<T extends InboundEvent['type']>(type: T, count = 1) {
    const found = () => events.filter(event => event.type === type) as Extract<InboundEvent, { type: T }>[]
    while (found().length < count) await new Promise<void>(done => waiting.push(done))
    return found()
  }
  return { pages, events, heard, cursor, listen, stops }
}

/** Somebody who wrote, so that the business may answer; and a listener that heard it. */
export async function inTouch(more: Partial<Settings> = {}): Promise<Stage> {
  const stage = await openStage(more)
  assert.equal((await wecom.setup!(stage.url, stage.io)).ok, true)
  assert.equal(await enterCallback(stage.url, stage.world), true)
  await stage.listen()
  await writes(stage)
  return stage
}

/** The customer writes again, and the business may answer five times. */
export async function writes(stage: Stage): Promise<void> {
  stage.events.length = 0
  stage.world.act(mei.id, { do: 'text', text: 'go on' })
  await stage.heard('message')
  stage.events.length = 0
}
