import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Act, Person, Wire } from '../../sandbox/wire.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, Outgoing, Piece, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { smsGateway } from '../../src/channels/sms-gateway/index.ts'
import type { Settings as GatewaySettings } from '../../src/channels/sms-gateway/settings.ts'
import { createIo } from './io.ts'

export const anna: Person = { id: 'anna', name: 'Anna', phone: '358401234567', language: 'fi', blocked: false }
export const joe: Person = { id: 'joe', name: 'Joe', phone: '15551230001', language: 'en', blocked: false }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

export interface Arrived {
  request: RawRequest & { url: string }
  verdict: string
  body: string
  events: InboundEvent[]
}

/** A simulated account, a business that receives its webhooks, and the adapter between them. */
export interface Stage<S> {
  world: World
  settings: S
  io: Io<S>
  hookUrl: string
  arrived: Arrived[]
  /** Where the simulator hands out a file of ours. */
  link: string
  send(piece: Piece, to: string, key?: string): Promise<SendResult>
  /** What this act makes the business hear, once everything has arrived. */
  told(act: Act, by?: Person): Promise<InboundEvent[]>
  /** What the business heard of a message of ours, once everything has arrived. */
  receipts(of: string): Promise<Extract<InboundEvent, { type: 'receipt' }>[]>
  close(): Promise<void>
}

export async function openStage<S>(wire: Wire, adapter: Adapter<S>, more: object = {}): Promise<Stage<S>> {
  const world = createWorld(wire, { name: 'Rowan & Rye', people: [anna, joe], haste: 100 })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = baseUrl
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl, ...more })
  const arrived: Arrived[] = []
  const business = receiver(adapter, settings, arrived)
  await new Promise<void>(done => business.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(business.address() as AddressInfo).port}`
  const hookUrl = `${origin}/hooks/1`
  const link = `${origin}/files/a.png`
  const io = { ...createIo(settings, { linkTo: () => link }), webhookUrl: hookUrl }
  const since = async (act: () => void) => {
    const before = arrived.length
    act()
    await world.settled()
    return arrived
      .slice(before)
      .filter(a => a.verdict === 'accept')
      .flatMap(a => a.events)
  }
  return {
    world,
    settings,
    io,
    hookUrl,
    arrived,
    link,
    send: (piece, to, key = 'k1') => adapter.send(piece, outgoing(to, key), io),
    told: (act, by = anna) => since(() => world.act(by.id, act)),
    async receipts(of) {
      const heard = () =>
        arrived.flatMap(a => a.events).filter(e => e.type === 'receipt' && e.of === of) as Extract<
          InboundEvent,
          { type: 'receipt' }
        >[]
      while (!heard().some(({ status }) => status === 'delivered' || status === 'failed')) await once(business)
      await world.settled()
      return heard()
    },
    async close() {
      world.close()
      business.closeAllConnections()
      await new Promise(done => business.close(done))
      await app.close()
    },
  }
}

/** The SMS gateway as the door hands it on: `parse` gets what `verify` opened. */
export function behindTheDoor(): Adapter<GatewaySettings> {
  let opened: Uint8Array | undefined
  return {
    ...smsGateway,
    verify(request, settings, now) {
      const said = smsGateway.verify(request, settings, now)
      opened = said.verdict === 'accept' ? said.opened : undefined
      return said
    },
    parse: request => smsGateway.parse(opened ? { ...request, body: opened } : request),
  }
}

export const outgoing = (to: string, key = 'k1'): Outgoing => ({ address: address(to), key })

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

type Server = ReturnType<typeof createServer>
const once = (server: Server) => new Promise<void>(done => server.once('taken', () => done()))

function receiver<S>(adapter: Adapter<S>, settings: S, arrived: Arrived[]): Server {
  const server = createServer(async (incoming, reply) => {
    if (incoming.url!.startsWith('/files/')) {
      const name = incoming.url!.split('/').at(-1)!
      if (name === 'gone') return void reply.writeHead(404).end()
      return void reply.writeHead(200, { 'content-type': 'image/png' }).end(png)
    }
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const url = `http://${incoming.headers.host}${incoming.url}`
    const request = {
      method: incoming.method!,
      url,
      query: Object.fromEntries(new URL(url).searchParams),
      headers: incoming.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    }
    const verdict = adapter.verify(request, settings, new Date())
    const events = verdict.verdict === 'accept' ? adapter.parse(request) : []
    arrived.push({ request, verdict: verdict.verdict, body: request.body.toString(), events })
    const status = verdict.verdict === 'reject' ? (verdict.status ?? 401) : 200
    reply.writeHead(status).end(verdict.verdict === 'accept' ? verdict.body : '')
    server.emit('taken')
  })
  return server
}
