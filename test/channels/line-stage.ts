import assert from 'node:assert/strict'
import { lineWire } from '../../sandbox/line.ts'
import type { Person } from '../../sandbox/wire.ts'
import type { Address, ExternalId, InboundEvent, Outgoing } from '../../src/channels/contract.ts'
import { line } from '../../src/channels/line/index.ts'
import { begun, wired } from './wired.ts'

const person = { phone: '', language: 'ja', blocked: false }
export const anna: Person = { ...person, id: 'U8189cf6745fc0d808977bdb0b9f22995', name: 'Anna' }
export const club: Person = { ...person, id: 'Ca56f94637cc4347f90a25382909b24b9', name: 'Rye club' }
export const to: Outgoing = { address: anna.id as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

export type Stage = Awaited<ReturnType<typeof connected>>

/** Connected: LINE knows where to call. */
export const connected = async () =>
  begun(await wired(lineWire, line, { people: [anna, club] }), async stage => {
    assert.equal((await line.setup!(stage.business.url, stage.io())).ok, true)
    stage.business.requests.splice(0)
  })

/** Keys of their own, so that no two sends are one. */
let counter = 0
export const fresh = (over: Partial<Outgoing> = {}): Outgoing => ({ ...to, key: `key-${++counter}`, ...over })

/** The customer writes, and what an answer to that would be told of it. */
export async function written({ world, business }: Stage, who = anna, text = 'Moi') {
  business.forget()
  world.act(who.id, { do: 'text', text })
  const [event] = await business.heard('message')
  return { event: event!, last: lastOf(event!) }
}

export const lastOf = (event: Extract<InboundEvent, { type: 'message' | 'chosen' }>) => ({
  id: event.id as ExternalId,
  at: event.at,
  ...(event.kept && { kept: event.kept }),
})
