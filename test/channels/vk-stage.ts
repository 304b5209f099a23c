import assert from 'node:assert/strict'
import { logoUrl } from '../../sandbox/faces.ts'
import { vkWire } from '../../sandbox/vk.ts'
import type { Address, Listening, Outgoing } from '../../src/channels/contract.ts'
import { vk } from '../../src/channels/vk/index.ts'
import type { Settings } from '../../src/channels/vk/settings.ts'
import { begun, wired } from './wired.ts'

export const anna = { id: '4201', name: 'Anna Virtanen', phone: '358401234567', language: 'ru', blocked: false }
export const to: Outgoing = { address: anna.id as Address, key: 'k1' }

let keys = 0
/** Somebody else's piece each time: VK takes a key once. */
export const fresh = (more: Partial<Outgoing> = {}): Outgoing => ({ ...to, key: `key ${++keys}`, ...more })

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function openStage(settings: Partial<Settings> = {}) {
  const stage = await wired(vkWire, vk, { people: [anna], settings })
  return { ...stage, io: stage.io() }
}

/** Connected, and somebody wrote, so that the community may answer. */
export const inTouch = async (): Promise<Stage> =>
  begun(await openStage(), async stage => {
    assert.deepEqual(await vk.setup!(stage.business.url, stage.io), {
      ok: true,
      account: 'Rowan & Rye',
      detail: 'https://vk.me/rowanrye',
      picture: { url: logoUrl(stage.world) },
      proof: 'answer',
    })
    await stage.told({ do: 'text', text: 'hello' }, 'message')
    stage.business.forget()
  })

export interface Listener {
  stop(): Promise<void>
  cursor: { value: unknown }
  /** Resolves when the line stands so many times. */
  stood(times: number): Promise<void>
}

/** Listens as Parley does, until it is stopped; `cursor` outlives it. */
export function startListening(stage: Stage, cursor: { value: unknown } = { value: undefined }): Listener {
  const stopped = new AbortController()
  let stands = 0
  const waiting: (() => void)[] = []
  const on: Listening<Settings> = {
    io: { ...stage.io, http: call => Promise.race([stage.io.http(call), aborted(stopped.signal)]) },
    signal: stopped.signal,
    async deliver(request) {
      assert.equal(stage.business.take(request).status, 200)
    },
    cursor: {
      get: async () => cursor.value,
      set: async value => {
        cursor.value = value
      },
    },
    news: async () => undefined,
    connected() {
      stands += 1
      for (const wake of waiting.splice(0)) wake()
    },
  }
  const ended = vk.listen!(on).catch(error => {
    if (!stopped.signal.aborted) throw error
  })
  return {
    cursor,
    async stop() {
      stopped.abort()
      await ended
    },
    async stood(times) {
      while (stands < times) await Promise.race([ended, new Promise<void>(done => waiting.push(done))])
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    if (signal.aborted) fail(new Error('stopped'))
    signal.addEventListener('abort', () => fail(new Error('stopped')), { once: true })
  })
}
