import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Figure } from './figure.ts'
import { answers, ask, end, freePort, makeFolder, memoryOf, serve } from './server.ts'

const idleMs = 20_000

/** What everything together takes when nothing happens: the server and all processes of its PostgreSQL. */
export async function memory(): Promise<Figure> {
  const dir = makeFolder('memory')
  try {
    const served = await serve(dir)
    try {
      await warmUp(served)
      await new Promise(r => setTimeout(r, idleMs))
      const node = memoryOf(served.pid)
      const database = sum(served.databasePids().map(pid => memoryOf(pid)))
      const bare = await bareMemory(served.database.host!)
      return {
        name: 'Memory when idle: server and PostgreSQL',
        value: mb(node + database),
        unit: 'MB',
        control: { name: 'bare process with fastify + pg, without PostgreSQL', value: mb(bare) },
        target: '<= 250 MB',
        note: `Proportional set size (PSS) of all processes: server ${mb(node)} MB, PostgreSQL ${mb(database)} MB; ${idleMs / 1000} s after the last request.`,
      }
    } finally {
      await served.stop()
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

/** Whatever is loaded at the first request is loaded in any real installation. */
async function warmUp(served: Parameters<typeof ask>[0]): Promise<void> {
  const settings = { token: '1:memory', webhookSecret: 'secret', baseUrl: 'http://127.0.0.1:1' }
  await ask(served, 'POST /channels', { kind: 'telegram', name: 'Memory', settings })
  for (let n = 0; n < 20; n++) {
    await ask(served, 'GET /conversations')
    await ask(served, 'GET /search?q=hello')
    await ask(served, 'GET /channels')
  }
}

async function bareMemory(host: string): Promise<number> {
  const port = await freePort()
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'bare.ts'), String(port), host])
  try {
    await answers(`http://127.0.0.1:${port}/readyz`, child)
    await new Promise(r => setTimeout(r, 5000))
    return memoryOf(child.pid!)
  } finally {
    await end(child, 'SIGKILL')
  }
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
const mb = (bytes: number): number => Math.round(bytes / 1_000_000)

if (import.meta.main) console.table([await memory()])
