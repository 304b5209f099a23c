import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Change } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { channelsToDo } from './deliveries.ts'
import { areUsual, type StoredDelivery } from './doorway.ts'
import type { Ingester } from './ingest.ts'

/** What the thread is told. Bodies come as one piece of memory, which changes hands. */
export type Told =
  | { stored: Alike[]; bodies: Uint8Array }
  | { look: readonly string[] }
  | { lookAfter: readonly string[] }
  | { forget: string }
  | { ask: 'idle' | 'backlog'; number: number }
  | { stop: true }

/** Deliveries that have all in common but their numbers and bodies; these by their lengths. */
export interface Alike extends Omit<StoredDelivery, 'id' | 'request'> {
  request: Omit<StoredDelivery['request'], 'body'>
  ids: string[]
  lengths: number[]
}

/** What the thread tells. */
export type Says =
  | { frame: string; workspaceId: string; seq: number }
  | { whisper: Change; workspaceId: string }
  | { wakeJobs: true }
  | { answer: number; value: number }

/** Places in the memory both threads see. */
export const places = { crowded: 0, taken: 1 } as const

/** A crowd that was not seen for so long is gone. */
const crowdMs = 250
/** So many deliveries may lie between the threads; the thread finds what is beyond them in the database. */
const mostBetween = 4000
const againMs = 100

type Thread = Pick<Worker, 'postMessage' | 'on' | 'once'>

/**
 * Ingestion in a thread of its own: however long it thinks, the door stays open. A thread that ends by itself is followed
 * by another one, which finds in the database what was not done.
 * @param begin makes the thread (src/ingest-thread.ts), which sees the memory.
 */
export function ingestApart(
  on: Parley,
  begin: (memory: Int32Array<SharedArrayBuffer>) => Thread,
  crowded: () => boolean,
): Ingester {
  const memory = new Int32Array(new SharedArrayBuffer(8))
  const asked = new Map<number, (value: number) => void>()
  let questions = 0
  let stopped = false
  let thread = start()
  const tell = (told: Told, transfer: ArrayBuffer[] = []) => thread.postMessage(told, transfer)
  const over = crossing(memory, tell)
  const calm = setTimeout(() => Atomics.store(memory, places.crowded, 0), crowdMs).unref()

  function start(): Thread {
    const next = begin(memory)
    next.on('message', (said: Says) => hear(on, said, asked))
    next.on('error', error => on.log.error({ error }, 'Ingestion ended on an unexpected error and is begun again.'))
    next.on('exit', () => {
      for (const answer of asked.values()) answer(0)
      asked.clear()
      if (!stopped) void again()
    })
    return next
  }

  async function again(): Promise<void> {
    await delay(1000, undefined, { ref: false })
    if (stopped) return
    over.nothing()
    thread = start()
    over.look(await channelsToDo(on.db).catch(() => []))
  }

  function ask(what: 'idle' | 'backlog'): Promise<number> {
    const number = ++questions
    return new Promise(done => {
      asked.set(number, done)
      tell({ ask: what, number })
    })
  }

  return {
    arrived(delivery) {
      Atomics.store(memory, places.crowded, crowded() ? 1 : 0)
      calm.refresh()
      over.bring(delivery)
    },
    look: over.look,
    forget: channelId => tell({ forget: channelId }),
    idle: async () => void (await ask('idle')),
    backlog: () => ask('backlog'),
    async stop() {
      stopped = true
      clearTimeout(calm)
      const gone = new Promise(done => thread.once('exit', done))
      tell({ stop: true })
      await gone
    },
  }
}

/** Brings deliveries over to the thread, but no more than it bears. */
function crossing(memory: Int32Array, tell: (told: Told, transfer?: ArrayBuffer[]) => void) {
  const spilled = new Set<string>()
  let pending: StoredDelivery[] = []
  let posted = 0
  const between = () => posted - Atomics.load(memory, places.taken)

  function look(channelIds: readonly string[]): void {
    if (channelIds.length) tell({ look: channelIds })
  }

  /** What one commit stored goes in one message. */
  function flush(): void {
    const rows = pending
    pending = []
    if (between() > mostBetween || spilled.size) return spill(rows)
    posted += rows.length
    const bodies = joined(rows.map(r => r.request.body))
    tell({ stored: alike(rows), bodies }, [bodies.buffer])
  }

  function spill(rows: readonly StoredDelivery[]): void {
    if (!spilled.size) setTimeout(lookAgain, againMs).unref()
    for (const row of rows) spilled.add(row.channelId)
  }

  function lookAgain(): void {
    if (between() > mostBetween / 4) return void setTimeout(lookAgain, againMs).unref()
    tell({ lookAfter: [...spilled] })
    spilled.clear()
  }

  return {
    look,
    bring(delivery: StoredDelivery): void {
      pending.push(delivery)
      if (pending.length === 1) queueMicrotask(flush)
    },
    /** All is on this side again. */
    nothing(): void {
      posted = 0
      Atomics.store(memory, places.taken, 0)
    },
  }
}

function hear(on: Parley, said: Says, asked: Map<number, (value: number) => void>): void {
  if ('frame' in said) on.hub.pass(said.workspaceId, said.seq, said.frame)
  else if ('whisper' in said) on.hub.whisper(said.workspaceId, said.whisper)
  else if ('wakeJobs' in said) on.wakeJobs()
  else {
    asked.get(said.answer)?.(said.value)
    asked.delete(said.answer)
  }
}

/** In memory of its own: what changes hands is gone here, and small buffers share theirs. */
function joined(bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bodies.reduce((n, b) => n + b.length, 0))
  let at = 0
  for (const body of bodies) {
    all.set(body, at)
    at += body.length
  }
  return all
}

/** What one commit stored is nearly always alike: then it is sent once. */
function alike(rows: readonly StoredDelivery[]): Alike[] {
  const all: Alike[] = []
  let common = false
  for (const { id, request, ...delivery } of rows) {
    const last = all.at(-1)
    const { body, ...rest } = request
    const usual = isUsual(rest)
    if (common && usual && last?.channelId === delivery.channelId && last.receivedAt === delivery.receivedAt) {
      last.ids.push(id)
      last.lengths.push(body.length)
    } else all.push({ ...delivery, request: rest, ids: [id], lengths: [body.length] })
    common = usual
  }
  return all
}

function isUsual({ method, query, headers }: Alike['request']): boolean {
  for (const _ in query) return false
  return method === 'POST' && areUsual(headers)
}
