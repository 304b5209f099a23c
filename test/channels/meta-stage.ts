import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Person, Wire } from '../../sandbox/wire.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, Outgoing, Piece, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { createIo, type TestFile } from './io.ts'

export const liza: Person = {
  id: '7412098365021177',
  name: 'Liza Santos',
  username: 'liza.s',
  phone: '639175550112',
  language: 'en',
  blocked: false,
}
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

type Of<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** One of Meta's messengers, a business that hears it, and the adapter between them. */
export interface Stage<S> {
  world: World
  io: Io<S>
  files: Map<string, TestFile>
  hookUrl: string
  requests: RawRequest[]
  verdicts: string[]
  events: InboundEvent[]
  /** Does something, then waits for an event of this type that came of it. */
  heard<T extends InboundEvent['type']>(type: T, deed: () => void): Promise<Of<T>>
  /** Waits until so many events of the type are there. */
  count<T extends InboundEvent['type']>(type: T, count: number): Promise<Of<T>[]>
  send(piece: Piece, more?: Partial<Outgoing>): Promise<SendResult>
  at(settings: Partial<S>): Io<S>
  close(): Promise<void>
}

interface Options {
  now?: () => Date
}

export async function metaStage<S>(adapter: Adapter<S>, wire: Wire, { now }: Options = {}): Promise<Stage<S>> {
  const world = createWorld(wire, { name: 'Rowan & Rye', people: [liza], haste: 100, ...(now && { now }) })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  world.baseUrl = baseUrl
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl })
  const files = new Map([['/m/1', { bytes: new Uint8Array(png), mime: 'image/png', name: 'boots.png' }]])
  const io = () => createIo(settings, { files, now: world.now() })
  const business = await listen(adapter, settings)
  const outgoing = (more: Partial<Outgoing>): Outgoing => ({ address: address(liza.id), key: 'k1', ...more })
  return {
    ...business,
    world,
    io: io(),
    files,
    send: (piece, more = {}) => adapter.send(piece, outgoing(more), io()),
    at: more => createIo({ ...settings, ...more }, { files, now: world.now() }),
    async close() {
      world.close()
      await business.close()
      await app.close()
    },
  }
}

async function listen<S>(adapter: Adapter<S>, settings: S) {
  const [requests, verdicts, events]: [RawRequest[], string[], InboundEvent[]] = [[], [], []]
  const waiting: (() => void)[] = []
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const query = Object.fromEntries(new URL(incoming.url!, 'http://x').searchParams)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, query, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const verdict = adapter.verify(request, settings, new Date())
    if (request.method === 'POST') requests.push(request)
    if (request.method === 'POST') verdicts.push(verdict.verdict)
    if (verdict.verdict === 'accept') events.push(...adapter.parse(request))
    reply.writeHead(verdict.verdict === 'reject' ? 401 : 200).end(verdict.verdict === 'answer' ? verdict.body : '')
    for (const again of waiting.splice(0)) again()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const count = async (type: InboundEvent['type'], wanted: number, from = 0) => {
    const found = () => events.slice(from).filter(event => event.type === type) as never[]
    while (found().length < wanted) await new Promise<void>(done => waiting.push(done))
    return found()
  }
  return {
    requests,
    verdicts,
    events,
    hookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`,
    count,
    async heard(type: InboundEvent['type'], deed: () => void) {
      const from = events.length
      deed()
      return (await count(type, 1, from))[0]!
    },
    async close() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}
