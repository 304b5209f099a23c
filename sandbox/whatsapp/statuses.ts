import { createHash } from 'node:crypto'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { contact, head, tell } from './events.ts'
import { inSeconds, userId, waId, withoutGaps } from './ids.ts'

/** What a send leaves behind for its statuses. */
export interface Sent {
  id: string
  /** How the business addressed it: a status repeats only that. */
  by: 'phone' | 'user-id'
  phone: string
  category: 'service' | 'utility' | 'marketing' | 'authentication'
  opaque?: string
}

export const day = 24 * 3600 * 1000

export function tellStatus(world: World, status: 'sent' | 'delivered' | 'read', sent: Sent, person: Person): void {
  const value = { ...head(world), contacts: [contact(world, person)], statuses: [entry(world, status, sent, person)] }
  tell(world, `status ${status}`, { field: 'messages', value })
}

function entry(world: World, status: string, sent: Sent, person: Person) {
  const { wroteAt } = person
  const origin = { type: sent.category }
  const expires = Math.floor(((wroteAt ?? world.now().getTime()) + day) / 1000)
  const conversation = createHash('md5').update(`${person.id}:${sent.category}:${expires}`).digest('hex')
  const free = sent.category === 'service'
  return withoutGaps({
    id: sent.id,
    status,
    timestamp: inSeconds(world),
    recipient_id: sent.by === 'phone' ? (waId(world, person) ?? sent.phone) : undefined,
    recipient_user_id: userId(world, person),
    recipient_type: 'individual',
    biz_opaque_callback_data: sent.opaque,
    conversation: { id: conversation, ...(status === 'sent' && { expiration_timestamp: String(expires) }), origin },
    pricing: {
      billable: !free,
      pricing_model: 'PMP',
      type: free ? 'free_customer_service' : 'regular',
      category: sent.category,
    },
  })
}

export interface LateError {
  code: number
  title: string
  details: string
}

export const lateErrors = {
  window: {
    code: 131047,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  undeliverable: { code: 131026, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  download: { code: 131052, title: 'Media download error', details: 'Unable to download the media from the weblink.' },
  upload: {
    code: 131053,
    title: 'Media upload error',
    details: 'The media file does not match the type of the message.',
  },
} satisfies Record<string, LateError>

/** A message that was accepted and then failed: no contacts, no pricing, and the user id only when it was used. */
export function tellFailure(world: World, sent: Sent, error: LateError): void {
  const { code, title, details } = error
  const status = withoutGaps({
    id: sent.id,
    status: 'failed',
    timestamp: inSeconds(world),
    recipient_id: sent.by === 'phone' ? sent.phone : undefined,
    recipient_user_id: sent.by === 'user-id' ? sent.phone : undefined,
    biz_opaque_callback_data: sent.opaque,
    errors: [
      {
        code,
        title,
        message: title,
        error_data: { details },
        href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
      },
    ],
  })
  tell(world, 'status failed', { field: 'messages', value: { ...head(world), statuses: [status] } })
}

const sends = new WeakMap<World, Map<string, Sent>>()

export function remember(world: World, sent: Sent): void {
  if (!sends.has(world)) sends.set(world, new Map())
  sends.get(world)!.set(sent.id, sent)
}

/** After a restart of the sandbox only the bubble is left. */
const guessed = ({ id }: Bubble, world: World, person: Person): Sent => ({
  id,
  by: waId(world, person) ? 'phone' : 'user-id',
  phone: person.phone,
  category: 'service',
})

/** The customer looked: everything delivered becomes read. */
export function readAll(world: World, person: Person): void {
  const unread = (b: Bubble) => b.person === person.id && b.from === 'business' && b.ticks === 'delivered'
  for (const bubble of world.bubbles.filter(unread)) {
    world.change(bubble.id, { ticks: 'read' })
    tellStatus(world, 'read', sends.get(world)?.get(bubble.id) ?? guessed(bubble, world, person), person)
  }
}
