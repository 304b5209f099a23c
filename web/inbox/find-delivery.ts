import type { Delivery } from '../../src/api/shapes.ts'

export interface Page {
  items: Delivery[]
  next: string | null
}

/** Deliveries of one channel, newest first, with ids below `after`. */
export type ListDeliveries = (ask: { after?: string; limit: number }) => Promise<Page>

export interface Sought {
  externalId: string | null
  /** When it was said, by the provider's clock or by ours. */
  at: string
}

export interface Found {
  delivery: Delivery
  /** `name`: the delivery names the message. `time`: it came at that moment, and its shown part does not. */
  by: 'name' | 'time'
}

const minute = 60_000
const page = 200

/** A provider's clock may be ahead of ours by so much, and a delivery late by so much: first a little, then days. */
const early = 2 * minute
const late = [10 * minute, 3 * 24 * 60 * minute]
const mostPages = 10
const sameMoment = 15_000

/**
 * The delivery a message came in: the one nearest to its time that names it. Ids grow with time, so the place to begin
 * is found by halving. Only the first 2,000 characters of a body are listed: a message farther down in a batch is found
 * by its time alone.
 */
export async function findDelivery(message: Sought, list: ListDeliveries): Promise<Found | undefined> {
  const at = Date.parse(message.at)
  const tokens = tokensOf(message.externalId ?? '')
  let guess: Delivery | undefined
  for (const delay of late) {
    const near = await around(list, { from: at - early, until: at + delay })
    const distance = (delivery: Delivery) => Math.abs(Date.parse(delivery.receivedAt) - at)
    near.sort((a, b) => distance(a) - distance(b))
    const named = near.find(delivery => names(delivery, tokens))
    if (named) return { delivery: named, by: 'name' }
    guess ??= near.find(delivery => distance(delivery) < sameMoment && mayHide(delivery, tokens))
  }
  return guess && { delivery: guess, by: 'time' }
}

/** Everything of a channel that came in a stretch of time, as far as some pages go. */
async function around(list: ListDeliveries, { from, until }: { from: number; until: number }): Promise<Delivery[]> {
  const found: Delivery[] = []
  let after = await cursorAfter(list, until)
  for (let n = 0; n < mostPages && after; n++) {
    const { items, next } = await list({ after, limit: page })
    found.push(...items.filter(delivery => Date.parse(delivery.receivedAt) >= from))
    const oldest = items.at(-1)
    if (!next || !oldest || Date.parse(oldest.receivedAt) < from) break
    after = next
  }
  return found
}

/** A cursor from which the list begins near `until` (ms): at most a page of newer ones stands before it. */
async function cursorAfter(list: ListDeliveries, until: number): Promise<string | undefined> {
  const newest = (await list({ limit: 1 })).items[0]
  if (!newest) return undefined
  let [low, high] = [0n, BigInt(newest.id) + 1n]
  if (Date.parse(newest.receivedAt) <= until) return String(high)
  while (high - low > BigInt(page / 2)) {
    const middle = (low + high) / 2n
    const below = (await list({ after: String(middle), limit: 1 })).items[0]
    if (below && Date.parse(below.receivedAt) > until) high = BigInt(below.id)
    else low = middle
  }
  return String(high)
}

/** What of an external id a provider's own words hold: `-100123:45#1` is a chat and a number, `u77` an update. */
function tokensOf(externalId: string): string[] {
  const whole = externalId.replace(/#\d+$/, '')
  if (!/^[\w-]*(:|$)/.test(whole)) return [whole]
  return whole.split(':').map(token => token.replace(/^[a-z]{1,2}(?=\d)/, ''))
}

function names({ body }: Delivery, tokens: readonly string[]): boolean {
  const holds = (token: string) =>
    new RegExp(`(?<![\\w])${token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`).test(body)
  return tokens.some(Boolean) && tokens.filter(Boolean).every(holds)
}

/** Could this delivery hold a message that its shown part does not name? Either more follows, or the id is a made one. */
function mayHide({ bytes, body }: Delivery, tokens: readonly string[]): boolean {
  const whole = new TextEncoder().encode(body).length
  return bytes > whole || tokens.some(token => /^[0-9a-f]{16,}$/.test(token))
}
