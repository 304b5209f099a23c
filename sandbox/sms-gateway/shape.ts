import type { FastifyInstance } from 'fastify'
import type { Person, Wire } from '../wire.ts'
import type { World } from '../world.ts'

export interface Where {
  person: Person
  world: World
}

/** What differs from gateway to gateway. */
export interface Shape {
  routes(app: FastifyInstance, world: World): void
  /** The body of the webhook for a customer's message. */
  message(text: string, id: string, at: Where): unknown
  unknown(person: Person): unknown
  refuse: Wire['refuse']
  settings(world: World): Record<string, string>
}

/** What the business made up for its webhooks. */
export const secretOf = (world: World): string => `${world.account.secret}-hook-0123`

export const personOf = (world: World, number: unknown): Person | undefined =>
  [...world.people.values()].find(({ phone }) => phone === String(number).replace(/^\+/, ''))

interface Sent extends Where {
  id: string
  text: string
  /** The receipt's body. */
  tell(reached: 'delivered' | 'failed'): unknown
}

/** On the phone at once, and told a moment later. Who has switched the phone off cannot be reached. */
export function arrive({ id, text, person, world, tell }: Sent): void {
  const at = world.now().getTime()
  const bubble = { id, person: person.id, from: 'business' as const, at, ticks: 'sent' as const, reactions: [] }
  if (!person.blocked) world.show({ ...bubble, parts: [{ type: 'text', text }] })
  const later = () => {
    if (!person.blocked) world.change(id, { ticks: 'delivered' })
    world.emit('receipt', tell(person.blocked ? 'failed' : 'delivered'))
  }
  setTimeout(later, 50 / world.haste).unref()
}

export const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()

/** Learns where to call from an address that came with a call. */
export function learn(world: World, address: unknown): void {
  const url = String(address ?? '')
  if (!world.webhookUrl && URL.canParse(url)) world.webhookUrl = url
}
