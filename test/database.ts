import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { connect, type Database } from '../src/db/connect.ts'
import { FolderInUse, lockFolder } from '../src/db/lock.ts'
import { migrate, readMigrations } from '../src/db/migrate.ts'
import { findPlace } from '../src/db/place.ts'
import { bringUp, type Cluster, prepareCluster } from '../src/db/postmaster.ts'

/**
 * A database of one's own with the whole schema in it, gone after the test (or, without `t`, after the file).
 * `bin/test` brings the server; for a file run by hand one is started under the temporary folder and left running.
 */
export async function testDatabase(t?: TestContext): Promise<Database> {
  const server = await testServer()
  template ??= templateOn(server)
  const name = `t_${process.pid}_${randomBytes(6).toString('hex')}`
  await admin(server, `CREATE DATABASE ${name} TEMPLATE ${await template} STRATEGY wal_log`)
  const db = connect({ ...server, database: name })
  const remove = async () => {
    await db.close()
    await admin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  if (t) t.after(remove)
  else after(remove)
  return db
}

/** Where the test server listens: for tests that need an empty database or a second server address. */
export function testServer(): Promise<pg.PoolConfig> {
  server ??= findServer()
  return server
}

/** Starts a server that forgets on power loss and is quick for it. Nobody watches it; stop it with `stopServer`. */
export async function startTestServer(folder: string): Promise<{ cluster: Cluster; pid: number }> {
  const cluster = prepareCluster(findPlace(folder), quick)
  return { cluster, pid: (await bringUp(cluster)).pid }
}

/** Makes the template of this checkout's migrations unless it is there, and says its name. */
export async function templateOn(target: pg.PoolConfig): Promise<string> {
  const checksums = readMigrations().map(file => file.name + file.checksum)
  const name = `template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 16)}`
  await alone(target, async client => {
    const { rows } = await client.query<{ datname: string }>(`SELECT datname FROM pg_database`)
    if (rows.some(row => row.datname === name)) return
    for (const { datname } of rows) if (/^(template|draft)_/.test(datname)) await drop(client, datname)
    await client.query('CREATE DATABASE draft_template')
    await fill({ ...target, database: 'draft_template' })
    await client.query(`ALTER DATABASE draft_template RENAME TO ${name}`)
  })
  return name
}

let server: Promise<pg.PoolConfig> | undefined
let template: Promise<string> | undefined

const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
  log_checkpoints: 'off',
}

async function findServer(): Promise<pg.PoolConfig> {
  const given = process.env.PARLEY_TEST_PG
  if (given) return { host: given, port: 5432, user: 'postgres', database: 'postgres' }
  const folder = path.join(os.tmpdir(), `parley-test-${process.getuid?.() ?? 0}`)
  fs.mkdirSync(folder, { recursive: true, mode: 0o711 })
  const lock = await waitForLock(folder)
  try {
    return (await startTestServer(folder)).cluster.target
  } finally {
    lock.release()
  }
}

async function waitForLock(folder: string): Promise<{ release(): void }> {
  for (;;) {
    try {
      return lockFolder(folder, 'a test')
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error
    }
    await delay(50)
  }
}

async function fill(target: pg.PoolConfig): Promise<void> {
  const db = connect(target)
  await migrate(db).finally(() => db.close())
}

async function drop(client: pg.Client, name: string): Promise<void> {
  // Another run may be cloning it at this moment; it goes the next time.
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => {})
}

function admin(target: pg.PoolConfig, statement: string): Promise<void> {
  return withClient(target, async client => {
    await client.query(statement)
  })
}

/** Runs `fn` while no other test process does the same. */
function alone(target: pg.PoolConfig, fn: (client: pg.Client) => Promise<void>): Promise<void> {
  return withClient(target, async client => {
    await client.query('SELECT pg_advisory_lock(1)')
    await fn(client)
  })
}

async function withClient(target: pg.PoolConfig, fn: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(target)
  await client.connect()
  await fn(client).finally(() => client.end())
}
