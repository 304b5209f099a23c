import type { Person, Wire } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, Outgoing, Piece, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { createIo, type TestFile } from './io.ts'
import { hearing, type Of, openDoor, openWorld, png } from './wired.ts'

export const liza: Person = {
  id: '7412098365021177',
  name: 'Liza Santos',
  username: 'liza.s',
  phone: '639175550112',
  language: 'en',
  blocked: false,
}

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
  const { world, close: closeWorld } = await openWorld(wire, { people: [liza], ...(now && { now }) })
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl: world.baseUrl })
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
      await closeWorld()
      await business.close()
    },
  }
}

async function listen<S>(adapter: Adapter<S>, settings: S) {
  const [requests, verdicts]: [RawRequest[], string[]] = [[], []]
  const { events, heard, hear } = hearing()
  const { origin, close } = await openDoor(request => {
    const said = adapter.verify(request, settings, new Date())
    // The handshake is a GET.
    if (request.method === 'POST') requests.push(request)
    if (request.method === 'POST') verdicts.push(said.verdict)
    hear(said.verdict === 'accept' ? adapter.parse(request) : [])
    return said.verdict === 'reject'
      ? { status: 401 }
      : { status: 200, body: said.verdict === 'answer' ? said.body : '' }
  })
  return {
    requests,
    verdicts,
    events,
    hookUrl: `${origin}/hooks/1`,
    count: heard,
    async heard<T extends InboundEvent['type']>(type: T, deed: () => void) {
      const from = events.length
      deed()
      return (await heard(type, 1, from))[0]!
    },
    close,
  }
}
