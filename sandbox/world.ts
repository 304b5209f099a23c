import { EventEmitter } from 'node:events'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Faults, noFaults, spend, tooMany } from './faults.ts'
import { createPost, type Letter, type Post } from './post.ts'
import type { Act, Bubble, Person, Wire } from './wire.ts'

export interface StoredFile {
  id: string
  bytes: Uint8Array
  mime: string
  name: string
}

export interface LogLine {
  at: number
  way: 'in' | 'out'
  what: string
  result: string
}

/** One simulated account at one simulated provider: its people, their phones, files, faults and the log of the wire. */
export interface World {
  wire: Wire
  /** Stable credentials and ids, seeded by name, so that a restart of the sandbox keeps them. */
  account: { id: string; token: string; secret: string; name: string }
  people: Map<string, Person>
  /** All bubbles in the order the phones show them. */
  bubbles: Bubble[]
  files: Map<string, StoredFile>
  faults: Faults
  log: LogLine[]
  /** Where webhooks go; undefined until the business has registered it. Setting it sends what waited. */
  webhookUrl: string | undefined
  /** Where this account's API can be reached; set when it is mounted. */
  baseUrl: string
  /** Divides the provider's retry pauses; 1 is life-like. */
  haste: number
  now: () => Date
  random: () => number
  /** Counts up for ever: make ids from it. */
  next: () => number
  /** Queues one webhook event; faults, signing and repetition until 2xx happen on the way. */
  emit: (what: string, event: unknown) => void
  /** Nothing queued, nothing in flight. */
  settled: () => Promise<void>
  show: (bubble: Bubble) => void
  bubble: (id: string) => Bubble | undefined
  change: (id: string, fields: Partial<Bubble>) => void
  /** 'bubble', 'person', 'log' events for the screens. */
  events: EventEmitter
  act: (personId: string, act: Act) => void
  mount: (app: FastifyInstance, baseUrl: string) => void
  /** What must outlive a restart; file bytes apart. */
  memory: () => Memory
  /** Resolves when everything so far would outlive a kill; at once where nobody keeps the world. */
  kept: () => Promise<void>
  close: () => void
}

/** A world in a file: `post` are the events the business has not taken yet. */
export interface Memory {
  counter: number
  webhookUrl?: string
  people: Person[]
  bubbles: Bubble[]
  log: LogLine[]
  post: Letter[]
}

/** Numbers a kill may have lost between the last memory and the end: they are skipped, so that no id comes twice. */
const skipped = 1000

export interface WorldOptions {
  name: string
  people: Person[]
  haste?: number
  now?: () => Date
  random?: () => number
  firstNumber?: number
  /** What a world of the same name remembered before the restart. */
  memory?: Memory
}

export function createWorld(wire: Wire, options: WorldOptions): World {
  const { memory } = options
  let counter = memory ? memory.counter + skipped : (options.firstNumber ?? 1000)
  let webhookUrl = memory?.webhookUrl
  /** The bubble of the act that is going on. */
  let said: string | undefined
  const bubbles = memory?.bubbles ?? []
  const byId = new Map(bubbles.map(b => [b.id, b]))
  const seed = [...`${wire.kind}:${options.name}`].reduce((n, c) => (Math.imul(n, 31) + c.charCodeAt(0)) >>> 0, 7)
  const world: World = {
    wire,
    account: {
      id: String(100000000 + (seed % 800000000)),
      token: `${wire.kind}-token-${seed.toString(36)}`,
      secret: `${wire.kind}-secret-${seed.toString(36)}`,
      name: options.name,
    },
    people: new Map([...options.people, ...(memory?.people ?? [])].map(p => [p.id, { ...p }])),
    bubbles,
    files: new Map(),
    faults: noFaults(),
    log: memory?.log ?? [],
    get webhookUrl() {
      return webhookUrl
    },
    set webhookUrl(url) {
      webhookUrl = url
      post.wake()
    },
    baseUrl: '',
    haste: options.haste ?? 1,
    now: options.now ?? (() => new Date()),
    random: options.random ?? Math.random,
    next: () => ++counter,
    emit: (what, event) => post.emit(what, event, said),
    settled: () => post.settled(),
    show(bubble) {
      if (bubble.from === 'customer') {
        bubble.ticks ??= 'sent'
        said = bubble.id
      }
      world.bubbles.push(bubble)
      byId.set(bubble.id, bubble)
      world.events.emit('bubble', bubble)
    },
    bubble: id => byId.get(id),
    change(id, fields) {
      const bubble = byId.get(id)
      if (!bubble) return
      Object.assign(bubble, fields)
      world.events.emit('bubble', bubble)
    },
    events: new EventEmitter().setMaxListeners(0),
    act(personId, act) {
      const person = world.people.get(personId)
      if (!person) throw new Error(`${wire.kind}: nobody here is called ${personId}`)
      said = undefined
      wire.act(act, person, world)
      said = undefined
    },
    mount(app, baseUrl) {
      world.baseUrl = baseUrl
      app.addHook('preHandler', (request, reply) => orderedFault(request, reply, world))
      app.addHook('onSend', async (request, reply, payload) => {
        const lost = (request as { lost?: true }).lost
        logLine(world, { way: 'in', what: called(request), result: lost ? 'no answer' : String(reply.statusCode) })
        if (request.method === 'POST') await world.kept()
        if (lost) reply.raw.destroy()
        return payload
      })
      wire.routes(app, world)
    },
    memory: () => ({
      counter,
      ...(webhookUrl && { webhookUrl }),
      people: [...world.people.values()],
      bubbles: world.bubbles,
      log: world.log.slice(-100),
      post: post.pending(),
    }),
    kept: async () => undefined,
    close: () => post.close(),
  }
  const post: Post = createPost(world, memory?.post)
  return world
}

/** Runs before the provider's own handler. A lost answer lets the handler work and cuts the line afterwards. */
async function orderedFault(
  request: FastifyRequest,
  reply: FastifyReply,
  world: World,
): Promise<FastifyReply | undefined> {
  const { faults } = world
  if (faults.slowMs) await new Promise(r => setTimeout(r, faults.slowMs))
  if (faults.token) return world.wire.refuse.token(reply, world)
  if (tooMany(faults, world.now().getTime())) return world.wire.refuse.rate(reply, world)
  if (spend(faults, 'down')) return world.wire.refuse.down(reply, world)
  if (request.method === 'POST' && spend(faults, 'loseAnswer')) (request as { lost?: true }).lost = true
  return undefined
}

/** `POST messages, text`: the call as the log names it. Never the rest of the path, which may hold a token. */
function called(request: FastifyRequest): string {
  const place = request.url.split('?')[0]!.split('/').at(-1)
  const type = (request.body as { type?: unknown } | null | undefined)?.type
  return `${request.method} ${place}${typeof type === 'string' ? `, ${type}` : ''}`
}

export function logLine(world: World, line: Omit<LogLine, 'at'>): void {
  const full = { ...line, at: world.now().getTime() }
  world.log.push(full)
  if (world.log.length > 500) world.log.splice(0, 100)
  world.events.emit('log', full)
}
