import type { Json } from '../../src/channels/kit.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { flavourOf } from './flavour.ts'
import { accountId } from './ids.ts'

const subscribed = new WeakMap<World, readonly string[]>()

/** Which webhook fields the account tells the app about: all until it is asked for some. */
export const fieldsOf = (world: World): readonly string[] => subscribed.get(world) ?? flavourOf(world).fields
export const subscribe = (world: World, fields: readonly string[]): void => void subscribed.set(world, fields)

type Item = { messaging: Json } | { standby: Json } | { changes: Json }

interface Batch {
  size: number
  items: Item[]
}
const batches = new WeakMap<World, Batch>()
const most = 1000

/** From now on `n` events travel in one webhook. `batch(world, 1)` sends what waits and returns to one event each. */
export function batch(world: World, n: number): void {
  flush(world)
  if (n > 1) batches.set(world, { size: Math.min(n, most), items: [] })
  else batches.delete(world)
}

/** Tells the business, if the account is subscribed to the field. */
function tell(world: World, field: string, item: Item): void {
  if (!fieldsOf(world).includes(field)) return
  const open = batches.get(world)
  if (!open) return world.emit(field, envelope(world, [item]))
  open.items.push(item)
  if (open.items.length >= open.size) flush(world)
}

function flush(world: World): void {
  const open = batches.get(world)
  if (open?.items.length) world.emit(`batch of ${open.items.length}`, envelope(world, open.items.splice(0)))
}

/** Neighbours of one kind share an entry. Text beyond ASCII and slashes are escaped, as Meta does. */
function envelope(world: World, items: readonly Item[]): string {
  const entries: Json[] = []
  for (const item of items) {
    const [kind, what] = Object.entries(item)[0]!
    const last = entries.at(-1)
    if (last?.[kind]) (last[kind] as Json[]).push(what as Json)
    else entries.push({ id: accountId(world), time: timeOf(world, kind), [kind]: [what] })
  }
  return escaped(JSON.stringify({ object: flavourOf(world).object, entry: entries }))
}

const timeOf = (world: World, kind: string): number =>
  kind === 'changes' ? Math.floor(world.now().getTime() / 1000) : world.now().getTime()

const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('/', '\\/')

export type Said = { field: string; body: Json }

const taken = new WeakMap<World, Set<string>>()

/** Whether another app has the conversation with this person. */
export const isTaken = (world: World, { id }: Person): boolean => taken.get(world)?.has(id) ?? false

export function setTaken(world: World, { id }: Person, by: 'us' | 'another app'): void {
  const people = taken.get(world) ?? new Set()
  taken.set(world, people)
  if (by === 'us') people.delete(id)
  else people.add(id)
}

/** Something the person did in the chat: on standby while another app has it. */
export function fromPerson(world: World, person: Person, { field, body }: Said): void {
  const event = { ...between(world, person.id, accountId(world)), ...body }
  const handover = /^messaging_handover/.test(field)
  if (isTaken(world, person) && !handover) tell(world, 'standby', { standby: event })
  else tell(world, field, { messaging: event })
}

/** Something the page did in the chat, told to the app as well. */
export const fromPage = (world: World, person: Person, { field, body }: Said): void =>
  tell(world, field, { messaging: { ...between(world, accountId(world), person.id), ...body } })

export const change = (world: World, field: string, value: Json): void =>
  tell(world, field, { changes: { field, value } })

const between = (world: World, sender: string, recipient: string) => ({
  sender: { id: sender },
  recipient: { id: recipient },
  timestamp: world.now().getTime(),
})

/** An event nobody documented. */
export const unknown = (world: World, person: Person): string =>
  envelope(world, [{ messaging: { ...between(world, person.id, accountId(world)), hologram_shown: { depth: 3 } } }])
