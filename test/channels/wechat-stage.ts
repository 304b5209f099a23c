import assert from 'node:assert/strict'
import { enterServer } from '../../sandbox/wechat/account.ts'
import { wechatWire } from '../../sandbox/wechat.ts'
import type { Address, Outgoing } from '../../src/channels/contract.ts'
import { wechat } from '../../src/channels/wechat/index.ts'
import { begun, wired } from './wired.ts'

export const mei = {
  id: 'oRr7x5Kq2mVbN0pLwZ8tYc3dHs1A',
  name: 'Mei',
  phone: '8613812345678',
  language: 'zh_CN',
  blocked: false,
}
export const to: Outgoing = { address: mei.id as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function openStage() {
  let passed = 0
  const stage = await wired(wechatWire, wechat, { people: [mei], now: () => new Date(Date.now() + passed) })
  /** Moves the provider's clock. */
  const pass = (ms: number) => {
    passed += ms
  }
  return { ...stage, io: stage.io(), pass }
}

export const connected = async (): Promise<Stage> =>
  begun(await openStage(), async stage => {
    assert.equal((await wechat.setup!(stage.business.url, stage.io)).ok, true)
    assert.equal(await enterServer(stage.business.url, stage.world), true)
  })

/** Somebody who wrote, so that the account may answer. */
export const inTouch = async (): Promise<Stage> =>
  begun(await connected(), async stage => {
    await stage.told({ do: 'text', text: 'hello' }, 'message')
    stage.business.forget()
  })

/** The customer writes again, and the account may answer five times. */
export async function writes(stage: Stage): Promise<void> {
  await stage.told({ do: 'text', text: 'go on' }, 'message')
  stage.business.forget()
}
