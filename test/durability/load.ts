import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../../sandbox/world.ts'
import { apiOf } from '../harness/api.ts'
import { type Customer, newcomer, phonesOf } from '../harness/customers.ts'
import { createDesk } from '../harness/desk.ts'
import { answer } from '../harness/replay.ts'
import { connectWorld, mountWorlds } from '../harness/worlds.ts'

/** What one customer and the business have said to each other, each in the order of saying. */
export interface Book {
  customer: Customer
  said: string[]
  answered: string[]
}

export interface LoadOptions {
  url: string
  key: string
  /** So many people on each messenger. */
  people: number
  random: () => number
}

const messengers = ['whatsapp', 'telegram', 'viber'] as const

/**
 * Customers who write and a business that answers, until told to stop. A person says something at most once a second:
 * two networks tell no finer time, so that nobody could know the order of what overtakes on the way.
 */
export async function startLoad({ url, key, people, random }: LoadOptions) {
  const api = apiOf(url, key)
  const named = (kind: (typeof messengers)[number]) =>
    Array.from({ length: people }, (_, n) => newcomer(kind, n + messengers.indexOf(kind) * people, `${kind} ${n}`))
  const all = Object.fromEntries(messengers.map(kind => [kind, named(kind)]))
  const { worlds, close } = await mountWorlds({ people: all, random, haste: 150 })
  const books: Book[] = []
  for (const world of worlds) {
    const phone = phonesOf(world, await connectWorld(api, world))
    Object.assign(world.faults, { duplicate: 1, shuffle: 0.3 })
    // Providers wait for hours after some failures in a row, which many kills make; here the end is waited for.
    const { retryAfter } = world.wire
    Object.assign(world, { wire: { ...world.wire, retryAfter: (n: number) => Math.min(retryAfter(n), 300_000) } })
    for (const person of world.people.values()) books.push({ customer: phone(person), said: [], answered: [] })
  }
  const desk = createDesk(url, key, api)
  await desk.open()
  let going = true
  const people_ = books.map(book => live(book))

  async function live(book: Book): Promise<void> {
    await pause(random() * 1000)
    while (going) {
      const text = `${book.customer.name} says ${book.said.length}`
      book.said.push(text)
      const { conversationId } = await desk.sees(await book.customer.say(text))
      const reply = `Answer ${book.answered.length} to ${book.customer.name}`
      book.answered.push(reply)
      await answer(api, conversationId, { text: reply, key: reply.replaceAll(' ', '-') })
      await pause(1000 + random() * 500)
    }
  }

  return {
    api,
    worlds: worlds as readonly World[],
    books,
    /** Nobody begins anything new; resolves when everybody has finished the last sentence. */
    async quieten(): Promise<void> {
      going = false
      await Promise.all(people_)
      await Promise.all(worlds.map(world => world.settled()))
    },
    async close(): Promise<void> {
      desk.close()
      await close()
    },
  }
}
