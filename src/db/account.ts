import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

/** The account of the operating system PostgreSQL runs as: it refuses to run as root. Spreads into spawn options. */
export type Account = Readonly<{ uid?: number; gid?: number }>

/** Our own account, or when that is root an unprivileged one, created if need be. */
export function chooseAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  return accountNamed('postgres') ?? accountNamed('parley') ?? createAccount('parley') ?? nobody()
}

/** The account that owns a file; undefined when that is root. An ordinary user can only be itself. */
export function ownerOf(file: string): Account | undefined {
  const { uid, gid } = fs.statSync(file)
  const self = process.getuid?.()
  if (self === 0) return uid === 0 ? undefined : { uid, gid }
  if (self === undefined || self === uid) return {}
  const name = ask('-un', String(uid)) || String(uid)
  throw new Error(`The database files belong to the user ${name}. Start Parley as that user or as root: ${file}`)
}

/** Gives a file or folder, with all that is in it, to the account; nothing to do when the account is our own. */
export function giveTo(account: Account, file: string): void {
  if (account.uid === undefined || account.gid === undefined) return
  fs.lchownSync(file, account.uid, account.gid)
  if (!fs.lstatSync(file).isDirectory()) return
  for (const name of fs.readdirSync(file)) giveTo(account, `${file}/${name}`)
}

/** Makes a folder that everybody may enter, whatever the umask; one that is there already stays as it is. */
export function openFolder(folder: string): void {
  if (fs.mkdirSync(folder, { recursive: true })) fs.chmodSync(folder, 0o755)
}

/** Whether the account can enter and write the folder. */
export function canUse(account: Account, folder: string): boolean {
  // `cwd` must be a place everybody can enter, else the spawn itself fails.
  const options = { ...account, cwd: '/', stdio: 'ignore' as const }
  return spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], options).status === 0
}

function accountNamed(name: string): Account | undefined {
  const [uid, gid] = [ask('-u', name), ask('-g', name)]
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : undefined
}

function createAccount(name: string): Account | undefined {
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name])
  return accountNamed(name)
}

function nobody(): Account {
  const account = accountNamed('nobody')
  if (account) return account
  throw new Error(
    'PostgreSQL does not run as root, and no other account could be made. ' +
      'Create a user named "parley" (useradd --system parley), or set DATABASE_URL.',
  )
}

function ask(...args: string[]): string {
  const { status, stdout } = spawnSync('id', args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : ''
}
