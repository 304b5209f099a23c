import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { connect, type Database, DatabaseUnavailable, untilConnected } from './connect.ts'
import { type Embedded, startEmbedded } from './embedded.ts'
import { openDatabase } from './open.ts'
import { findPlace } from './place.ts'
import { stopServer } from './postmaster.ts'
import { isAlive } from './process.ts'

const silent = { info() {}, warn() {}, error() {} }

function dataFolder(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-embedded-'))
  fs.chmodSync(folder, 0o711)
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder with an empty database in it, copied because making one takes a second of both cores. */
async function seededFolder(t: TestContext): Promise<string> {
  const folder = dataFolder(t)
  execFileSync('cp', ['-a', path.join(await seed, 'postgres'), folder])
  return folder
}

const seed = makeSeed()
after(async () => fs.rmSync(await seed, { recursive: true }))

async function makeSeed(): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-seed-'))
  fs.chmodSync(folder, 0o711)
  const server = await startEmbedded({ dir: folder, log: silent })
  await server.stop()
  return folder
}

async function start(t: TestContext, dir: string): Promise<{ server: Embedded; db: Database }> {
  const server = await startEmbedded({ dir, log: silent })
  const db = connect(server.target)
  t.after(async () => {
    if (!db.pool.ended) await db.close()
    await server.stop()
  })
  return { server, db }
}

/** Starts a server in a process of its own and kills that process the hard way; the server stays. */
async function startAndDie(dir: string): Promise<number> {
  const program = `const { startEmbedded } = await import('${path.join(import.meta.dirname, 'embedded.ts')}')
    const server = await startEmbedded({ dir: '${dir}', log: console })
    console.log('pid=' + server.pid())
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (/pid=\d+\n/.test(said)) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return Number(/pid=(\d+)/.exec(said)?.[1])
}

const rows = async (db: Database) => (await db.query('SELECT n FROM kept ORDER BY n')).rows.map(row => row.n)

test('rows outlive a clean stop, and nobody but the socket reaches the server', async t => {
  const dir = await seededFolder(t)
  const first = await start(t, dir)
  assert.equal(first.server.adopted, false)
  await first.db.query('CREATE TABLE kept AS SELECT 1 AS n')
  const { rows: settings } = await first.db.query(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses', 'synchronous_commit') ORDER BY 1`,
  )
  assert.deepEqual(
    settings.map(row => row.setting),
    ['on', '', 'on'],
  )
  assert.equal(fs.statSync(String(first.server.target.host)).mode & 0o777, 0o700)
  await first.db.close()
  await first.server.stop()
  assert.equal(isAlive(first.server.pid()), false)
  const second = await start(t, dir)
  assert.deepEqual([second.server.adopted, await rows(second.db)], [false, [1]])
})

test('a server killed under us is started again by itself, with every committed row', async t => {
  const { server, db } = await start(t, await seededFolder(t))
  await db.query('CREATE TABLE kept AS SELECT 1 AS n')
  const killed = server.pid()
  process.kill(killed, 'SIGKILL')
  await assert.rejects(async () => {
    for (;;) await db.query('SELECT 1')
  }, DatabaseUnavailable)
  await untilConnected(db)
  assert.deepEqual(await rows(db), [1])
  assert.notEqual(fs.readFileSync(`${server.dataPath}/data/postmaster.pid`, 'utf8').split('\n')[0], String(killed))
})

test('the server of a killed Parley is taken over as it runs', async t => {
  const dir = await seededFolder(t)
  const pid = await startAndDie(dir)
  assert.ok(isAlive(pid))
  const { server, db } = await start(t, dir)
  assert.deepEqual([server.adopted, server.pid()], [true, pid])
  assert.equal((await db.query('SELECT 1 AS n')).rows[0]?.n, 1)
})

test('when Parley and its server are both killed, the next start recovers', async t => {
  const dir = await seededFolder(t)
  process.kill(await startAndDie(dir), 'SIGKILL')
  const { server, db } = await start(t, dir)
  assert.equal(server.adopted, false)
  assert.equal((await db.query('SELECT 1 AS n')).rows[0]?.n, 1)
})

test('a process id left behind that is now another program, even of the same user, does not hinder', async t => {
  const dir = await seededFolder(t)
  process.kill(await startAndDie(dir), 'SIGKILL')
  const place = findPlace(dir)
  const stranger = spawn('sleep', ['600'], { ...place.account, stdio: 'ignore' })
  t.after(() => stranger.kill())
  for (const file of [`${place.data}/postmaster.pid`, `${place.run}/.s.PGSQL.5432.lock`])
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^\d+/, String(stranger.pid)))
  const { db } = await start(t, dir)
  assert.equal((await db.query('SELECT 1 AS n')).rows[0]?.n, 1)
  assert.ok(isAlive(Number(stranger.pid)))
})

test('a server left by a Parley with other settings is replaced by one with ours', async t => {
  const dir = await seededFolder(t)
  const pid = await startAndDie(dir)
  const server = await startEmbedded({ dir, log: silent, settings: { max_connections: '30' } })
  t.after(() => server.stop())
  assert.equal(server.adopted, false)
  assert.equal(isAlive(pid), false)
})

test('a first start that was cut off while making the files begins anew', async t => {
  const dir = dataFolder(t)
  const place = findPlace(dir)
  fs.mkdirSync(`${place.data}.new`)
  fs.writeFileSync(`${place.data}.new/PG_VERSION`, '18\n')
  const { db } = await start(t, dir)
  assert.equal((await db.query('SELECT 1 AS n')).rows[0]?.n, 1)
})

test('a data folder with a path too long for a socket works', async t => {
  const dir = path.join(dataFolder(t), 'x'.repeat(100))
  const { server, db } = await start(t, dir)
  assert.equal((await db.query('SELECT 1 AS n')).rows[0]?.n, 1)
  assert.equal(path.dirname(String(server.target.host)), os.tmpdir())
  t.after(() => fs.rmSync(String(server.target.host), { recursive: true }))
})

test('a folder closed to the account of the database gets one elsewhere, and the same one the next time', async t => {
  if (process.getuid?.() !== 0) return // an ordinary user is its own database account
  const dir = dataFolder(t)
  fs.chmodSync(dir, 0o700)
  const place = findPlace(dir)
  t.after(() => fs.rmSync(place.home, { recursive: true }))
  assert.notEqual(place.home, path.join(dir, 'postgres'))
  assert.equal(findPlace(dir).home, place.home)
  const { server } = await start(t, dir)
  assert.equal(server.dataPath, place.home)
})

test('a database that has vanished is an error, not an empty one', async t => {
  const dir = dataFolder(t)
  fs.symlinkSync('/nonexistent/cluster', path.join(dir, 'postgres'))
  assert.throws(() => findPlace(dir), /which is gone/)
})

test('an outside server is opened by its address, migrated, and left running when we close', async t => {
  const outside = await start(t, await seededFolder(t))
  const { host, port } = outside.server.target
  const databaseUrl = `postgres://postgres@/parley?host=${host}&port=${port}`
  const ours = { dataDir: dataFolder(t), databaseUrl }
  const opened = await openDatabase(ours, silent)
  assert.equal(opened.embedded, undefined)
  await opened.close()
  assert.ok(Number((await outside.db.query('SELECT count(*) AS n FROM migrations')).rows[0]?.n) > 0)
  assert.deepEqual(fs.readdirSync(ours.dataDir), [])
})

test('stopping ends a server that was taken over, too', async t => {
  const dir = await seededFolder(t)
  const pid = await startAndDie(dir)
  const { server } = await start(t, dir)
  await server.stop()
  await stopServer(pid) // returns at once for one that is gone
  assert.equal(isAlive(pid), false)
})
