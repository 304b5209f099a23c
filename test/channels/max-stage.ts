import assert from 'node:assert/strict'
import { maxWire } from '../../sandbox/max.ts'
import type { Act, Person } from '../../sandbox/wire.ts'
import type { Address, InboundEvent, Outgoing } from '../../src/channels/contract.ts'
import { max } from '../../src/channels/max/index.ts'
import { begun, wired } from './wired.ts'

export const anna: Person = {
  id: '48210077',
  name: 'Анна',
  username: 'anna',
  phone: '7925',
  language: 'ru',
  blocked: false,
}
export const club: Person = { id: '-70912345678901234', name: 'Клуб', phone: '', language: 'ru', blocked: false }
export const stranger: Person = { id: '51123456', name: 'Ольга', phone: '', language: 'ru', blocked: false }
export const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** The chat of Anna and the bot. */
export const chat = `16${anna.id}` as Address

let counter = 0
/** Keys of their own, so that no two sends are one. */
export const fresh = (over: Partial<Outgoing> = {}): Outgoing => ({ address: chat, key: `key-${++counter}`, ...over })

export type Stage = Awaited<ReturnType<typeof inTouch>>

/** Connected, and Anna has written, so that the bot may answer. */
export const inTouch = async () =>
  begun(await wired(maxWire, max, { people: [anna, club, stranger] }), async stage => {
    assert.equal((await max.setup!(stage.business.url, stage.io())).ok, true)
    stage.world.act(anna.id, { do: 'text', text: 'Привет' })
    await stage.business.heard('message')
    stage.business.forget()
  })

/** Does it, and answers the first event of this type that comes of it. */
export async function after1<T extends InboundEvent['type']>(stage: Stage, type: T, [act, who = anna]: [Act, Person?]) {
  stage.business.forget()
  stage.world.act(who.id, act)
  return (await stage.business.heard(type))[0]!
}
