import type { Act, Person, Wire } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'
import type { Adapter, InboundEvent, Io, Outgoing, Piece, RawRequest, SendResult } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { smsGateway } from '../../src/channels/sms-gateway/index.ts'
import type { Settings as GatewaySettings } from '../../src/channels/sms-gateway/settings.ts'
import { createIo } from './io.ts'
import { hearing, type Of, openDoor, openWorld, png } from './wired.ts'

export const anna: Person = { id: 'anna', name: 'Anna', phone: '358401234567', language: 'fi', blocked: false }
export const joe: Person = { id: 'joe', name: 'Joe', phone: '15551230001', language: 'en', blocked: false }

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
  receipts(of: string): Promise<Of<'receipt'>[]>
  close(): Promise<void>
}

export async function openStage<S>(wire: Wire, adapter: Adapter<S>, more: object = {}): Promise<Stage<S>> {
  const { world, close: closeWorld } = await openWorld(wire, { people: [anna, joe] })
  const settings = adapter.settings.parse({ ...wire.settings(world), baseUrl: world.baseUrl, ...more })
  const { arrived, change, origin, close: closeDoor } = await receiver(adapter, settings)
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
        arrived.flatMap(a => a.events).filter(e => e.type === 'receipt' && e.of === of) as Of<'receipt'>[]
      while (!heard().some(({ status }) => status === 'delivered' || status === 'failed')) await change()
      await world.settled()
      return heard()
    },
    async close() {
      await closeWorld()
      await closeDoor()
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

async function receiver<S>(adapter: Adapter<S>, settings: S) {
  const arrived: Arrived[] = []
  const { hear, change } = hearing()
  const { origin, close } = await openDoor(request => {
    if (request.url.endsWith('/files/gone')) return { status: 404 }
    if (request.url.includes('/files/')) return { status: 200, headers: { 'content-type': 'image/png' }, body: png }
    const verdict = adapter.verify(request, settings, new Date())
    const events = verdict.verdict === 'accept' ? adapter.parse(request) : []
    arrived.push({ request, verdict: verdict.verdict, body: Buffer.from(request.body).toString(), events })
    hear(events)
    const status = verdict.verdict === 'reject' ? (verdict.status ?? 401) : 200
    return { status, body: verdict.verdict === 'accept' ? verdict.body : '' }
  })
  return { arrived, change, origin, close }
}
