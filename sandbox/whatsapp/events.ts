import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { businessAccount, countryOf, displayNumber, inSeconds, userId, waId, withoutGaps } from './ids.ts'

export type Value = Record<string, unknown>
interface Change {
  field: string
  value: Value
}

/** Meta's envelope around changes, as text: slashes and everything beyond ASCII are escaped, as Meta does. */
export function envelope(world: World, changes: Change[], time?: number): string {
  const entry = { id: businessAccount(world), ...(time && { time }), changes }
  return escaped(JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] }))
}

export const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('/', '\\/')

/** The common head of a value of the fields that belong to a phone number. */
export const head = (world: World): Value => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: displayNumber(world), phone_number_id: world.account.id },
})

export const contact = (world: World, person: Person): Value =>
  withoutGaps({
    profile: withoutGaps({ name: person.name, username: person.username }),
    wa_id: waId(world, person),
    user_id: userId(world, person),
    country_code: userId(world, person) && countryOf(person),
  })

/** What every entry of `messages` begins with. */
export const said = (world: World, person: Person, id: string): Value =>
  withoutGaps({
    from: waId(world, person),
    from_user_id: userId(world, person),
    id,
    timestamp: inSeconds(world),
  })

export function tellMessage(world: World, person: Person, message: Value): void {
  const value = { ...head(world), contacts: [contact(world, person)], messages: [message] }
  tell(world, String(message.type), { field: 'messages', value })
}

interface Batch {
  size: number
  changes: Change[]
  bytes: number
}

const batches = new WeakMap<World, Batch>()
const mostEvents = 1000
const mostBytes = 3_000_000

/**
 * From now on `n` events travel in one webhook (at most 1000 events or 3 MB, as at Meta).
 * `batch(world, 1)` sends what is waiting and returns to one event each.
 */
export function batch(world: World, n: number): void {
  flush(world)
  if (n > 1) batches.set(world, { size: Math.min(n, mostEvents), changes: [], bytes: 0 })
  else batches.delete(world)
}

/** Sends one change, at once or with the others of the ordered batch. */
export function tell(world: World, what: string, change: Change): void {
  const open = batches.get(world)
  if (!open) return world.emit(what, envelope(world, [change], timeOf(world, change)))
  const bytes = JSON.stringify(change).length
  if (open.bytes + bytes > mostBytes) flush(world)
  open.changes.push(change)
  open.bytes += bytes
  if (open.changes.length >= open.size) flush(world)
}

// Only account events carry the time on the entry.
const timeOf = (world: World, { value }: Change): number | undefined =>
  value.metadata ? undefined : Number(inSeconds(world))

function flush(world: World): void {
  const open = batches.get(world)
  if (!open?.changes.length) return
  const changes = joined(open.changes.splice(0))
  open.bytes = 0
  world.emit(`batch of ${changes.length}`, envelope(world, changes))
}

/** Neighbours of the same sender and kind share one change, the others stay apart: both shapes occur at Meta. */
function joined(changes: Change[]): Change[] {
  const result: Change[] = []
  for (const change of changes) {
    const last = result.at(-1)
    const key = ['messages', 'statuses'].find(k => last?.value[k] && change.value[k])
    const same = last && key && JSON.stringify(last.value.contacts) === JSON.stringify(change.value.contacts)
    if (same) last.value = { ...last.value, [key]: [...(last.value[key] as []), ...(change.value[key] as [])] }
    else result.push(change)
  }
  return result
}
