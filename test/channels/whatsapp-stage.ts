import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { whatsappWire } from '../../sandbox/whatsapp/index.ts'
import type { Person } from '../../sandbox/wire.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { InboundEvent, Io, Outgoing, Piece, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address, externalId } from '../../src/channels/kit.ts'
import { whatsapp } from '../../src/channels/whatsapp/index.ts'
import { type Settings, settings } from '../../src/channels/whatsapp/settings.ts'
import { createIo, type TestFile } from './io.ts'

export const people: Person[] = [
  { id: 'ana', name: 'Ana Ünlü', phone: '4915112345678', language: 'de', blocked: false },
  { id: 'kim', name: 'Kim 🌙', username: 'kim.moon', phone: '447700900111', language: 'en', blocked: false },
  { id: 'joe', name: 'Joe', phone: '15551230001', language: 'en', blocked: false },
]

export interface Arrived {
  request: RawRequest
  verdict: string
  events: InboundEvent[]
}

/** A simulated account, a business that receives its webhooks, and the adapter between them. */
export interface Stage {
  world: World
  io: Io<Settings>
  files: Map<string, TestFile>
  arrived: Arrived[]
  /** What the business has been told so far, accepted and parsed. */
  events: () => InboundEvent[]
  send: (piece: Piece, to: string, replyTo?: string) => Promise<SendResult>
  hookUrl: string
  close: () => Promise<void>
}

export async function stage(options: { now?: () => Date; hooked?: 'no' } = {}): Promise<Stage> {
  const world = createWorld(whatsappWire, {
    name: 'shop',
    people,
    haste: 100,
    ...(options.now && { now: options.now }),
  })
  const app = Fastify()
  world.mount(app, 'http://nowhere')
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = baseUrl
  const s = settings.parse({ ...whatsappWire.settings(world), baseUrl })
  const arrived: Arrived[] = []
  const business = receiver(s, arrived)
  await new Promise<void>(done => business.listen(0, '127.0.0.1', done))
  const hookUrl = `http://127.0.0.1:${(business.address() as AddressInfo).port}/hooks/1`
  if (options.hooked !== 'no') world.webhookUrl = hookUrl
  const files = new Map<string, TestFile>()
  const io = createIo(s, { files })
  return {
    world,
    io,
    files,
    arrived,
    hookUrl,
    events: () => arrived.filter(a => a.verdict === 'accept').flatMap(a => a.events),
    send: (piece, to, replyTo) => whatsapp.send(piece, outgoing(to, replyTo), io),
    close: () => close(world, app, business),
  }
}

export const outgoing = (to: string, replyTo?: string): Outgoing => ({
  address: address(to),
  key: 'key',
  ...(replyTo && { replyTo: externalId(replyTo) }),
})

async function close(world: World, app: FastifyInstance, business: Server) {
  world.close()
  business.closeAllConnections()
  business.close()
  await app.close()
}

function receiver(s: Settings, arrived: Arrived[]): Server {
  return createServer(async (incoming, outcome) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const request: RawRequest = {
      method: incoming.method!,
      query: Object.fromEntries(new URL(incoming.url!, 'http://x').searchParams),
      headers: incoming.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    }
    const verdict = whatsapp.verify(request, s, new Date())
    const events = verdict.verdict === 'accept' ? whatsapp.parse(request) : []
    if (request.method === 'POST') arrived.push({ request, verdict: verdict.verdict, events })
    const status = verdict.verdict === 'reject' ? (verdict.status ?? 401) : 200
    outcome.writeHead(status).end(verdict.verdict === 'answer' ? verdict.body : '')
  })
}

/** Waits for what the network brings: looks again until it is there. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 2000; tries++) {
    const found = look()
    if (found) return found
    await new Promise(done => setTimeout(done, 5))
  }
  throw new Error('what the test waited for did not come')
}
