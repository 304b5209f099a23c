import { randomBytes } from 'node:crypto'
import { type Json, text } from '../../src/channels/kit.ts'
import { logoUrl } from '../faces.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

interface Subscription {
  url: string
  time: number
  update_types: string[] | null
  secret?: string
}

/** What MAX remembers of a bot beside its people and messages. */
interface Kept {
  subscriptions: Subscription[]
  /** Addresses that were given for one upload each, by their token. */
  offered: Map<string, string>
  /** How often an upload is still refused as not ready, by its token. */
  converting: Map<string, number>
  /** How often each new upload is refused before it is ready. */
  slowness: number
  /** Presses, by the message whose button it was and what was shown to the customer for a moment. */
  pressed: Map<string, { bubble: string; shown?: string }>
  /** The chats in which the bot was seen typing. */
  typed: string[]
}

const kept = new WeakMap<World, Kept>()

export function keptOf(world: World): Kept {
  const known = kept.get(world)
  if (known) return known
  const fresh: Kept = {
    subscriptions: [],
    offered: new Map(),
    converting: new Map(),
    slowness: 0,
    pressed: new Map(),
    typed: [],
  }
  kept.set(world, fresh)
  return fresh
}

/** Eight hours without an answer: MAX ends the subscription and tells nobody. */
export function lapse(world: World): void {
  keptOf(world).subscriptions = []
  world.webhookUrl = undefined
}

/** A person whose id is negative is a group chat with one member. */
export const isGroup = (person: Person): boolean => person.id.startsWith('-')
export const chatOf = (person: Person): string => (isGroup(person) ? person.id : `16${person.id}`)
const userIdOf = (person: Person): string => (isGroup(person) ? person.id.slice(-9) : person.id)

export const personOf = (world: World, at: { chat?: string; user?: string }): Person | undefined =>
  [...world.people.values()].find(p => (at.chat ? chatOf(p) === at.chat : !isGroup(p) && p.id === at.user))

export const botOf = (world: World) => ({
  user_id: world.account.id,
  first_name: world.account.name,
  last_name: null,
  username: `id7701${world.account.id}_bot`,
  name: world.account.name,
  is_bot: true,
  last_activity_time: world.now().getTime(),
  avatar_url: logoUrl(world),
})

export function userOf(person: Person, world: World) {
  const name = isGroup(person) ? 'Кто-то' : person.name
  return {
    user_id: userIdOf(person),
    first_name: name,
    last_name: null,
    username: person.username ?? null,
    name,
    is_bot: false,
    last_activity_time: world.now().getTime(),
  }
}

export const recipientOf = (person: Person, userId: string | null) => ({
  chat_id: chatOf(person),
  chat_type: isGroup(person) ? 'chat' : 'dialog',
  user_id: isGroup(person) ? null : userId,
  post_id: null,
})

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

export const messageId = (world: World): string => `mid.${hex(world.next(), 16)}${hex(world.now().getTime(), 16)}`

/** Beyond 2^53, and growing with time. */
export const seqOf = (at: number, id: string): string =>
  String((BigInt(at) << 16n) + (BigInt(`0x${id.slice(4, 20)}`) & 0xffffn))

export const newToken = (): string => randomBytes(24).toString('base64url')

/** JSON in which ids are numbers, however large, as MAX writes them. */
export const wireJson = (value: unknown): string =>
  JSON.stringify(value).replace(/"(user_id|chat_id|seq|owner_id|inviter_id)":"(-?\d+)"/g, '"$1":$2')

/** Tells the business, if it is subscribed to this kind of update. */
export function tell(update_type: string, fields: Json, at: { person: Person; world: World }): void {
  const { person, world } = at
  const types = keptOf(world).subscriptions[0]?.update_types
  if (types && !types.includes(update_type)) return
  const update = { update_type, timestamp: world.now().getTime(), ...fields }
  world.emit(update_type, wireJson(text(person.language) ? { ...update, user_locale: person.language } : update))
}
