import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { giveTo } from './account.ts'
import { findBinaries } from './binaries.ts'
import type { Place } from './place.ts'
import { commandOf, isAlive, runsDeletedFile } from './process.ts'
import { unavailable } from './unavailable.ts'

/** A prepared cluster: all that is needed to start its server. */
export type Cluster = Readonly<{ place: Place; native: string; args: readonly string[]; target: pg.PoolConfig }>

/** PostgreSQL's settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string>>

/** Makes the cluster's files on the first start. Blocks for about a second then. */
export function prepareCluster(place: Place, settings: Settings): Cluster {
  const native = findBinaries(place.account, place.copies)
  if (!fs.existsSync(place.data)) initialise(place, native)
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const args = ['-D', place.data, '-k', place.run, '-p', String(port), '-c', 'listen_addresses=', ...given]
  return { place, native, args, target: { host: place.run, port, user, database: 'postgres' } }
}

/** Starts the server, or adopts one that outlived its parent. Resolves when it answers queries. */
export async function bringUp(cluster: Cluster): Promise<{ pid: number; adopted: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const living = livingServer(cluster.place)
    if (living && !startedAsNow(cluster, living)) await stopServer(living)
    else if (living && (await answers(cluster, () => isAlive(living)))) return { pid: living, adopted: true }
    const started = await start(cluster)
    if (started.pid) return { pid: started.pid, adopted: false }
    if (!passing.test(started.fault) || attempt >= 100) throw new Error(`PostgreSQL did not start: ${started.fault}`)
    await delay(100)
  }
}

/** Stops the server cleanly; after 30 s without its last checkpoint, which the next start makes up for. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalTo(pid, signal)
    const until = Date.now() + 30_000
    while (isAlive(pid) && Date.now() < until) await delay(20)
  }
}

const port = 5432 // only names the socket: nothing listens on TCP
const user = 'postgres'
// The first appears while the children of a killed server end; the others while another start is at it.
const passing = /shared memory block .* still in use|lock file ".*" already exists|database system is shut(ting)? down/

function initialise(place: Place, native: string): void {
  // Made aside and renamed, because a half-made cluster would look like a whole one.
  const draft = `${place.data}.new`
  fs.rmSync(draft, { recursive: true, force: true })
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const flags = ['-D', draft, '-U', user, '--auth=trust', ...locale, '--no-instructions']
  const result = spawnSync(path.join(native, 'bin', 'initdb'), flags, { ...childOptions(place), encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`initdb failed: ${result.error?.message ?? result.stderr.trim()}`)
  fs.renameSync(draft, place.data)
}

function childOptions({ account, home }: Place) {
  return { ...account, cwd: home, env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } }
}

async function start(cluster: Cluster): Promise<{ pid?: number; fault: string }> {
  const { place, native, args } = cluster
  disown(place)
  const out = openLog(place)
  const from = fs.fstatSync(out).size
  const program = path.join(native, 'bin', 'postgres')
  // Detached, and writing to a file: it outlives a killed parent, and Ctrl-C in the terminal is not for it.
  const child = spawn(program, args, { ...childOptions(place), stdio: ['ignore', out, out], detached: true })
  fs.closeSync(out)
  let fault = ''
  child.on('error', error => {
    fault = error.message
  })
  child.unref()
  if (await answers(cluster, () => runs(child) && !fault)) return { pid: child.pid, fault: '' }
  return { fault: fault || fs.readFileSync(place.log).subarray(from).toString().trim() || 'it ended without a word' }
}

function runs(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** Asks until a real query is answered: a socket that accepts may still be recovering (57P03). */
async function answers(cluster: Cluster, alive: () => boolean): Promise<boolean> {
  for (let pause = 10; alive(); pause = Math.min(pause * 1.2, 250)) {
    if (await answersNow(cluster.target)) return true
    await delay(pause)
  }
  return false
}

async function answersNow(target: pg.PoolConfig): Promise<boolean> {
  const client = new pg.Client({ ...target, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch (error) {
    if (unavailable(error)) return false
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

function livingServer(place: Place): number | undefined {
  const pid = Number(pidLines(place)[0])
  return pid > 1 && isAlive(pid) && commandOf(pid).includes(` -D ${place.data} `) ? pid : undefined
}

/** False after an upgrade: other programs or settings, or the files under the running server were replaced. */
function startedAsNow({ native, args }: Cluster, pid: number): boolean {
  const now = [path.join(native, 'bin', 'postgres'), ...args].join(' ').trim()
  return commandOf(pid) === now && !runsDeletedFile(pid)
}

/**
 * Clears what a dead server left. PostgreSQL refuses to start while the process named in postmaster.pid exists, even
 * when that is a zombie, or by now a different program. Only the number is replaced, by one no process can have: the line that
 * names the shared memory must stay, for by it PostgreSQL sees whether children of the dead server still write.
 */
function disown(place: Place): void {
  fs.rmSync(path.join(place.run, `.s.PGSQL.${port}.lock`), { force: true })
  const [pid, ...rest] = pidLines(place)
  if (pid) fs.writeFileSync(pidFile(place), ['2147483647', ...rest].join('\n'))
}

function pidLines(place: Place): string[] {
  try {
    return fs.readFileSync(pidFile(place), 'utf8').split('\n')
  } catch {
    return []
  }
}

function pidFile(place: Place): string {
  return path.join(place.data, 'postmaster.pid')
}

function openLog(place: Place): number {
  const size = fs.statSync(place.log, { throwIfNoEntry: false })?.size ?? 0
  if (size > 10_000_000) fs.renameSync(place.log, `${place.log}.old`)
  const out = fs.openSync(place.log, 'a', 0o600)
  giveTo(place.account, place.log)
  return out
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // gone already
  }
}
