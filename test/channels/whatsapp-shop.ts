import assert from 'node:assert/strict'
import { after, before, beforeEach } from 'node:test'
import { noFaults } from '../../sandbox/faults.ts'
import type { Act } from '../../sandbox/wire.ts'
import type { InboundEvent, Piece } from '../../src/channels/contract.ts'
import { type Stage, stage, until } from './whatsapp-stage.ts'

export const ana = '4915112345678'
export let s: Stage
let clock: number

/** One stage for all tests of a file. Each begins two days later: no pace, no faults, and Ana has just written. */
export function openShop(): void {
  before(async () => {
    clock = Date.now()
    s = await stage({ now: () => new Date(clock) })
  })
  after(() => s.close())
  beforeEach(() => {
    pass(48)
    Object.assign(s.world.faults, noFaults())
    s.world.people.get('ana')!.wroteAt = clock
  })
}

export function pass(hours: number): void {
  clock += hours * 3600_000
}

/** What the business hears while `run` happens and until the post is empty. */
export async function heard(run: () => void): Promise<InboundEvent[]> {
  const before = s.arrived.length
  run()
  await s.world.settled()
  return s.arrived.slice(before).flatMap(a => a.events)
}

export const told = (act: Act, who = 'ana'): Promise<InboundEvent[]> => heard(() => s.world.act(who, act))

export const receipts = (id: string): string[] =>
  s.events().flatMap(e => (e.type === 'receipt' && e.of === id ? [e.status] : []))

/** Sends to Ana and waits until she has it. */
export async function sent(piece: Piece, replyTo?: string): Promise<string> {
  const result = await s.send(piece, ana, replyTo)
  assert.ok(result.ok, JSON.stringify(result))
  await until(() => receipts(result.id).includes('delivered') || piece.type === 'reaction')
  return result.id
}
