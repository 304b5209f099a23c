import { createHash } from 'node:crypto'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

/** What Meta tells the business about a person: since 2026 a user id always, a phone unless a username hides it. */
export type Known = 'phone' | 'both' | 'user-id'

const known = new WeakMap<World, Map<string, Known>>()

/** Makes a person look like one of before 2026 (`phone`) or like one with a username (`user-id`). */
export function identify(world: World, personId: string, as: Known): void {
  if (!known.has(world)) known.set(world, new Map())
  known.get(world)!.set(personId, as)
}

export const knownAs = (world: World, person: Person): Known =>
  known.get(world)?.get(person.id) ?? (person.username || !person.phone ? 'user-id' : 'both')

/** The phone when Meta would tell it. */
export const waId = (world: World, person: Person): string | undefined =>
  knownAs(world, person) === 'user-id' ? undefined : person.phone

/** The business-scoped user id when Meta would tell it, like `US.13491208655302741918`. */
export const userId = (world: World, person: Person): string | undefined =>
  knownAs(world, person) === 'phone' ? undefined : scopedId(world, person)

/** Belongs to one person, one business and one phone: a new phone makes a new id. */
export function scopedId(world: World, person: Person): string {
  const hash = createHash('sha256').update(`${world.account.id}:${person.id}:${person.phone}`).digest('hex')
  return `${countryOf(person)}.1${(BigInt(`0x${hash}`) % 10n ** 19n).toString().padStart(19, '0')}`
}

const countries: [prefix: string, country: string][] = [
  ['7', 'RU'],
  ['44', 'GB'],
  ['49', 'DE'],
  ['34', 'ES'],
  ['55', 'BR'],
  ['91', 'IN'],
  ['972', 'IL'],
  ['358', 'FI'],
  ['46', 'SE'],
  ['33', 'FR'],
]

export const countryOf = ({ phone }: Person): string =>
  countries.find(([prefix]) => phone.startsWith(prefix))?.[1] ?? 'US'

/** `wamid.` and base64 of a small structure around the phone and a random key; 0x12 marks inbound, 0x11 outbound. */
export function wamid(world: World, person: Person, way: 'in' | 'out'): string {
  const address = Buffer.from(person.phone || scopedId(world, person).slice(3))
  const hash = createHash('sha256')
    .update(`${world.account.id}:${world.next()}:${person.id}`)
    .digest('hex')
    .toUpperCase()
  const key = Buffer.from(way === 'in' ? `3A${hash.slice(0, 18)}` : hash.slice(0, 18))
  const middle = [0x15, 0x02, 0x00, way === 'in' ? 0x12 : 0x11, 0x18, key.length]
  const bytes = [0x1c, 0x18, address.length, ...address, ...middle, ...key, 0x00]
  return `wamid.${Buffer.from(bytes).toString('base64')}`
}

/** Graph object ids are long numbers. */
export function nodeId(world: World): string {
  const hash = createHash('sha256').update(`${world.account.id}:${world.next()}`).digest('hex')
  return `1${(BigInt(`0x${hash}`) % 10n ** 15n).toString().padStart(15, '0')}`
}

export const businessAccount = (world: World): string => `10${world.account.id}`
export const displayNumber = (world: World): string => `1555${world.account.id.slice(-7)}`
export const verifyToken = (world: World): string => `verify-${world.account.id}`
export const inSeconds = (world: World): string => String(Math.floor(world.now().getTime() / 1000))
export const withoutGaps = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined)) as Partial<T>
