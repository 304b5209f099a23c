import assert from 'node:assert/strict'
import { enterCallback } from '../../sandbox/wecom/account.ts'
import { wecomWire } from '../../sandbox/wecom.ts'
import type { World } from '../../sandbox/world.ts'
import type { Address, InboundEvent, Io, Listening, Outgoing, RawRequest } from '../../src/channels/contract.ts'
import { wecom } from '../../src/channels/wecom/index.ts'
import type { Settings } from '../../src/channels/wecom/settings.ts'
import { newsOf, tellNews } from '../../src/connections/news.ts'
import { createIo, type TestFile } from './io.ts'
import { begun, hearing, type Of, openDoor, openWorld } from './wired.ts'

export const mei = {
  id: 'wmR7xAAADkLm5QeTg7UoB2nVxS4yHfZc',
  name: 'Mei',
  phone: '8613812345678',
  language: 'zh_CN',
  blocked: false,
}
export const to: Outgoing = { address: mei.id as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }

/** Each message has a key of its own: WeCom takes each once. */
let keys = 0
export const fresh = (): Outgoing => ({ ...to, key: `0192f0c1-2b7e-7a55-8b0c-${String(++keys).padStart(12, '0')}` })

export interface Stage {
  world: World
  io: Io<Settings>
  /** What `io` knows of stored files. */
  files: Map<string, TestFile>
  /** The webhook door, and what came to it. */
  url: string
  calls: RawRequest[]
  verdicts: string[]
  /** What the listener stored, and what it means. */
  pages: RawRequest[]
  events: InboundEvent[]
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Of<T>[]>
  cursor: { value: unknown }
  /** Starts listening; resolves when it is connected. Answers how it ends. */
  listen(): Promise<{ ended: Promise<string>; stop(): Promise<void> }>
  /** Moves the provider's clock. */
  pass(ms: number): void
  close(): Promise<void>
}

export async function openStage(more: Partial<Settings> = {}): Promise<Stage> {
  let passed = 0
  const now = () => new Date(Date.now() + passed)
  const { world, close: closeWorld } = await openWorld(wecomWire, { people: [mei], now })
  const settings = wecom.settings.parse({ ...wecomWire.settings(world), ...more, baseUrl: world.baseUrl })
  const files = new Map<string, TestFile>()
  const io = createIo(settings, { files })
  const door = await openCallback(settings, now)
  const ears = listening(io, door.process)
  const pass = (ms: number) => {
    passed += ms
  }
  async function close() {
    for (const stop of ears.stops) await stop()
    await closeWorld()
    await door.close()
  }
  return { world, io, files, ...door, ...ears, pass, close }
}

type Process = Parameters<typeof newsOf>[0]

async function openCallback(settings: Settings, now: () => Date) {
  const process = { db: {} } as Process
  const [calls, verdicts]: [RawRequest[], string[]] = [[], []]
  const { origin, close } = await openDoor(request => {
    const said = wecom.verify(request, settings, now())
    calls.push(request)
    verdicts.push(said.verdict)
    if (said.verdict === 'answer' && said.news !== undefined) tellNews(process, '1', said.news)
    return said.verdict === 'reject' ? { status: 401 } : { status: 200, body: said.body }
  })
  return { process, url: `${origin}/hooks/1`, calls, verdicts, close }
}

function listening(io: Io<Settings>, process: Process) {
  const pages: RawRequest[] = []
  const { events, heard, hear } = hearing()
  const stops: (() => Promise<void>)[] = []
  const cursor: { value: unknown } = { value: undefined }
  const deliver = async (request: RawRequest) => {
    pages.push(request)
    hear(wecom.parse(request))
  }
  async function listen() {
    const end = new AbortController()
    let connected = () => {}
    const stands = new Promise<void>(done => {
      connected = done
    })
    const on: Listening<Settings> = {
      io,
      deliver,
      signal: end.signal,
      connected: () => connected(),
      news: ms => newsOf(process, '1', { ms, signal: end.signal }),
      cursor: {
        get: async () => cursor.value,
        set: async value => {
          cursor.value = value
        },
      },
    }
    const ended = wecom.listen!(on).then(
      () => 'stopped',
      (error: Error) => `${error.constructor.name}: ${error.message}`,
    )
    const stop = async () => {
      end.abort()
      await ended
    }
    stops.push(stop)
    await Promise.race([stands, ended])
    return { ended, stop }
  }
  return { pages, events, heard, cursor, listen, stops }
}

/** Somebody who wrote, so that the business may answer; and a listener that heard it. */
export const inTouch = async (more: Partial<Settings> = {}): Promise<Stage> =>
  begun(await openStage(more), async stage => {
    assert.equal((await wecom.setup!(stage.url, stage.io)).ok, true)
    assert.equal(await enterCallback(stage.url, stage.world), true)
    await stage.listen()
    await writes(stage)
  })

/** The customer writes again, and the business may answer five times. */
export async function writes(stage: Stage): Promise<void> {
  stage.events.length = 0
  stage.world.act(mei.id, { do: 'text', text: 'go on' })
  await stage.heard('message')
  stage.events.length = 0
}
