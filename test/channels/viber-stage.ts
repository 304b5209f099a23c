import assert from 'node:assert/strict'
import { viberWire } from '../../sandbox/viber.ts'
import type { Address, Outgoing } from '../../src/channels/contract.ts'
import { viber } from '../../src/channels/viber/index.ts'
import { begun, type Of, wired } from './wired.ts'

export const anna = {
  id: 'cGFpdmlwYWl2aXBhaXZpcA==',
  name: 'Anna',
  phone: '358401234567',
  language: 'fi',
  blocked: false,
}
export const to: Outgoing = { address: anna.id as Address, key: 'k1' }

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function openStage() {
  const stage = await wired(viberWire, viber, { people: [anna] })
  /** The first receipt of a message of ours. */
  async function receipt(of: string): Promise<Of<'receipt'>> {
    for (let count = 1; ; count++) {
      const found = (await stage.business.heard('receipt', count)).find(one => one.of === of)
      if (found) return found
    }
  }
  return { ...stage, io: stage.io(), receipt }
}

/** Connected, and somebody wrote, so that the bot may answer. */
export const inTouch = async (): Promise<Stage> =>
  begun(await openStage(), async stage => {
    assert.equal((await viber.setup!(stage.business.url, stage.io)).ok, true)
    await stage.told({ do: 'text', text: 'hello' }, 'message')
    stage.business.forget()
  })
