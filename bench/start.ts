import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Figure } from './figure.ts'
import { answers, end, freePort, makeFolder, median, type Served, serve } from './server.ts'

const rounds = 5

/** From starting the process to the first 200 of /readyz: on an empty folder, and on data after three kinds of ends. */
export async function start(): Promise<Figure[]> {
  const dir = makeFolder('start')
  let served: Served | undefined
  try {
    served = await serve(dir)
    const first = served.readyMs
    const clean: number[] = []
    const killed: number[] = []
    const crashed: number[] = []
    for (let round = 0; round < rounds; round++) {
      await served.stop()
      served = await serve(dir)
      clean.push(served.readyMs)
      await served.kill()
      served = await serve(dir)
      killed.push(served.readyMs)
      await killAll(served)
      served = await serve(dir)
      crashed.push(served.readyMs)
    }
    const bare = await bareStart(served)
    return figures({ clean, killed, crashed }, bare, first)
  } finally {
    await served?.stop()
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

/** As when the machine loses its power, except that what the system has buffered is not lost. */
async function killAll(served: Served): Promise<void> {
  const pids = served.databasePids()
  const killed = served.kill()
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it ended with the postmaster
    }
  }
  await killed
}

async function bareStart(served: Served): Promise<number> {
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const port = await freePort()
    const began = performance.now()
    const child = spawn(process.execPath, [
      path.join(import.meta.dirname, 'bare.ts'),
      String(port),
      served.database.host!,
    ])
    await answers(`http://127.0.0.1:${port}/readyz`, child)
    took.push(performance.now() - began)
    await end(child, 'SIGKILL')
  }
  return median(took)
}

function figures(took: Record<'clean' | 'killed' | 'crashed', number[]>, bare: number, first: number): Figure[] {
  const control = { name: 'fastify + pg in a bare process, PostgreSQL running already', value: Math.round(bare) }
  const figure = (name: string, values: number[], more: string): Figure => ({
    name: `Start on existing data: ${name}`,
    value: median(values),
    unit: 'ms',
    control,
    target: '<= 2,000 ms',
    note: `Median of ${rounds}: ${values.join(', ')}. ${more}`,
  })
  return [
    figure('after a clean stop', took.clean, `The first start, which makes the database, took ${first} ms.`),
    figure('after kill -9 of the server', took.killed, 'Its PostgreSQL lives on and is taken over.'),
    figure('after kill -9 of everything', took.crashed, 'PostgreSQL recovers from its log.'),
  ]
}

if (import.meta.main) console.table(await start())
