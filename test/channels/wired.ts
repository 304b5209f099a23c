import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Person, Wire } from '../../sandbox/wire.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, RawRequest } from '../../src/channels/contract.ts'
import { createIo, type IoOptions } from './io.ts'

type Of<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** A simulated provider that listens, and a business that verifies and parses what it is told. */
export async function wired<S>(wire: Wire, adapter: Adapter<S>, people: Person[]) {
  const world = createWorld(wire, { name: 'Rowan & Rye', people, haste: 1000 })
  const app = Fastify({ bodyLimit: 100_000_000 })
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl: world.baseUrl })
  const business = await openBusiness(adapter, settings)
  const io = (options?: IoOptions): Io<S> => createIo(settings, options)
  const close = async () => {
    world.close()
    await app.close()
    await business.close()
  }
  return { world, settings, business, io, close }
}

async function openBusiness<S>(adapter: Adapter<S>, settings: S) {
  const [requests, verdicts, events]: [RawRequest[], string[], InboundEvent[]] = [[], [], []]
  const listeners: (() => void)[] = []
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, query: {}, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const { verdict } = adapter.verify(request, settings, new Date())
    requests.push(request)
    verdicts.push(verdict)
    if (verdict === 'accept') events.push(...adapter.parse(request))
    reply.writeHead(verdict === 'accept' ? 200 : 401).end()
    for (const listener of listeners.splice(0)) listener()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const change = () => new Promise<void>(done => listeners.push(done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`,
    requests,
    verdicts,
    events,
    /** Events of a type, once there are so many. */
    async heard<T extends InboundEvent['type']>(type: T, count = 1): Promise<Of<T>[]> {
      const found = () => events.filter(event => event.type === type) as Of<T>[]
      while (found().length < count) await change()
      return found()
    },
    /** Resolves when so many webhooks have come since the beginning. */
    async called(count: number): Promise<void> {
      while (requests.length < count) await change()
    },
    forget: () => void events.splice(0),
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}
