import { type Box, boxOf } from '../../sandbox/email/box.ts'
import { emailWire } from '../../sandbox/email.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { InboundEvent, Io, RawRequest } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import type { Settings } from '../../src/channels/email/settings.ts'
import { createIo, type TestFile } from './io.ts'

export const anna = {
  id: 'anna@example.org',
  name: 'Anna Kuk',
  phone: '358401234567',
  language: 'en',
  blocked: false,
}

type Heard<T extends InboundEvent['type']> = Extract<InboundEvent, { type: T }>

/** A shop's mailbox with its customers, and Parley's channel that listens to it. */
export interface Stage {
  world: World
  box: Box
  settings: Settings
  io: Io<Settings>
  files: Map<string, TestFile>
  requests: RawRequest[]
  events: InboundEvent[]
  /** Where listening has got to; outlives a restart. */
  cursor: { value: unknown }
  listen(): Listener
  heard<T extends InboundEvent['type']>(type: T, count?: number): Promise<Heard<T>[]>
  hangUp(): void
  close(): Promise<void>
}

export interface Listener {
  connected: Promise<void>
  /** How it ended: an error, or nothing when it was told to stop. */
  ended: Promise<unknown>
  stop(): Promise<unknown>
}

export async function openStage(more: Partial<Settings> = {}): Promise<Stage> {
  const world = createWorld(emailWire, { name: 'Rowan & Rye', people: [anna], haste: 100 })
  const serving = (await emailWire.serve!(world)) as { close(): Promise<void>; hangUp(): void }
  const settings = email.settings.parse({ ...emailWire.settings(world), importDays: 0, ...more })
  const files = new Map<string, TestFile>()
  const io = createIo(settings, { files })
  const [requests, events]: [RawRequest[], InboundEvent[]] = [[], []]
  const waiting = new Set<() => void>()
  const listeners = new Set<Listener>()
  const cursor: { value: unknown } = { value: undefined }
  const stage: Stage = {
    world,
    box: boxOf(world),
    settings,
    io,
    files,
    requests,
    events,
    cursor,
    listen() {
      const listener = begin(stage, request => {
        requests.push(request)
        events.push(...email.parse(request))
        for (const wake of [...waiting]) wake()
      })
      listeners.add(listener)
      return listener
    },
    async heard(type, count = 1) {
      const found = () => events.filter(event => event.type === type) as never[]
      while (found().length < count)
        await new Promise<void>(done => {
          const wake = () => {
            waiting.delete(wake)
            done()
          }
          waiting.add(wake)
        })
      return found()
    },
    hangUp: serving.hangUp,
    async close() {
      await Promise.all([...listeners].map(listener => listener.stop()))
      await io.drop('smtp')
      await io.drop('imap-files')
      await serving.close()
      world.close()
    },
  }
  return stage
}

function begin(stage: Stage, deliver: (request: RawRequest) => void): Listener {
  const stop = new AbortController()
  let stands = () => {}
  const connected = new Promise<void>(done => {
    stands = done
  })
  const ended = email.listen!({
    io: stage.io,
    signal: stop.signal,
    deliver: async request => deliver(request),
    cursor: {
      get: async () => stage.cursor.value,
      set: async value => {
        stage.cursor.value = value
        whenSet.get(stage)?.()
      },
    },
    connected: () => stands(),
  }).catch((error: unknown) => error)
  return {
    connected,
    ended,
    stop() {
      stop.abort()
      return ended
    },
  }
}

const whenSet = new WeakMap<Stage, () => void>()

/** Connected for the first time: from now on no mail is older than the channel. */
export async function listening(stage: Stage): Promise<Listener> {
  const placed = new Promise<void>(done => whenSet.set(stage, done))
  const listener = stage.listen()
  if (stage.cursor.value === undefined) await Promise.race([placed, listener.ended])
  await Promise.race([listener.connected, listener.ended])
  return listener
}
