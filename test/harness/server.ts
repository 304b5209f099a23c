import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import { stopServer } from '../../src/db/postmaster.ts'
import { testDatabase, testServer } from '../database.ts'
import { type Api, apiOf } from './api.ts'
import { until } from './until.ts'

const root = path.resolve(import.meta.dirname, '../..')

export interface ServerOptions {
  /** `own`: PostgreSQL inside, on its own folder. `shared`: a database on the test server, quicker to start. */
  database?: 'own' | 'shared'
  env?: Record<string, string>
}

export type Server = Awaited<ReturnType<typeof startParley>>

/**
 * Starts the real server, `src/main.ts`, as a process of its own, and waits until it is ready. On a shared database it
 * is stopped when the test file ends; with its own, stop it yourself.
 */
export async function startParley(options: ServerOptions = {}) {
  const own = options.database === 'own'
  let stop = async () => {}
  // Before the database: `after` runs in this order, and the server must end while its database is still there.
  if (!own) after(() => stop())
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-town-'))
  fs.chmodSync(dir, 0o711) // PostgreSQL's own user must get through
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const key = `key-${port}-owner-of-the-town`
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PARLEY_DATA: dir,
    PARLEY_BOOTSTRAP_KEY: key,
    PARLEY_PUBLIC_URL: url,
    PARLEY_LOG_LEVEL: 'warn',
    ...(!own && { DATABASE_URL: await sharedDatabase() }),
    ...options.env,
  }
  let run = launch(env)
  const wait = () => ready(url, run)
  await wait()
  const api: Api = apiOf(url, key)
  stop = async () => {
    stop = async () => {}
    await end(run.child, 'SIGTERM')
    const pid = own ? postmasterOf(dir) : undefined
    if (pid) await stopServer(pid)
    const home = path.join(dir, 'postgres')
    if (fs.existsSync(home)) fs.rmSync(fs.realpathSync(home), { recursive: true, force: true })
    fs.rmSync(dir, { recursive: true, force: true })
  }
  return {
    url,
    port,
    key,
    dir,
    api,
    env,
    /** What this run has printed. */
    log: () => run.printed.join(''),
    /** Ends the process at once, as the kernel would when memory runs out. */
    kill: () => end(run.child, 'SIGKILL'),
    pid: () => run.child.pid!,
    /** The PostgreSQL of `database: 'own'`. */
    postgres: () => postmasterOf(dir),
    /** Starts it again on the same data; resolves when it is ready. */
    async restart() {
      run = launch(env)
      await wait()
    },
    ready: wait,
    alive: () => run.child.exitCode === null && run.child.signalCode === null,
    /** Lets it end by itself and takes its data away. */
    stop: () => stop(),
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

interface Run {
  child: ChildProcess
  printed: string[]
}

/** Starts main without waiting: for starts that are meant to fail. */
export function launch(env: Record<string, string>): Run {
  const { PATH, HOME, TMPDIR } = process.env
  const around = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: root,
    env: { ...around, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', data => printed.push(String(data)))
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return { child, printed }
}

async function ready(url: string, { child, printed }: Run): Promise<void> {
  await until(
    `the server at ${url} is ready`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended' as const
      const answer = await fetch(`${url}/readyz`).catch(() => undefined)
      return answer?.ok ? ('ready' as const) : undefined
    },
    60_000,
  ).then(
    state => {
      if (state === 'ended') throw new Error(`The server ended: ${printed.join('')}`)
    },
    error => {
      throw new Error(`${error.message}\n${printed.join('')}`)
    },
  )
}

function postmasterOf(dir: string): number | undefined {
  const file = path.join(dir, 'postgres', 'data', 'postmaster.pid')
  const pid = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8').split('\n')[0]) : Number.NaN
  return Number.isInteger(pid) ? pid : undefined
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  await new Promise(done => server.close(done))
  return port
}

async function sharedDatabase(): Promise<string> {
  const db = await testDatabase()
  const { rows } = await db.query<{ name: string }>('select current_database() as name')
  const { host, user, port } = await testServer()
  const query = new URLSearchParams({ host: String(host), user: String(user), port: String(port) })
  return `postgres:///${rows[0]!.name}?${query}`
}
