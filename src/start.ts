import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { createApi, type Running } from './api/server.ts'
import type { Adapter } from './channels/contract.ts'
import { adapters } from './channels/index.ts'
import type { Config } from './config.ts'
import { createChannelBook } from './connections/book.ts'
import { closeLinks } from './connections/links.ts'
import { startListening } from './connections/listen.ts'
import { createSealer } from './connections/seal.ts'
import { syncOldTemplates } from './connections/templates.ts'
import { tendChannels } from './connections/tend.ts'
import { connectWriter, type Database, type Target } from './db/connect.ts'
import { deliver } from './inbox/deliver.ts'
import { channelsToDo } from './inbox/deliveries.ts'
import { createDoorway } from './inbox/doorway.ts'
import { fetchAttempts, fetchMedia } from './inbox/fetch-media.ts'
import { createIngester, type Ingester } from './inbox/ingest.ts'
import { ingestApart } from './inbox/ingest-apart.ts'
import { ingestWhereItPays } from './inbox/ingest-where.ts'
import { createPace } from './inbox/pace.ts'
import { lookUp, lookUpAttempts } from './inbox/profiles.ts'
import { sendReaction, sendRead, sweep } from './inbox/sweep.ts'
import { receiveWebhook } from './inbox/webhook.ts'
import type { Handed } from './ingest-thread.ts'
import { every } from './jobs/every.ts'
import { wake } from './jobs/queue.ts'
import { startWorker } from './jobs/worker.ts'
import { catchUp, forgetOldChanges } from './live/catch-up.ts'
import { createHub } from './live/hub.ts'
import { createGuard } from './media/guard.ts'
import { readMedia, storeMedia } from './media/media.ts'
import { createStorage } from './media/storage.ts'
import type { Parley } from './parley.ts'
import { registerSite } from './site/index.ts'

export interface World {
  config: Config
  db: Database
  log: Logger
  demo: boolean
  adapters?: readonly Adapter[]
  now?: () => Date
  random?: () => number
  /**
   * Where the database is: the door then has a connection of its own, and messages are received in a thread of its own.
   * Without it all share one pool and one thread.
   */
  target?: Target
}

/** So many webhooks in each commit mean a flood: then storing them comes before showing them. */
const aCrowd = 10

/** Puts the parts together, without listening yet. `close` lets running work end and leaves the database open. */
export async function assemble(world: World) {
  const { config, db, log, demo } = world
  const now = world.now ?? (() => new Date())
  const random = world.random ?? Math.random
  const seal = createSealer(config.secretKey)
  const hub = await createHub(db, (workspaceId, after) => catchUp(db, workspaceId, after))
  const channels = createChannelBook(db, seal, world.adapters ?? adapters)
  const parley: Parley = {
    config,
    db,
    hub,
    channels,
    seal,
    storage: createStorage(config),
    guard: createGuard(),
    log,
    now,
    random,
    wakeJobs: wake,
  }

  const writer = world.target ? connectWriter(world.target) : db
  const doorway = createDoorway(writer, delivery => ingester.arrived(delivery))
  const ingester = startIngestion(parley, world.target, doorway.crowd)
  const worker = startWork(parley)
  const repeating = [
    every({ db, now, log, owner: owner() }, { name: 'sweep', intervalMs: 3000, run: () => sweep(parley) }),
    every(
      { db, now, log, owner: owner() },
      // A commit whose answer was lost to us left deliveries that nobody here knows of.
      { name: 'look for deliveries', intervalMs: 60_000, run: async () => ingester.look(await channelsToDo(db, 60)) },
    ),
    every(
      { db, now, log, owner: owner() },
      { name: 'tend channels', intervalMs: 600_000, run: () => tendChannels(parley) },
    ),
    every(
      { db, now, log, owner: owner() },
      { name: 'list templates', intervalMs: 60_000, run: () => syncOldTemplates(parley) },
    ),
    every(
      { db, now, log, owner: owner() },
      { name: 'forget old changes', intervalMs: 3_600_000, run: () => forgetOldChanges(db) },
    ),
  ]
  const listening = startListening(parley, owner(), (channel, request) => doorway.store(channel, request))
  const running: Running = { ...parley, demo, doorway, ingester, worker }
  const app = await createApi(running)
  await mountSite(app, running)
  ingester.look(await channelsToDo(db))
  return {
    ...running,
    app,
    listening,
    async close() {
      await app.close()
      await Promise.all([...repeating.map(r => r.stop()), listening.stop()])
      await worker.stop()
      await running.ingester.stop()
      hub.close()
      await closeLinks(parley)
      await parley.guard.close()
      if (writer !== db) await writer.close()
    },
  }
}

function startIngestion(parley: Parley, database: Target | undefined, crowd: () => number): Ingester {
  const crowded = () => crowd() > aCrowd
  const here = () => createIngester(parley, crowded)
  if (!database) return here()
  const { config, channels } = parley
  const begin = (memory: Handed['memory']) =>
    new Worker(new URL('./ingest-thread.ts', import.meta.url), {
      workerData: { config, database, memory } satisfies Handed,
      // What is in work lives for a tenth of a second: with less room it would be taken for old and moved twice.
      resourceLimits: { maxYoungGenerationSizeMb: 192 },
    })
  const ingestion = ingestWhereItPays(parley, { here, apart: () => ingestApart(parley, begin, crowd), crowded })
  const { forget } = channels
  channels.forget = id => {
    forget(id)
    ingestion.forget(id)
  }
  return ingestion
}

const owner = (): string => `${process.pid}-${randomBytes(6).toString('hex')}`

function startWork(parley: Parley) {
  const on = { ...parley, pace: createPace(() => performance.now()) }
  return startWorker({
    db: parley.db as never,
    now: parley.now,
    random: parley.random,
    log: parley.log as never,
    owner: owner(),
    tasks: {
      deliver: { run: (job, context) => deliver(on, job, context), timeoutMs: 90_000, maxAttempts: 100 },
      'look-up': { run: (job, context) => lookUp(parley, job, context), maxAttempts: lookUpAttempts + 2 },
      react: { run: (job, context) => sendReaction(parley, job, context) },
      read: { run: (job, context) => sendRead(parley, job, context) },
      'fetch-media': {
        run: (job, context) => fetchMedia(parley, job, context),
        timeoutMs: 120_000,
        maxAttempts: fetchAttempts + 2,
      },
    },
  })
}

/** The website chat enters by the same door as every webhook. */
async function mountSite(app: Awaited<ReturnType<typeof createApi>>, on: Running): Promise<void> {
  await registerSite(app, {
    db: on.db,
    now: on.now,
    accept: (channelId, request) => receiveWebhook(on, channelId, request),
    subscribe: (workspaceId, listener) => on.hub.subscribe(workspaceId, listener),
    channelOf: id => on.channels.byId(id) as never,
    storeMedia: (workspaceId, file) => storeMedia(on, workspaceId, file),
    mediaOf: (workspaceId, id) => readMedia(on, workspaceId, id).catch(() => undefined),
  })
}
