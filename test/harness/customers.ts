import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { VisitorRefused, visitor } from '../../sandbox/site.ts'
import type { Bubble, Person } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'
import { addressOf, textOf } from './words.ts'
import type { Messenger } from './worlds.ts'

/** One line on a phone or in the widget, as its owner sees it. */
export interface Seen {
  mine: boolean
  text: string
}

/** Somebody who writes to the business, whatever the network. */
export interface Customer {
  name: string
  kind: string
  channelId: string
  /** Where answers go, as Parley knows it. */
  address: string
  /** Resolves with the provider's id of the message. */
  say(text: string): Promise<string>
  /** What stands in the chat, oldest first. */
  sees(): Seen[]
  /** Resolves when the chat holds so many lines. */
  holds(lines: number): Promise<void>
  /** Looks at everything: it becomes read, where the network tells. */
  look(): Promise<void>
  close(): void
}

/** Phones of one simulated account: an index over its bubbles, so that a thousand people cost no more than one. */
export function phonesOf(world: World, channelId: string) {
  const threads = new Map<string, Bubble[]>()
  const waiting = new Map<string, { lines: number; done: () => void }[]>()
  const threadOf = (person: string) => threads.get(person) ?? []
  world.events.on('bubble', (bubble: Bubble) => {
    const thread = threadOf(bubble.person)
    if (thread.includes(bubble)) return
    threads.set(bubble.person, [...thread, bubble])
    const waiters = waiting.get(bubble.person) ?? []
    for (const { lines, done } of waiters) if (thread.length + 1 >= lines) done()
    waiting.set(
      bubble.person,
      waiters.filter(w => thread.length + 1 < w.lines),
    )
  })

  return (person: Person): Customer => ({
    name: person.name,
    kind: world.wire.kind,
    channelId,
    address: addressOf(world, person),
    async say(text) {
      world.act(person.id, { do: 'text', text })
      return threadOf(person.id).at(-1)!.id
    },
    sees: () => threadOf(person.id).map(b => ({ mine: b.from === 'customer', text: textOf(b) })),
    holds: lines =>
      threadOf(person.id).length >= lines
        ? Promise.resolve()
        : new Promise(done => waiting.set(person.id, [...(waiting.get(person.id) ?? []), { lines, done }])),
    look: async () => world.act(person.id, { do: 'look' }),
    close: () => {},
  })
}

/** Somebody new with a phone; `n` tells them apart. */
export function newcomer(kind: Messenger, n: number, name: string): Person {
  const digits = String(n).padStart(7, '0')
  const ids: Partial<Record<Messenger, string>> = { whatsapp: `358409${digits}`, viber: `v${digits}==` }
  const id = ids[kind] ?? `73${digits}`
  return { id, name, phone: `358409${digits}`, language: 'en', blocked: false }
}

interface Shop {
  url: string
  channelId: string
}

/** A visitor of the website, from a network address of their own (of the block for documentation, RFC 5737 and 3849). */
export async function siteCustomer({ url, channelId }: Shop, n: number, name: string): Promise<Customer> {
  const headers = { 'x-forwarded-for': `2001:db8::${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}` }
  const person = await patiently(() => visitor(url, channelId, { headers, identity: { name } }))
  // The widget, too, comes back by itself when its line breaks.
  let gone = false
  const connect = (): void => void person.connect().catch(() => {})
  person.events.on('closed', () => gone || setTimeout(connect, 300))
  connect()
  const lines = () => person.messages()
  return {
    name,
    kind: 'site',
    channelId,
    address: person.session().visitor.address,
    say(text) {
      const id = randomUUID()
      return patiently(() => person.text(text, { id }))
    },
    sees: () => lines().map(m => ({ mine: m.from === 'visitor', text: textOf(m) })),
    async holds(count) {
      while (lines().length < count) await new Promise(done => person.events.once('frame', done))
    },
    async look() {
      for (const message of lines())
        if (message.from === 'business') await patiently(() => person.acknowledge(message, 'read'))
    },
    close() {
      gone = true
      person.close()
    },
  }
}

/** Does as the widget does when it is told to wait or to come again. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof VisitorRefused) || ![429, 503].includes(error.status)) throw error
      await pause(600)
    }
  }
}
