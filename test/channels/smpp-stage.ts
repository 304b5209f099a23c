import { centreOf } from '../../sandbox/smpp/centre.ts'
import { smppWire } from '../../sandbox/smpp.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { InboundEvent, Io, Outgoing, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { smpp } from '../../src/channels/smpp/index.ts'
import type { Settings } from '../../src/channels/smpp/settings.ts'
import { createIo } from './io.ts'

export const anna = { id: 'anna', name: 'Anna', phone: '358401234567', language: 'fi', blocked: false }
export const to: Outgoing = { address: address(anna.phone), key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }

export interface Stage {
  world: World
  io: Io<Settings>
  /** Another connection with other settings. */
  ioWith(settings: Partial<Settings>): Io<Settings>
  say(text: string, more?: Partial<Outgoing>): Promise<SendResult>
  close(): Promise<void>
}

/** A message centre on a port of its own, and an account with it. */
export async function openStage(settings: Partial<Settings> = {}): Promise<Stage> {
  const world = createWorld(smppWire, { name: 'Rowan & Rye', people: [anna], haste: 1000 })
  const centre = await smppWire.serve!(world)
  const ios: Io<Settings>[] = []
  const ioWith = (more: Partial<Settings>) => {
    const io = createIo(smpp.settings.parse({ ...smppWire.settings(world), ...settings, ...more }))
    ios.push(io)
    return io
  }
  const io = ioWith({})
  return {
    world,
    io,
    ioWith,
    say: (text, more) => smpp.send({ type: 'text', text }, { ...to, ...more }, io),
    async close() {
      for (const one of ios) for (const name of ['session', 'transmitter', 'receiver']) await one.drop(name)
      await centre.close()
      world.close()
    },
  }
}

/** What outlives a restart of the business. */
export interface Storage {
  requests: RawRequest[]
  cursor: unknown
  /** So many next deliveries cannot be stored. */
  broken: number
}
export const storage = (): Storage => ({ requests: [], cursor: undefined, broken: 0 })

type Of<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** A business that listens, and writes down what it is handed. */
export function listenTo(io: Io<Settings>, kept: Storage = storage()) {
  const stop = new AbortController()
  const waiting: (() => void)[] = []
  let stands: () => void
  const connected = new Promise<void>(done => {
    stands = done
  })
  const ended = smpp.listen!({
    io,
    signal: stop.signal,
    news: async () => {},
    connected: () => stands(),
    cursor: {
      get: async () => structuredClone(kept.cursor),
      set: async value => {
        kept.cursor = structuredClone(value)
      },
    },
    async deliver(request) {
      if (kept.broken > 0) {
        kept.broken--
        throw new Error('no database')
      }
      kept.requests.push(request)
      for (const go of waiting.splice(0)) go()
    },
  }).then(
    () => 'stopped',
    error => (error as Error).message,
  )
  /** Each event once, as the database keeps it. */
  const events = () => [...new Map(kept.requests.flatMap(smpp.parse).map(e => [e.id, e])).values()]
  return {
    kept,
    connected,
    ended,
    events,
    async heard<T extends InboundEvent['type']>(type: T, count = 1): Promise<Of<T>[]> {
      const found = () => events().filter(event => event.type === type) as Of<T>[]
      while (found().length < count) await new Promise<void>(go => waiting.push(go))
      return found()
    },
    /** What is told of one message of ours. */
    async receipt(of: string): Promise<Of<'receipt'>> {
      for (;;) {
        const found = events().find(event => event.type === 'receipt' && event.of === of)
        if (found) return found as Of<'receipt'>
        await new Promise<void>(go => waiting.push(go))
      }
    },
    async stop(): Promise<void> {
      stop.abort()
      await ended
    },
  }
}

export const wordsOf = (event: InboundEvent): string =>
  event.type === 'message' ? event.parts.map(p => (p.type === 'text' ? p.text : p.type)).join('|') : ''

/** Resolves when the centre has nothing left to give. */
export async function emptied(world: World): Promise<void> {
  const { waiting, binds } = centreOf(world)
  while (waiting.length || [...binds].some(bind => bind.outstanding.size)) await new Promise(go => setImmediate(go))
}
