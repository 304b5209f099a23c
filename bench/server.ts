import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type pg from 'pg'

/** The product as it is shipped, in a process of its own, on a data folder of its own. */
export interface Served {
  base: string
  port: number
  dir: string
  pid: number
  /** From starting the process to the first 200 of /readyz, milliseconds. */
  readyMs: number
  /** Where its PostgreSQL listens. */
  database: pg.ClientConfig
  /** API key of an owner. */
  key: string
  /** The owner's one-time link, as long as nobody used it. */
  link: string | undefined
  /** Process ids of its PostgreSQL, the postmaster first. */
  databasePids(): number[]
  /** Ends it as an operator would. */
  stop(): Promise<void>
  /** Ends the process, not its PostgreSQL, without a last word. */
  kill(): Promise<void>
}

const key = 'bench-key-of-the-owner'

/** A folder under the system's temporary one which PostgreSQL's own account can enter. */
export function makeFolder(name: string): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `parley-bench-${name}-`))
  fs.chmodSync(dir, 0o711)
  return dir
}

/** Starts src/main.ts on `dir`; resolves when it is ready for traffic. */
export async function serve(dir: string): Promise<Served> {
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    PARLEY_DATA: dir,
    PARLEY_BOOTSTRAP_KEY: key,
    PARLEY_LOG_LEVEL: 'warn',
  }
  const flags = ['--disable-warning=ExperimentalWarning']
  const began = performance.now()
  const main = path.join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [...flags, main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
  })
  await answers(`http://127.0.0.1:${port}/readyz`, child)
  const readyMs = Math.round(performance.now() - began)
  return {
    base: `http://127.0.0.1:${port}`,
    port,
    dir,
    pid: child.pid!,
    readyMs,
    database: { host: path.join(dir, 'postgres/run'), port: 5432, user: 'postgres', database: 'parley' },
    key,
    link: /welcome#(\S+)/.exec(said)?.[1],
    databasePids: () => processesOf(postmaster(dir)),
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

/** Waits until the address answers 200, asking every few milliseconds. */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  while (!(await isOk(url))) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode} before it was ready.`)
    await new Promise(r => setTimeout(r, 5))
  }
}

function isOk(url: string): Promise<boolean> {
  return new Promise(done => {
    http
      .get(url, { agent: false }, response => {
        response.resume()
        done(response.statusCode === 200)
      })
      .on('error', () => done(false))
  })
}

/** Sends the signal and waits for the end. */
export async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(r => child.once('exit', r))
  child.kill(signal)
  await ended
}

const postmaster = (dir: string): number =>
  Number(fs.readFileSync(path.join(dir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])

function processesOf(pid: number): number[] {
  const list = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const children = list.map(line => line.trim().split(/\s+/).map(Number)).filter(([, parent]) => parent === pid)
  return [pid, ...children.map(([child]) => child!)]
}

/** Memory that a process has for itself, plus its share of what it shares, in bytes. Linux only. */
export function memoryOf(pid: number, measure: 'Pss' | 'Rss' = 'Pss'): number {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(new RegExp(`^${measure}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024
}

/** A TCP port nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise(done => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => done(port))
    })
  })
}

/** Asks the API as the owner's key. Throws unless the answer is a 2xx. */
export async function ask<T>(served: Served, what: string, body?: object): Promise<T> {
  const [method, where] = what.split(' ') as [string, string]
  const response = await fetch(`${served.base}/api/v1${where}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${await response.text()}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** The value below which the part `q` of all lies. Two decimals. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN) * 100) / 100
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
