import assert from 'node:assert/strict'
import { okWire } from '../../sandbox/ok.ts'
import type { Address, Outgoing } from '../../src/channels/contract.ts'
import { ok } from '../../src/channels/ok/index.ts'
import { begun, wired } from './wired.ts'

/** A number of a person beyond 2^53: not one digit may change. */
export const vera = {
  id: '9007199254740993001',
  name: 'Вера Орлова',
  phone: '79001112233',
  language: 'ru',
  blocked: false,
}
export const to: Outgoing = { address: `chat:C${BigInt(vera.id).toString(16)}` as Address, key: 'k1' }

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function openStage() {
  const stage = await wired(okWire, ok, { people: [vera] })
  return { ...stage, io: stage.io() }
}

/** Connected, and somebody wrote, so that the group may answer. */
export const inTouch = async (): Promise<Stage> =>
  begun(await openStage(), async stage => {
    assert.equal((await ok.setup!(stage.business.url, stage.io)).ok, true)
    await stage.told({ do: 'text', text: 'hello' }, 'message')
    stage.business.forget()
  })
