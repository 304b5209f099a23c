import { isDeepStrictEqual } from 'node:util'
import type { Conversation, Delivery, Message } from '../../src/api/shapes.ts'
import { type Api, everyItem } from './api.ts'
import type { Customer } from './customers.ts'
import type { Dialogue } from './dialogues.ts'
import { textOf } from './words.ts'

/** A dialogue and who played its customer. */
export interface Played {
  dialogue: Dialogue
  customer: Customer
}

/** How far the networks tell what became of an answer, once its reader has looked at it. */
const ends: Record<string, string> = { whatsapp: 'read', viber: 'read', site: 'read', telegram: 'sent' }

/**
 * Reads everything back through the API and off the phones, and compares it with what was said: every line once, in
 * order, on the right person, with the right direction and status. Answers the differences in words; none means all is well.
 */
export async function audit(api: Api, played: readonly Played[]): Promise<string[]> {
  const channels = new Set(played.map(p => p.customer.channelId))
  const all = (await everyItem<Conversation>(api, '/conversations?view=all&limit=200')).filter(c =>
    channels.has(c.channelId),
  )
  const differences = await deliveriesLeft(api, channels)
  if (all.length !== played.length)
    differences.push(`There are ${all.length} conversations, not ${played.length}: one for each customer.`)
  const byAddress = new Map(
    all.flatMap(c => c.contact.identities.map(i => [`${i.channelId} ${i.address}`, c] as const)),
  )
  for (let from = 0; from < played.length; from += 8)
    for (const found of await Promise.all(played.slice(from, from + 8).map(one => compare(api, one, byAddress))))
      differences.push(...found)
  return differences
}

async function deliveriesLeft(api: Api, channels: ReadonlySet<string>): Promise<string[]> {
  const left: string[] = []
  for (const channel of channels)
    for (const state of ['new', 'quarantined']) {
      const { items } = await api<{ items: Delivery[] }>(
        'GET',
        `/deliveries?channel=${channel}&state=${state}&limit=200`,
      )
      if (items.length)
        left.push(`Channel ${channel} has ${items.length} deliveries that are ${state}: ${items[0]!.error}`)
    }
  return left
}

async function compare(
  api: Api,
  { dialogue, customer }: Played,
  byAddress: ReadonlyMap<string, Conversation>,
): Promise<string[]> {
  const who = `${customer.kind}, ${customer.name}`
  const conversation = byAddress.get(`${customer.channelId} ${customer.address}`)
  if (!conversation) return [`${who}: has no conversation.`]
  if (conversation.contact.name !== customer.name) return [`${who}: is called ${conversation.contact.name}.`]
  const messages = (
    await everyItem<Message>(api, `/conversations/${conversation.id}/messages?limit=200`, 'before')
  ).reverse()
  const said = dialogue.messages.map(line => ({ mine: line.from === 'customer', text: line.text.trim() }))
  return [
    ...lines(
      `${who}, in Parley`,
      messages.map(m => ({ mine: m.direction === 'in', text: textOf(m).trim() })),
      said,
    ),
    ...lines(
      `${who}, on the phone`,
      customer.sees().map(s => ({ ...s, text: s.text.trim() })),
      said,
    ),
    ...messages.flatMap(m => statusOf(m, who, ends[customer.kind]!)),
  ]
}

interface Line {
  mine: boolean
  text: string
}

function lines(where: string, are: readonly Line[], should: readonly Line[]): string[] {
  if (isDeepStrictEqual(are, should)) return []
  const n = should.findIndex((line, i) => !isDeepStrictEqual(line, are[i]))
  const shown = (line: Line | undefined) => (line ? `${line.mine ? 'customer' : 'agent'}: ${line.text}` : 'nothing')
  const at = n < 0 ? should.length : n
  return [
    `${where}: ${are.length} lines of ${should.length}; line ${at + 1} is “${shown(are[at])}”, should be “${shown(should[at])}”.`,
  ]
}

function statusOf(message: Message, who: string, end: string): string[] {
  const should = message.direction === 'in' ? 'received' : end
  if (message.status === should) return []
  return [`${who}: message ${message.id} is ${message.status}, should be ${should}. ${message.failure?.detail ?? ''}`]
}
