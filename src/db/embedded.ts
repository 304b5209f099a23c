import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findPlace } from './place.ts'
import { bringUp, type Cluster, prepareCluster, type Settings, stopServer } from './postmaster.ts'
import { isAlive } from './process.ts'

/** Where a server says what happens to it; pino fits. */
export type Log = { info(text: string): void; warn(text: string): void; error(text: string): void }

/** PostgreSQL inside Parley, running. */
export type Embedded = {
  /** For `connect`: a unix socket, database `parley`. */
  target: pg.PoolConfig
  /** True when the server outlived a killed Parley and was taken over. */
  adopted: boolean
  /** The folder of the cluster: `<dir>/postgres`, or elsewhere when PostgreSQL's account cannot reach that. */
  dataPath: string
  /** The process id of the server now; it changes when the server had to be started again. */
  pid(): number
  /** Stops PostgreSQL cleanly. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on `<dir>/postgres` (creating it on the first start) and starts it again whenever it dies.
 * One process per folder: take `lockFolder(dir, …)` first.
 * @throws Error when there is no PostgreSQL for this platform or it does not start; the text says why.
 */
export async function startEmbedded(options: { dir: string; log: Log; settings?: Settings }): Promise<Embedded> {
  const place = findPlace(options.dir)
  if (!place.home.startsWith(path.resolve(options.dir)))
    options.log.info(`The database lies in ${place.home}: its own user cannot reach ${options.dir}.`)
  const cluster = prepareCluster(place, { ...smallServer, ...options.settings })
  const { pid, adopted } = await bringUp(cluster)
  await createDatabase(cluster.target)
  const supervisor = supervise(cluster, pid, options.log)
  return { target: { ...cluster.target, database }, adopted, dataPath: place.home, ...supervisor }
}

const database = 'parley'

/** For a whole product within 250 MB; a large installation brings its own PostgreSQL. */
const smallServer: Settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB', // touched lazily: costs nothing while empty
  max_connections: '60',
  max_wal_size: '1GB',
  wal_compression: 'pglz', // this build has no lz4
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  io_workers: '2',
  jit: 'off',
  // Young tables are counted soon, so that plans fit them, and the versions that busy rows leave behind go early.
  autovacuum_naptime: '10s',
  random_page_cost: '1.1',
  huge_pages: 'off',
  // Customers' words and secrets stay out of the log: no statements, no DETAIL with the values of a row.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

async function createDatabase(target: pg.PoolConfig): Promise<void> {
  const client = new pg.Client(target)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
    if (!rowCount) await client.query(`CREATE DATABASE ${database}`)
  } finally {
    await client.end()
  }
}

function supervise(cluster: Cluster, first: number, log: Log): Pick<Embedded, 'pid' | 'stop'> {
  let pid = first
  const stopping = new AbortController()
  const watching = watch()
  async function watch(): Promise<void> {
    // Polling sees an adopted server too, which is not our child and so sends no exit event.
    while (await pause(200, stopping.signal)) {
      if (!isAlive(pid)) pid = (await revive(cluster, log, stopping.signal)) ?? pid
    }
  }
  async function stop(): Promise<void> {
    stopping.abort()
    await watching
    await stopServer(pid)
  }
  return { pid: () => pid, stop }
}

async function revive(cluster: Cluster, log: Log, stopping: AbortSignal): Promise<number | undefined> {
  log.warn('PostgreSQL ended unexpectedly; starting it again.')
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      const { pid } = await bringUp(cluster)
      log.info('PostgreSQL runs again.')
      return pid
    } catch (error) {
      log.error(error instanceof Error ? error.message : String(error))
    }
    if (!(await pause(wait, stopping))) return undefined
  }
}

/** False as soon as `stopping` is raised. Does not keep the process alive. */
async function pause(milliseconds: number, stopping: AbortSignal): Promise<boolean> {
  return delay(milliseconds, !stopping.aborted, { signal: stopping, ref: false }).catch(() => false)
}
