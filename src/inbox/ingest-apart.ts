import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Change } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { type Brought, crossing, places } from './crossing.ts'
import { channelsToDo } from './deliveries.ts'
import type { Ingester } from './ingest.ts'

/** What the thread is told. */
export type Told = Brought | { forget: string } | { ask: Question; number: number } | { stop: true }

type Question = 'idle' | 'backlog'

/** What the thread tells. */
export type Says =
  | { frame: string; workspaceId: string; seq: number }
  | { whisper: Change; workspaceId: string }
  | { wakeJobs: true }
  | { ready: true }
  | { answer: number; value: number }

/** A crowd that was not seen for so long is gone. */
const crowdMs = 250

type Thread = Pick<Worker, 'postMessage' | 'on' | 'once'>

/**
 * Ingestion in a thread of its own: however long it thinks, the door stays open. A thread that ends by itself is followed
 * by another one, which finds in the database what was not done.
 * @param begin makes the thread (src/ingest-thread.ts), which sees the memory.
 * @param crowd how many come together at the door.
 */
export function ingestApart(
  on: Parley,
  begin: (memory: Int32Array<SharedArrayBuffer>) => Thread,
  crowd: () => number,
): Ingester {
  const memory = new Int32Array(new SharedArrayBuffer(8))
  let working = false
  const ready = Promise.withResolvers<void>()
  const asked = questions((ask, number) => thread.tell({ ask, number }))
  const thread = keep(() => begin(memory), {
    hear: said => ('ready' in said ? ready.resolve() : 'answer' in said ? asked.answer(said) : hear(on, said)),
    failed: error => on.log.error({ error }, 'Ingestion ended on an unexpected error and is begun again.'),
    ended: asked.giveUp,
    async begun() {
      over.nothing()
      if (working) over.look(await channelsToDo(on.db).catch(() => []))
    },
  })
  const over = crossing(memory, thread.tell)
  const calm = setTimeout(() => Atomics.store(memory, places.crowd, 0), crowdMs).unref()

  return {
    arrived(delivery) {
      Atomics.store(memory, places.crowd, crowd())
      calm.refresh()
      over.bring(delivery)
    },
    ready: () => ready.promise,
    look(channelIds) {
      working = true
      over.look(channelIds)
    },
    forget: channelId => thread.tell({ forget: channelId }),
    idle: async () => void (await asked.ask('idle')),
    backlog: () => asked.ask('backlog'),
    async stop() {
      clearTimeout(calm)
      await thread.stop()
    },
  }
}

interface Ears {
  hear(said: Says): void
  failed(error: unknown): void
  /** What it was told and did not answer, nobody will answer. */
  ended(): void
  /** Another one, which knows nothing. */
  begun(): Promise<void>
}

/** A thread that ends by itself is followed by another one after a second. */
function keep(begin: () => Thread, { hear, failed, ended, begun }: Ears) {
  let stopped = false
  let gone: Promise<unknown>
  let thread = start()

  function start(): Thread {
    const next = begin()
    next.on('message', hear)
    next.on('error', failed)
    next.on('exit', ended)
    gone = new Promise(done => next.once('exit', done))
    void gone.then(() => (stopped ? undefined : again()))
    return next
  }

  async function again(): Promise<void> {
    await delay(1000, undefined, { ref: false })
    ended() // nobody heard what was asked meanwhile
    if (stopped) return
    thread = start()
    await begun()
  }

  return {
    tell: (told: Told, transfer: ArrayBuffer[] = []): void => thread.postMessage(told, transfer),
    async stop(): Promise<void> {
      stopped = true
      thread.postMessage({ stop: true } satisfies Told)
      await gone
      ended()
    },
  }
}

/** Who asks a thread that ends before it answers hears 0. */
function questions(put: (question: Question, number: number) => void) {
  const open = new Map<number, (value: number) => void>()
  let count = 0
  return {
    ask(question: Question): Promise<number> {
      const number = ++count
      return new Promise(done => {
        open.set(number, done)
        put(question, number)
      })
    },
    answer({ answer, value }: { answer: number; value: number }): void {
      open.get(answer)?.(value)
      open.delete(answer)
    },
    giveUp(): void {
      for (const answer of open.values()) answer(0)
      open.clear()
    },
  }
}

function hear(on: Parley, said: Exclude<Says, { ready: true } | { answer: number }>): void {
  if ('frame' in said) on.hub.pass(said.workspaceId, said.seq, said.frame)
  else if ('whisper' in said) on.hub.whisper(said.workspaceId, said.whisper)
  else on.wakeJobs()
}
