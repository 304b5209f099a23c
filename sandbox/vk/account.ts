import { type Json, parseJson, text } from '../../src/channels/kit.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'

export interface Server {
  id: string
  title: string
  url: string
  secret: string
  status: 'ok' | 'failed'
  events: Set<string> | undefined
}

/** What a community remembers beside its people and messages; gone with a restart, as the keys of a long poll are. */
export interface Community {
  servers: Server[]
  longPoll: LongPoll
  /** Presses of callback buttons that nobody has answered yet. */
  presses: Set<string>
}

export interface LongPoll {
  events: Set<string> | undefined
  enabled: boolean
  key: string
  /** The `ts` of the first update that is still there. */
  first: number
  updates: Json[]
  /** Questions that wait for the next update. */
  waiting: (() => void)[]
}

const communities = new WeakMap<World, Community>()

export function communityOf(world: World): Community {
  const known = communities.get(world)
  if (known) return known
  const longPoll = { events: undefined, enabled: false, key: newKey(world), first: 1, updates: [], waiting: [] }
  const fresh: Community = { servers: [], longPoll, presses: new Set() }
  communities.set(world, fresh)
  return fresh
}

export const newKey = (world: World): string => Buffer.from(`key-${world.account.id}-${world.next()}`).toString('hex')

export const groupOf = (world: World): number => Number(world.account.id)
export const secretOf = (world: World): string => world.account.secret.replace(/\W/g, '')
export const confirmationOf = (world: World): string => (Number(world.account.id) * 7919).toString(16).slice(-8)

/** A bubble that remembers what VK keeps of its message, over restarts too. */
export type Said = Bubble & { random?: number; buttons?: Json[] }

/** Messages are counted within a peer. */
export function nextCmid(peer: string, world: World): number {
  const numbers = world.bubbles.map(({ id }) => Number(id.startsWith(`${peer}:`) ? id.slice(peer.length + 1) : 0))
  return Math.max(0, ...numbers) + 1
}

export const cmidOf = (id: string): number => Number(id.split(':')[1])
export const seconds = (world: World): number => Math.floor(world.now().getTime() / 1000)
export const mayWrite = (person: Person): boolean => !person.blocked && person.wroteAt !== undefined

/** Tells whoever asked: by Callback API, by Long Poll, or both. */
export function tell(type: string, object: Json, world: World): void {
  const { servers, longPoll } = communityOf(world)
  const event_id = Buffer.from(`event-${world.account.id}-${world.next()}`).toString('hex').slice(-40)
  const update = { group_id: groupOf(world), type, event_id, v: '5.199', object }
  if (longPoll.enabled && (longPoll.events?.has(type) ?? true)) {
    longPoll.updates.push(update)
    for (const wake of longPoll.waiting.splice(0)) wake()
  }
  const server = servers.find(one => one.url === world.webhookUrl)
  const wanted = server ? (server.events?.has(type) ?? type === 'message_new') : !longPoll.enabled
  if (wanted) world.emit(type, JSON.stringify({ ...update, secret: server?.secret ?? secretOf(world) }))
}

/** JSON that may be broken. */
export function jsonIn(value: unknown): unknown {
  try {
    return parseJson(text(value) ?? '')
  } catch {
    return undefined
  }
}
