import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Account, canUse, chooseAccount, giveTo, openFolder, ownerOf } from './account.ts'

/** Where a database cluster lies, and whose it is. */
export type Place = Readonly<{
  account: Account
  /** The folder with everything of PostgreSQL. */
  home: string
  /** PGDATA, inside `home`. */
  data: string
  /** The folder of the unix socket. */
  run: string
  /** PostgreSQL's own log file. */
  log: string
  /** A folder for a copy of the programs that the account can reach. */
  copies: string
}>

/**
 * Finds or makes the place of the cluster that belongs to a data folder: `<folder>/postgres`, or, where the
 * unprivileged account cannot reach that, a folder in /var/lib/parley to which `<folder>/postgres` is then a link.
 * The link is what leads every later start to the same place.
 */
export function findPlace(folder: string): Place {
  const entry = path.join(path.resolve(folder), 'postgres')
  const found = fs.lstatSync(entry, { throwIfNoEntry: false })
  const home = found ? existingHome(entry) : entry
  const owner = found && ownerOf(home)
  if (fs.existsSync(path.join(home, 'data', 'PG_VERSION'))) return layOut(home, takeOver(home, owner))
  const account = chooseAccount()
  return layOut(makeHome(entry, home, account), account)
}

const elsewhere = '/var/lib/parley'
// sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero.
const longestSocket = 100

function existingHome(entry: string): string {
  try {
    return fs.realpathSync(entry)
  } catch {
    const target = fs.readlinkSync(entry)
    throw new Error(
      `The database of this data folder lay in ${target}, which is gone. ` +
        `Restore it, or remove the link ${entry} to begin with an empty database.`,
    )
  }
}

function takeOver(home: string, owner: Account | undefined): Account {
  if (owner) return reachable(owner, home)
  // Owned by root: copied back from a backup, for example.
  const account = chooseAccount()
  giveTo(account, home)
  return reachable(account, home)
}

function reachable(account: Account, home: string): Account {
  if (canUse(account, home)) return account
  throw new Error(
    `The user ${account.uid} cannot reach its database in ${home}. Open the folders above it (chmod o+x).`,
  )
}

function makeHome(entry: string, home: string, account: Account): string {
  if (claimFolder(home, account)) return home
  fs.rmSync(entry, { recursive: true, force: true })
  openFolder(elsewhere)
  const other = unusedFolder(entry)
  if (!claimFolder(other, account))
    throw new Error(`No place for the database: neither ${entry} nor ${other} can be reached by user ${account.uid}.`)
  fs.symlinkSync(other, entry)
  return other
}

function claimFolder(folder: string, account: Account): boolean {
  fs.mkdirSync(path.dirname(folder), { recursive: true })
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    giveTo(account, folder)
    fs.chmodSync(folder, 0o700)
  } catch {
    return false // a network disk, perhaps, where root may not give files away
  }
  return canUse(account, folder)
}

/** A data folder that was removed may have left its database behind: that one is neither reused nor destroyed. */
function unusedFolder(entry: string): string {
  const parent = path.basename(path.dirname(path.dirname(entry))).replace(/[^\w.-]/g, '_')
  const stem = path.join(elsewhere, `${parent || 'data'}-${shortHash(entry)}`)
  for (let n = 1; ; n++) {
    const folder = n === 1 ? stem : `${stem}-${n}`
    if (!fs.existsSync(path.join(folder, 'data'))) return folder
  }
}

function layOut(home: string, account: Account): Place {
  const copies = account.uid === undefined ? path.dirname(home) : elsewhere
  const data = path.join(home, 'data')
  return { account, home, data, run: socketFolder(home, account), log: path.join(home, 'postgres.log'), copies }
}

function socketFolder(home: string, account: Account): string {
  const beside = path.join(home, 'run')
  const short = path.join(os.tmpdir(), `parley-${shortHash(home)}`)
  const run = Buffer.byteLength(path.join(beside, '.s.PGSQL.5432.lock')) <= longestSocket ? beside : short
  fs.mkdirSync(run, { recursive: true, mode: 0o700 })
  const stat = fs.lstatSync(run)
  const self = process.getuid?.()
  // In a shared folder like /tmp somebody else may have made this name before us.
  if (!stat.isDirectory() || ![self, account.uid].includes(stat.uid))
    throw new Error(`${run} belongs to somebody else; remove it or set TMPDIR to another folder.`)
  giveTo(account, run)
  fs.chmodSync(run, 0o700)
  return run
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
