import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Act, Person, Wire } from '../../sandbox/wire.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { createIo, type IoOptions, type TestFile } from './io.ts'

export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

export type Of<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** Why it was not sent, or `ok`. */
export const whyNot = (result: SendResult): string => (result.ok ? 'ok' : result.why)

interface Cast<S> {
  people: [Person, ...Person[]]
  /** The clock of the provider, and of the business when it looks at a signature. */
  now?: () => Date
  /** In place of what the simulator says is to be entered. */
  settings?: Partial<S>
}

/** A simulated provider that listens, and a business that verifies and parses what it is told. */
export async function wired<S>(wire: Wire, adapter: Adapter<S>, cast: Cast<S>) {
  const { world, close: closeWorld } = await openWorld(wire, cast)
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl: world.baseUrl, ...cast.settings })
  const business = await openBusiness(adapter, settings, cast.now ?? (() => new Date()))
  /** The files that the business has, for any `io` that is not given others. */
  const files = new Map<string, TestFile>()
  const io = (options?: IoOptions): Io<S> => createIo(settings, { files, ...options })
  /** The first event of this type that comes of what somebody does; everything heard before is forgotten. */
  async function told<T extends InboundEvent['type']>(act: Act, type: T, by = cast.people[0]): Promise<Of<T>> {
    business.forget()
    world.act(by.id, act)
    return (await business.heard(type))[0]!
  }
  async function close() {
    await closeWorld()
    await business.close()
  }
  return { world, settings, business, files, io, told, close }
}

/** Brings a stage to where a test begins. When that fails it is closed: nobody else has it, and it would listen for ever. */
export async function begun<S extends { close(): Promise<unknown> }>(
  stage: S,
  begin: (stage: S) => Promise<unknown>,
): Promise<S> {
  try {
    await begin(stage)
    return stage
  } catch (error) {
    await stage.close()
    throw error
  }
}

interface Provider {
  people: Person[]
  haste?: number
  now?: () => Date
}

/** A simulated provider that listens. */
export async function openWorld(wire: Wire, { people, haste = 1000, now }: Provider) {
  const world = createWorld(wire, { name: 'Rowan & Rye', people, haste, ...(now && { now }) })
  const app = Fastify({ bodyLimit: 100_000_000 })
  app.register(async scope => world.mount(scope, ''))
  world.baseUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  async function close() {
    world.close()
    // Somebody may still be asking for news.
    app.server.closeAllConnections()
    await app.close()
  }
  return { world, close }
}

async function openBusiness<S>(adapter: Adapter<S>, settings: S, now: () => Date) {
  const [requests, verdicts, answers]: [RawRequest[], string[], string[]] = [[], [], []]
  const { events, heard, hear, change } = hearing()
  /** Takes a request as the webhook door does, and says what it answers. */
  function take(request: RawRequest) {
    const said = adapter.verify(request, settings, now())
    const body = said.verdict === 'reject' ? '' : (said.body ?? '')
    requests.push(request)
    verdicts.push(said.verdict)
    answers.push(body)
    hear(said.verdict === 'accept' ? adapter.parse({ ...request, body: said.opened ?? request.body }) : [])
    return { status: said.verdict === 'reject' ? 401 : 200, body }
  }
  const { origin, close } = await openDoor(take)
  return {
    url: `${origin}/hooks/1`,
    requests,
    verdicts,
    answers,
    events,
    take,
    heard,
    /** Resolves when so many webhooks have come since the beginning. */
    async called(count: number): Promise<void> {
      while (requests.length < count) await change()
    },
    forget: () => void events.splice(0),
    close,
  }
}

/** What a business has heard, and how to wait for it. */
export function hearing() {
  const events: InboundEvent[] = []
  const waiting: (() => void)[] = []
  const change = () => new Promise<void>(done => waiting.push(done))
  return {
    events,
    change,
    hear(more: InboundEvent[]): void {
      events.push(...more)
      for (const wake of waiting.splice(0)) wake()
    },
    /** Events of a type, once there are so many among those that came after the first `from`. */
    async heard<T extends InboundEvent['type']>(type: T, count = 1, from = 0): Promise<Of<T>[]> {
      const found = () => events.slice(from).filter(event => event.type === type) as Of<T>[]
      while (found().length < count) await change()
      return found()
    },
  }
}

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string | Uint8Array | undefined
}

/** A server of the business: hands over each request whole, as Parley's own webhook door does. */
export async function openDoor(take: (request: RawRequest & { url: string }) => Answer) {
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const url = `http://${incoming.headers.host}${incoming.url}`
    const query = Object.fromEntries(new URL(url).searchParams)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, url, query, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const answer = take(request)
    reply.writeHead(answer.status, answer.headers).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise(done => server.close(done))
  }
  return { origin, close }
}

/** An address where nobody listens. */
export async function nowhere(): Promise<string> {
  const { origin, close } = await openDoor(() => ({ status: 500 }))
  await close()
  return origin
}
