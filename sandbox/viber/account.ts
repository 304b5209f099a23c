import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'

export const allEvents = [
  'delivered',
  'seen',
  'failed',
  'subscribed',
  'unsubscribed',
  'conversation_started',
  'message',
]

const wanted = new WeakMap<World, string[]>()

/** The kinds of event the business asked for when it registered its webhook. */
export const eventsOf = (world: World): string[] => wanted.get(world) ?? allEvents
export const wantEvents = (events: string[], world: World): void => void wanted.set(world, events)

/** Who wrote or tapped "Subscribe", and has not left since. */
export const isSubscribed = (person: Person): boolean => !person.blocked && person.wroteAt !== undefined

/** A bubble that remembers its message's `tracking_data`, over restarts too. */
export type Tracked = Bubble & { tracking?: string }

const to = (person: Person, world: World): Tracked[] =>
  world.bubbles.filter(bubble => bubble.person === person.id && bubble.from === 'business')

/** What goes back with the customer's next message: the `tracking_data` of the last message he got. */
export const trackingFor = (person: Person, world: World): string | undefined => to(person, world).at(-1)?.tracking

const anHour = 3_600_000

/** How many messages the customer got in the last hour since writing. */
export function unanswered(person: Person, world: World): number {
  const thread = world.bubbles.filter(bubble => bubble.person === person.id)
  const answers = thread.slice(thread.findLastIndex(bubble => bubble.from === 'customer') + 1)
  return answers.filter(bubble => world.now().getTime() - bubble.at < anHour).length
}

/** 64-bit numbers, beyond what JavaScript can count: 19 digits, as text. */
export const nextToken = (world: World): string =>
  String(5_700_000_000_000_000_001n + BigInt(world.next()) * 1_000_003n)

/** JSON in which message tokens are numbers, as Viber writes them. */
export const wireJson = (value: unknown): string =>
  JSON.stringify(value).replace(/"message_token":"(\d+)"/g, '"message_token":$1')

/** Tells the business, if it asked for this kind of event. */
export function tell(event: string, fields: { message_token: string } & Record<string, unknown>, world: World): void {
  if (!eventsOf(world).includes(event)) return
  const { message_token, ...rest } = fields
  world.emit(
    event,
    wireJson({ event, timestamp: world.now().getTime(), chat_hostname: 'SN-CHAT-05_', message_token, ...rest }),
  )
}
