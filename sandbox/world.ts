import { EventEmitter } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { type Faults, noFaults } from './faults.ts'
import { mount } from './mount.ts'
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
  /** What the business has set at the account beside messages (menus, greetings), in the provider's own shape. */
  profile: Record<string, unknown>
  faults: Faults
  log: LogLine[]
  /** Where webhooks go; undefined until the business has registered it. Setting it sends what waited. */
  webhookUrl: string | undefined
  /** The place from which the business's public address is called: the demo keeps such calls inside the machine. */
  reach: (url: string) => string
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
  /** 'bubble', 'person', 'profile', 'log' events for the screens. */
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
  profile?: Record<string, unknown>
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
  const world: World = {
    wire,
    account: accountOf(wire, options.name),
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
    ...surroundings(options),
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
    mount: (app, baseUrl) => mount(app, baseUrl, world),
    memory: () => memoryOf(world, { counter, post: post.pending() }),
    close: () => post.close(),
  }
  const post: Post = createPost(world, memory?.post)
  return world
}

/** Changes fields of the profile; `undefined` takes one away. */
export function setProfile(world: World, fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields))
    if (value === undefined) delete world.profile[name]
    else world.profile[name] = value
  world.events.emit('profile')
}

/** Seeded by name: the same after every restart. */
function accountOf({ kind }: Wire, name: string): World['account'] {
  const seed = [...`${kind}:${name}`].reduce((n, c) => (Math.imul(n, 31) + c.charCodeAt(0)) >>> 0, 7)
  const mark = seed.toString(36)
  const id = String(100000000 + (seed % 800000000))
  return { id, token: `${kind}-token-${mark}`, secret: `${kind}-secret-${mark}`, name }
}

const surroundings = ({ haste, now, random, memory }: WorldOptions) => ({
  profile: memory?.profile ?? {},
  haste: haste ?? 1,
  now: now ?? (() => new Date()),
  random: random ?? Math.random,
  kept: async () => undefined,
  reach: (url: string) => url,
})

const memoryOf = (world: World, { counter, post }: Pick<Memory, 'counter' | 'post'>): Memory => ({
  counter,
  ...(world.webhookUrl && { webhookUrl: world.webhookUrl }),
  people: [...world.people.values()],
  bubbles: world.bubbles,
  log: world.log.slice(-100),
  profile: world.profile,
  post,
})

export function logLine(world: World, line: Omit<LogLine, 'at'>): void {
  const full = { ...line, at: world.now().getTime() }
  world.log.push(full)
  if (world.log.length > 500) world.log.splice(0, 100)
  world.events.emit('log', full)
}
