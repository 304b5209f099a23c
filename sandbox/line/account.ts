import { createHmac } from 'node:crypto'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

/** What LINE remembers of an account beside its people and messages. Gone after a restart, as reply tokens are. */
interface Kept {
  replyTokens: Map<string, { chat: string; until: number }>
  /** What was answered to a retry key, and to which request. */
  accepted: Map<string, { request: string; messages: unknown[] }>
  /** How often a file still has to be asked for before it is converted. */
  converting: Map<string, number>
  /** Whether webhooks are switched on in the console. */
  active: boolean
  /** Messages left of the month's quota. */
  quota: number
}

const kept = new WeakMap<World, Kept>()

export function keptOf(world: World): Kept {
  const known = kept.get(world)
  if (known) return known
  const fresh: Kept = {
    replyTokens: new Map(),
    accepted: new Map(),
    converting: new Map(),
    active: true,
    quota: Number.POSITIVE_INFINITY,
  }
  kept.set(world, fresh)
  return fresh
}

const mark = (what: string, world: World): string =>
  createHmac('sha256', world.account.secret).update(what).digest('hex')

/** `U` and 32 hexadecimal digits. */
export const botId = (world: World): string => `U${mark('bot', world).slice(0, 32)}`

/** 18 digits, beyond 2^53. */
export const messageId = (world: World): string => String(461_230_966_842_000_000n + BigInt(world.next()) * 1009n)

/** Tokens are made from the message they belong to, so that they outlive a restart. */
export const quoteToken = (id: string, world: World): string => `q3Plxr4AgKd${mark(`quote ${id}`, world).slice(0, 20)}`
export const readToken = (id: string, world: World): string => `30yhdy232${mark(`read ${id}`, world).slice(0, 20)}`

const aMinute = 60_000

/** Good for one answer, within a minute. */
export function replyToken(person: Person, world: World): string {
  const token = mark(`reply ${world.next()}`, world).slice(0, 32)
  keptOf(world).replyTokens.set(token, { chat: person.id, until: world.now().getTime() + aMinute })
  return token
}

/** The chat that may be answered by it; nobody when it was used, is too old or never was one. */
export function spendReplyToken(token: string, world: World): Person | undefined {
  const { replyTokens } = keptOf(world)
  const found = replyTokens.get(token)
  replyTokens.delete(token)
  return found && found.until > world.now().getTime() ? world.people.get(found.chat) : undefined
}

/** A person whose id begins with C or R is a group or a room with one member. */
export const memberOf = (person: Person): string => `U${person.id.slice(1)}`

function sourceOf(person: Person) {
  if (person.id.startsWith('C')) return { type: 'group', groupId: person.id, userId: memberOf(person) }
  if (person.id.startsWith('R')) return { type: 'room', roomId: person.id, userId: memberOf(person) }
  return { type: 'user', userId: person.id }
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 26 characters that sort by time. */
function ulid(world: World): string {
  let [left, out] = [BigInt(world.now().getTime()) * 10_000_000n + BigInt(world.next()), '']
  for (let i = 0; i < 26; i++, left /= 32n) out = alphabet[Number(left % 32n)]! + out
  return out
}

/** One event of this person as LINE words it. */
export const eventOf = (type: string, fields: Record<string, unknown>, at: { person: Person; world: World }) => ({
  type,
  timestamp: at.world.now().getTime(),
  ...fields,
  source: sourceOf(at.person),
  webhookEventId: ulid(at.world),
  deliveryContext: { isRedelivery: false },
  mode: 'active',
})

export const envelope = (events: unknown[], world: World) => ({ destination: botId(world), events })

/** Tells the business, if webhooks are on. */
export function tell(type: string, fields: Record<string, unknown>, at: { person: Person; world: World }): void {
  if (keptOf(at.world).active) at.world.emit(type, envelope([eventOf(type, fields, at)], at.world))
}
