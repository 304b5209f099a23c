// Checks the style and the types, builds the pages, then runs every test file (or those named) against one server.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { stopServer } from '../src/db/postmaster.ts'
import { startTestServer, templateOn } from '../test/database.ts'

const root = path.resolve(import.meta.dirname, '..')
const named = process.argv.slice(2)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

process.exitCode = await runAll()

async function runAll(): Promise<number> {
  process.chdir(root)
  const checks = [
    [process.execPath, 'node_modules/@biomejs/biome/bin/biome', 'check', '.'],
    [process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit'],
    [process.execPath, '--disable-warning=ExperimentalWarning', 'bin/build.ts'],
  ]
  // Whoever names files is in the middle of work and wants just these.
  for (const command of named.length > 0 ? [] : checks) {
    const code = await run(command)
    if (code !== 0) return code
  }
  return withServer(socket => run(testCommand(), { PARLEY_TEST_PG: socket }))
}

function testCommand(): string[] {
  const files = named.length > 0 ? named : fs.globSync('{src,sandbox,web,widget,test}/**/*.test.ts').sort()
  const flags = ['--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${os.availableParallelism()}`]
  return [process.execPath, ...flags, ...files]
}

async function withServer(use: (socket: string) => Promise<number>): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-run-'))
  fs.chmodSync(folder, 0o711)
  const { cluster, pid } = await startTestServer(folder)
  try {
    await templateOn(cluster.target)
    return await use(cluster.place.run)
  } finally {
    await stopServer(pid)
    fs.rmSync(cluster.place.home, { recursive: true, force: true })
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** The exit code; a run that was interrupted counts as failed. */
function run(command: string[], extra: Record<string, string> = {}): Promise<number> {
  const [program = '', ...args] = command
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  if (stopping.signal.aborted) return Promise.resolve(130)
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...extra } })
  const end = () => child.kill('SIGTERM')
  stopping.signal.addEventListener('abort', end)
  child.on('error', reject)
  child.on('exit', code => {
    stopping.signal.removeEventListener('abort', end)
    resolve(code ?? 130)
  })
  return promise
}
