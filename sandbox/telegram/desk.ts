import { createHash } from 'node:crypto'
import type { TelegramChat, TelegramUpdate, TelegramUser } from '@gramio/types'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

type UpdateKind = Exclude<keyof TelegramUpdate, 'update_id'>

/** What Telegram remembers of a bot beside its messages. A restart forgets it; the messages are the world's bubbles. */
export interface Desk {
  lastUpdate: number
  /** The secret given to setWebhook; undefined until it was called, null when it was called without one. */
  secret?: string | null
  allowed?: string[]
  /** Set once the business polls: updates then wait here and not at the post. */
  polled?: TelegramUpdate[]
  /** Ends the long poll that is waiting. */
  poller?: ((why: 'news' | 'late' | 'another') => void) | undefined
  /** Presses that still wait for answerCallbackQuery. */
  presses: Set<string>
  /** When the last calls that send were made, ms. */
  sends: number[]
}

const desks = new WeakMap<World, Desk>()

export function deskOf(world: World): Desk {
  const known = desks.get(world)
  if (known) return known
  const fresh: Desk = { lastUpdate: 400_000_000 + world.next(), presses: new Set(), sends: [] }
  desks.set(world, fresh)
  return fresh
}

/** `<bot id>:<35 characters>`, as @BotFather gives it. */
export const tokenOf = ({ account }: World): string =>
  `${account.id}:AA${createHash('sha256').update(account.token).digest('base64url').slice(0, 33)}`

export function nextUpdate(world: World): number {
  // Also taken from the world's own count, so that after a restart no number comes twice.
  world.next()
  return ++deskOf(world).lastUpdate
}

const onRequestOnly = ['chat_member', 'message_reaction', 'message_reaction_count']

/** Queues one update, if the business asked for its kind. An empty list means all but three kinds. */
export function tell(world: World, kind: UpdateKind, event: object): void {
  const desk = deskOf(world)
  const wanted = desk.allowed?.length ? desk.allowed.includes(kind) : !desk.allowed || !onRequestOnly.includes(kind)
  if (!wanted) return
  const update = { update_id: nextUpdate(world), [kind]: event } as TelegramUpdate
  if (!desk.polled || world.webhookUrl) return world.emit(kind, update)
  desk.polled.push(update)
  desk.poller?.('news')
}

export const seconds = (world: World): number => Math.floor(world.now().getTime() / 1000)

/** Ids of private chats are the ids of their people: the digits of the id, else of the phone. */
export const numberOf = (person: Person): number => Number(/^\d+$/.test(person.id) ? person.id : person.phone)

export const personOf = (world: World, chat: number): Person | undefined =>
  [...world.people.values()].find(person => numberOf(person) === chat)

export function userOf(person: Person): TelegramUser {
  return { id: numberOf(person), is_bot: false, ...nameOf(person), language_code: person.language }
}

export const chatOf = (person: Person): TelegramChat => ({ id: numberOf(person), type: 'private', ...nameOf(person) })

function nameOf({ name, username }: Person) {
  const [first = '', ...rest] = name.split(' ')
  return { first_name: first, ...(rest.length && { last_name: rest.join(' ') }), ...(username && { username }) }
}

export function botOf({ account }: World): TelegramUser {
  const slug = account.name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  return { id: Number(account.id), is_bot: true, first_name: account.name, username: `${slug || 'shop'}_bot` }
}
