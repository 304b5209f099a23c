import { type ChildProcess, execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { startEmbedded } from '../src/db/embedded.ts'
import type { Figure } from './figure.ts'

/** What the sender prints. */
export interface Load {
  answered: number
  refused: number
  perSecond: number
  p50: number
  p99: number
}

const secret = 'app-secret-of-the-benchmark'
const rounds = 5
const seconds = 6

/**
 * Signed webhooks of 1 KB over 50 connections, fsync on: Parley beside the control, in turns. Each round has its ratio, as
 * a shared machine is quicker in one minute than in the next; of the round in the middle are the figures. Then the same
 * at half of Parley's maximum, for the time an answer takes.
 */
export async function accept(): Promise<Figure[]> {
  const control = await startControl()
  const ours = await startOurs()
  try {
    const all: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const bare = await control.run()
      const own = await load({
        port: ours.port,
        path: ours.hook,
        connections: 50,
        seconds,
        people: 2000,
        key: `o${round}`,
      })
      all.push({ ours: own, bare, ratio: own.perSecond / bare.perSecond })
      await ours.drained()
    }
    const middle = all.toSorted((a, b) => a.ratio - b.ratio)[rounds >> 1]!
    const most = middle.ours.perSecond
    const half = await load({
      port: ours.port,
      path: ours.hook,
      connections: 50,
      seconds,
      perSecond: most / 2,
      people: 2000,
      key: 'half',
    })
    const refused = all.reduce((n, round) => n + round.ours.refused, half.refused)
    return [
      {
        name: 'Accept: signed WhatsApp webhooks, 50 connections',
        value: most,
        unit: 'webhooks/s',
        control: { name: 'bare node:http + pg, group commit', value: middle.bare.perSecond },
        target: '>= 0.9 of the control',
        note: `The middle one of ${rounds} rounds of ${seconds} s each, by its ratio; ${refused} refused; ours and the control: ${all.map(r => `${r.ours.perSecond} of ${r.bare.perSecond}`).join(', ')}.`,
      },
      {
        name: 'Accept: time to the answer at half of the maximum, p99',
        value: half.p99,
        unit: 'ms',
        target: '< 40 ms',
        note: `${half.perSecond}/s offered, p50 ${half.p50} ms.`,
      },
    ]
  } finally {
    await ours.stop()
    await control.stop()
  }
}

interface Round {
  ours: Load
  bare: Load
  ratio: number
}

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** Runs the sender in a process of its own. */
export async function load(orders: Record<string, unknown>): Promise<Load> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(import.meta.dirname, 'load.ts'), JSON.stringify({ secret, ...orders })],
    { maxBuffer: 1e7 },
  )
  return JSON.parse(stdout) as Load
}

const silent = { info: () => {}, warn: () => {}, error: () => {} }

export function tempFolder(name: string): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `parley-bench-${name}-`))
  fs.chmodSync(dir, 0o711)
  return dir
}

/** What everything is measured against. */
export async function startControl() {
  const dir = tempFolder('control')
  const server = await startEmbedded({ dir, log: silent })
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'control.ts'), JSON.stringify({ target: server.target, port, secret })],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise(r => child.stdout!.once('data', r))
  let runs = 0
  return {
    /** As fast as it answers; for a moment, unless told otherwise. */
    run: (forSeconds = seconds): Promise<Load> =>
      load({ port, path: '/', connections: 50, seconds: forSeconds, people: 2000, key: `control${runs++}` }),
    async stop() {
      await end(child)
      await server.stop()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The product as it is shipped, in a process of its own, with one WhatsApp channel. */
export async function startOurs() {
  const dir = tempFolder('ours')
  const port = await freePort()
  const key = 'bench-key'
  const env = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    PARLEY_DATA: dir,
    PARLEY_BOOTSTRAP_KEY: key,
    PARLEY_LOG_LEVEL: 'warn',
  }
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, '../src/main.ts')],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const base = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`${base}/readyz`).catch(() => undefined))?.ok === true)
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const settings = {
    phoneNumberId: '106540352242922',
    accessToken: 'access-token',
    appSecret: secret,
    verifyToken: 'verify',
    baseUrl: 'http://127.0.0.1:1',
  }
  const made = await fetch(`${base}/api/v1/channels`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ kind: 'whatsapp', name: 'Bench', settings }),
  })
  const channel = (await made.json()) as { id: string }
  const metric = async (name: string) =>
    Number(new RegExp(`^parley_${name} (.+)$`, 'm').exec(await (await fetch(`${base}/metrics`)).text())?.[1])
  return {
    port,
    base,
    key,
    hook: `/hooks/${channel.id}`,
    metric,
    drained: () => until(async () => (await metric('deliveries_new')) === 0),
    async stop() {
      await end(child)
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

export async function until(true_: () => Promise<boolean>): Promise<void> {
  while (!(await true_())) await new Promise(r => setTimeout(r, 100))
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise(r => child.once('exit', r))
  child.kill('SIGTERM')
  await ended
}

export function freePort(): Promise<number> {
  return new Promise(done => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => done(port))
    })
  })
}
