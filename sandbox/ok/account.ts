import type { Json } from '../../src/channels/kit.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

/** What OK remembers of a subscription beside its address. */
interface Subscription {
  url: string
  time: number
  types: string[] | undefined
}

const subscriptions = new WeakMap<World, Subscription[]>()

/** Gone with a restart of the sandbox, whose webhook then takes everything. */
export function subscriptionsOf(world: World): Subscription[] {
  const known = subscriptions.get(world) ?? []
  subscriptions.set(world, known)
  return known
}

export const chatOf = (person: Person): string => `chat:C${BigInt(person.id.replace(/\D/g, '') || 0).toString(16)}`
export const personIn = (chat: string, world: World): Person | undefined =>
  [...world.people.values()].find(person => chatOf(person) === chat)

export const nextMid = (person: Person, world: World): string =>
  `${chatOf(person).replace('chat:', 'mid:')}.${(0x15c_f1c2_0000 + world.next()).toString(16)}`

export const secretOf = (world: World): string => world.account.secret
export const mayWrite = (person: Person): boolean => !person.blocked && person.wroteAt !== undefined

/** `seq` is a number beyond 2^53. */
const wireJson = (value: unknown): string => JSON.stringify(value).replace(/"seq":"(\d+)"/g, '"seq":$1')
export const nextSeq = (world: World): string => String(98_211_023_614_180_001n + BigInt(world.next()) * 3n)

/** Tells the business, if it asked for this kind of event. */
export function tell(webhookType: string, fields: Json, at: { person: Person; world: World }): void {
  const { person, world } = at
  const types = subscriptionsOf(world).find(one => one.url === world.webhookUrl)?.types
  if (types && !types.includes(webhookType)) return
  const sender = { user_id: `user:${person.id}`, name: person.name }
  const recipient = { chat_id: chatOf(person) }
  world.emit(webhookType, wireJson({ webhookType, sender, recipient, ...fields, timestamp: world.now().getTime() }))
}
