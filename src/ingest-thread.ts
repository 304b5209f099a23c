import { parentPort, workerData } from 'node:worker_threads'
import { pino } from 'pino'
import { adapters } from './channels/index.ts'
import type { Config } from './config.ts'
import { createChannelBook } from './connections/book.ts'
import { closeLinks } from './connections/links.ts'
import { createSealer } from './connections/seal.ts'
import { connectInACrowd, type Target } from './db/connect.ts'
import { goLast } from './db/priority.ts'
import { places } from './inbox/crossing.ts'
import type { StoredDelivery } from './inbox/doorway.ts'
import { createIngester } from './inbox/ingest.ts'
import type { Says, Told } from './inbox/ingest-apart.ts'
import type { Hub } from './live/hub.ts'
import { createGuard } from './media/guard.ts'
import { createStorage } from './media/storage.ts'
import type { Parley } from './parley.ts'

/** What src/start.ts hands to this thread, in which messages are received (src/inbox/ingest.ts). */
export interface Handed {
  config: Config
  database: Target
  memory: Int32Array<SharedArrayBuffer>
}

/** So many webhooks in each commit mean that the door falls behind. Fewer wait for nobody: this thread goes last. */
const packed = 20

const port = parentPort!
const { config, database, memory } = workerData as Handed
const db = connectInACrowd(database)
goLast(db, database)
const seal = createSealer(config.secretKey)
const parley: Parley = {
  config,
  db,
  hub: hubOver(says => port.postMessage(says)),
  channels: createChannelBook(db, seal, adapters),
  seal,
  storage: createStorage(config),
  guard: createGuard(),
  log: pino({ level: config.logLevel, base: undefined }),
  now: () => new Date(),
  random: Math.random,
  wakeJobs: () => port.postMessage({ wakeJobs: true } satisfies Says),
}
const ingester = createIngester(parley, () => Atomics.load(memory, places.crowd) > packed, {
  most: 800,
  keep: { rows: 64_000, bytes: 64_000_000 },
})

port.on('message', (told: Told) => {
  if ('stored' in told) arrive(told)
  else if ('look' in told) ingester.look(told.look)
  else if ('lookAfter' in told) ingester.lookAfter(told.lookAfter)
  else if ('forget' in told) parley.channels.forget(told.forget)
  else if ('ask' in told) void answer(told)
  else void stop()
})
port.postMessage({ ready: true } satisfies Says)

function arrive({ stored, bodies }: Extract<Told, { stored: unknown }>): void {
  let from = bodies.byteOffset
  for (const { ids, lengths, request, ...delivery } of stored) {
    for (const [i, id] of ids.entries()) {
      const body = Buffer.from(bodies.buffer, from, lengths[i])
      from += body.length
      ingester.arrived({ ...delivery, id, request: { ...request, body } } satisfies StoredDelivery)
    }
    Atomics.add(memory, places.taken, ids.length)
  }
}

async function answer({ ask, number }: Extract<Told, { ask: unknown }>): Promise<void> {
  if (ask === 'idle') await ingester.idle()
  port.postMessage({ answer: number, value: await ingester.backlog() } satisfies Says)
}

async function stop(): Promise<void> {
  await ingester.stop()
  await closeLinks(parley)
  await parley.guard.close()
  await db.close()
  port.close()
}

/** Nobody listens in this thread: what is told goes to the other. */
function hubOver(say: (says: Says) => void): Hub {
  return {
    announce: (workspaceId, seq, changes) => say({ frame: JSON.stringify({ seq, changes }), workspaceId, seq }),
    pass: (workspaceId, seq, frame) => say({ frame, workspaceId, seq }),
    whisper: (workspaceId, change) => say({ whisper: change, workspaceId }),
    subscribe: () => () => {},
    last: () => undefined,
    listeners: () => 0,
    close: () => {},
  }
}
