import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../../sandbox/world.ts'
import type { Channel, Message } from '../../src/api/shapes.ts'
import { type Api, apiOf, Refused } from './api.ts'
import { audit, type Played } from './audit.ts'
import { type Customer, newcomer, phonesOf, siteCustomer } from './customers.ts'
import { createDesk, type Desk } from './desk.ts'
import type { Dialogue } from './dialogues.ts'
import { connectWorld, type Messenger, mountWorlds } from './worlds.ts'

export interface ReplayOptions {
  dialogues: readonly Dialogue[]
  /** The real pauses are divided by this; `max` leaves them out. */
  speed: number | 'max'
  /** A running server, and a key of its owner. */
  url: string
  key: string
  /** So many dialogues go on at the same time. */
  together?: number
  /** Once the simulators are there, before the first word: to order faults. */
  prepare?: (worlds: readonly World[]) => void
  random?: () => number
  progress?: (lines: number, of: number) => void
}

export interface ReplayResult {
  dialogues: number
  /** Lines by customers and by agents. */
  received: number
  answered: number
  /** From the first word to the last. */
  seconds: number
  byKind: Record<string, { dialogues: number; lines: number }>
  /** From the last word until every receipt was there and the audit found nothing, or gave up. */
  settledSeconds: number
  differences: string[]
}

const kinds = ['whatsapp', 'telegram', 'viber', 'site'] as const

/**
 * Plays dialogues through a running server: customers write on simulated phones and in the widget, every answer goes
 * through the public API, each line once the other side has seen the one before. Then reads everything back.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { dialogues, url, key, together = 200 } = options
  const api = apiOf(url, key)
  const cast = dialogues.map((dialogue, n) => ({ dialogue, n, kind: kinds[n % kinds.length]!, name: `Customer ${n}` }))
  const people = Object.fromEntries(
    (['whatsapp', 'telegram', 'viber'] as const).map(kind => [
      kind,
      cast.filter(c => c.kind === kind).map(c => newcomer(kind, c.n, c.name)),
    ]),
  )
  const { worlds, close } = await mountWorlds({
    people,
    name: `Replay ${Date.now()}`,
    ...(options.random && { random: options.random }),
  })
  const desk = createDesk(url, key, api)
  try {
    const meet = await introduce({ api, url, worlds })
    options.prepare?.(worlds)
    await desk.open()
    const played: Played[] = []
    const lines = dialogues.reduce((n, d) => n + d.messages.length, 0)
    let done = 0
    const began = performance.now()
    await pool(cast, together, async one => {
      const customer = await meet(one.kind, one.n, one.name)
      played[one.n] = { dialogue: one.dialogue, customer }
      await play({ api, desk, speed: options.speed }, played[one.n]!, () => options.progress?.(++done, lines))
    })
    const ended = performance.now()
    const differences = await settle(api, worlds, played)
    for (const { customer } of played) customer.close()
    return {
      ...sums(cast),
      seconds: (ended - began) / 1000,
      settledSeconds: (performance.now() - ended) / 1000,
      differences,
    }
  } finally {
    desk.close()
    await close()
  }
}

type Cast = { dialogue: Dialogue; kind: string }

function sums(cast: readonly Cast[]) {
  const byKind: ReplayResult['byKind'] = {}
  let received = 0
  for (const { dialogue, kind } of cast) {
    byKind[kind] ??= { dialogues: 0, lines: 0 }
    byKind[kind].dialogues++
    byKind[kind].lines += dialogue.messages.length
    received += dialogue.messages.filter(m => m.from === 'customer').length
  }
  const lines = Object.values(byKind).reduce((n, k) => n + k.lines, 0)
  return { dialogues: cast.length, received, answered: lines - received, byKind }
}

/** Connects one account of each messenger and a website; answers how to get somebody who writes there. */
async function introduce({ api, url, worlds }: { api: Api; url: string; worlds: readonly World[] }) {
  const phones = new Map<string, ReturnType<typeof phonesOf>>()
  for (const world of worlds) phones.set(world.wire.kind, phonesOf(world, await connectWorld(api, world)))
  const site = await api<Channel>('POST', '/channels', { kind: 'site', name: 'Replay website', settings: {} })
  return async (kind: Messenger | 'site', n: number, name: string): Promise<Customer> =>
    kind === 'site' ? siteCustomer({ url, channelId: site.id }, n, name) : phones.get(kind)!(newcomer(kind, n, name))
}

interface Stage {
  api: Api
  desk: Desk
  speed: number | 'max'
}

async function play({ api, desk, speed }: Stage, { dialogue, customer }: Played, told: () => void): Promise<void> {
  let conversationId = ''
  for (const [n, line] of dialogue.messages.entries()) {
    const before = dialogue.messages[n - 1]
    if (speed !== 'max' && before) await pause(((line.t - before.t) * 1000) / speed)
    if (line.from === 'customer') conversationId = (await desk.sees(await customer.say(line.text))).conversationId
    else {
      await answer(api, conversationId, { text: line.text, key: `dialogue-${dialogue.id}-line-${n}` })
      await customer.holds(n + 1)
    }
    told()
  }
}

/** Sends one answer; where the line breaks, again under the same key, as a careful program does. */
export async function answer(api: Api, conversationId: string, said: { text: string; key: string }): Promise<Message> {
  for (let tries = 1; ; tries++) {
    try {
      return await api<Message>(
        'POST',
        `/conversations/${conversationId}/messages`,
        { parts: [{ type: 'text', text: said.text }] },
        { 'idempotency-key': said.key },
      )
    } catch (error) {
      if ((error instanceof Refused && error.status < 500) || tries >= 200) throw error
      await pause(100)
    }
  }
}

/** Everybody looks at what came; then receipts and repetitions may still be on their way for a while. */
async function settle(api: Api, worlds: readonly World[], played: readonly Played[]): Promise<string[]> {
  await pool(played, 50, ({ customer }) => customer.look())
  await Promise.all(worlds.map(world => world.settled()))
  let fewest = Number.POSITIVE_INFINITY
  for (let patience = 0; ; patience++) {
    const differences = await audit(api, played)
    if (differences.length < fewest) patience = 0
    fewest = Math.min(fewest, differences.length)
    if (!differences.length || patience >= 10) return differences
    await pause(1000)
  }
}

/** Does this for each, so many at the same time. */
export async function pool<T>(items: readonly T[], width: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await act(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
