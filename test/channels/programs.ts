import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Servers of Debian that judge us where they are installed: each in a folder of its own, as a user without rights. */

// Ordinary users of Debian do not have the folder of servers on their PATH.
const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin']

function placeOf(program: string): string | undefined {
  return folders.map(folder => path.join(folder, program)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether all of them are here, and what starts them. */
export const installed = (...programs: string[]): boolean => [...programs, 'setpriv'].every(placeOf)
export const versionOf = (program: string): string =>
  spawnSync(placeOf(program) ?? program, ['--version']).stdout.toString()
export const hasPerl = (...modules: string[]): boolean =>
  spawnSync('perl', [...modules.map(name => `-M${name}`), '-e', '1']).status === 0

const isRoot = process.getuid?.() === 0
const said = (program: string, args: string[]): string => execFileSync(program, args).toString().trim()

/** Root hands over to nobody: servers refuse to be root, or change to users of their own who may not read our folder. */
export function userOfServers(): { name: string; group: string; uid: number; gid: number } {
  const { username, uid, gid } = userInfo()
  if (!isRoot) return { name: username, group: said('id', ['-gn']), uid, gid }
  const [user, group] = [Number(said('id', ['-u', 'nobody'])), Number(said('id', ['-g', 'nobody']))]
  return { name: 'nobody', group: said('id', ['-gn', 'nobody']), uid: user, gid: group }
}

export interface Home {
  folder: string
  /** Writes a file, or makes a folder where there are no words, that belongs to the server. */
  put(name: string, words?: string | Buffer): string
  /** What the server wrote there so far. */
  read(name: string): string
  /**
   * Starts a program that stays in the foreground, and waits until it listens. It ends with the home, and with this
   * process however that ends. Throws with what it said when it ends instead.
   */
  run(program: string, args: string[], port: number): Promise<void>
  /** Ends what runs and leaves the files. */
  stop(): Promise<void>
  close(): Promise<void>
}

// A server must not outlive its test, not even one that was killed: it ends when the pipe to us does.
const lifeline = 'exec 3<&0; "$@" </dev/null & server=$!; (cat <&3 >/dev/null; kill $server 2>/dev/null) & wait $server'

export function homeFor(what: string): Home {
  const user = userOfServers()
  // Exim looks at the list of groups, which must hold the user's own; and without new rights it stays who it is.
  const nobody = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups']
  const rights = ['--no-new-privs', ...(isRoot ? nobody : [])]
  const folder = mkdtempSync(path.join(tmpdir(), `parley-${what}-`))
  const running: ChildProcess[] = []
  const place = (name: string) => path.join(folder, name)
  const own = (file: string) => {
    if (isRoot) chownSync(file, user.uid, user.gid)
    return file
  }
  own(folder)
  const stop = async () => {
    for (const child of running.splice(0).reverse()) await ended(child)
  }
  return {
    folder,
    put(name, words) {
      if (words === undefined) mkdirSync(place(name), { recursive: true })
      else writeFileSync(place(name), words)
      return own(place(name))
    },
    read: name => readFileSync(place(name), 'utf8'),
    async run(program, args, port) {
      const command = [...rights, 'sh', '-c', lifeline, 'sh', placeOf(program) ?? program, ...args]
      const env = { ...process.env, HOME: folder }
      const output = openSync(place(`${program}.out`), 'a')
      const child = spawn('setpriv', command, { cwd: folder, env, stdio: ['pipe', output, output] })
      closeSync(output)
      running.push(child)
      while (!(await reachable(port))) {
        if (child.exitCode !== null)
          throw new Error(`${program} ended: ${readFileSync(place(`${program}.out`), 'utf8')}`)
        await delay(10)
      }
    },
    stop,
    async close() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.stdin?.destroy()
  await gone
}

/** Nothing tells what another program has done: looks again and again, for half a minute. */
export async function seen<T>(look: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const found = await look()
    if (found) return found
    await delay(10)
  }
  throw new Error(`It did not come to pass: ${what}`)
}

const reachable = (port: number): Promise<boolean> =>
  new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => done(true))
    socket.on('error', () => done(false))
    socket.on('connect', () => socket.destroy())
  })

export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}

/** A key and a certificate for these names (`DNS:…`, `IP:…`), which nobody but its maker trusts. */
export function certificateFor(home: Home, names: string): { key: string; cert: string; pem: string } {
  const [key, cert] = [home.put('key.pem', ''), home.put('cert.pem', '')]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  )
  return { key, cert, pem: readFileSync(cert, 'utf8') }
}
