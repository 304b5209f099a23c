import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import type { Database } from './connect.ts'

/** One step of the schema: a .sql file, applied once and never changed. */
export type Migration = { name: string; sql: string; checksum: string }

/** Thrown when the schema cannot be brought up to date; the text is meant for the operator. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

const ourMigrations = path.join(import.meta.dirname, 'migrations')

/**
 * Brings the schema up to date: each new file in its own transaction, in the order of the names.
 * Of two starts at once one waits for the other.
 * @returns the names applied now.
 * @throws MigrationError when a file fails (nothing of it stays), was changed after it was applied, or is unknown here.
 */
export async function migrate(db: Database, folder = ourMigrations): Promise<string[]> {
  const files = readMigrations(folder)
  const client = await db.pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    const waiting = await notYetApplied(client, files)
    for (const file of waiting) await apply(client, file)
    return waiting.map(file => file.name)
  } finally {
    // Closing the connection, rather than returning it, is what surely gives the lock back.
    client.release(true)
  }
}

/** The .sql files of a folder in order. Line ends do not count in the checksum. */
export function readMigrations(folder = ourMigrations): Migration[] {
  const names = fs.readdirSync(folder).filter(name => name.endsWith('.sql'))
  return names.sort().map(name => {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name))
      throw new MigrationError(`Migration ${name} is misnamed; call it like 0001_what_it_does.sql.`)
    const sql = fs.readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

// Any number will do; all Parleys on one database have to use the same.
const lockKey = '7021911430542'

async function notYetApplied(client: pg.PoolClient, files: Migration[]): Promise<Migration[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM migrations ORDER BY name',
  )
  const known = new Map(files.map(file => [file.name, file]))
  for (const row of rows) checkApplied(row, known.get(row.name))
  const applied = new Set(rows.map(row => row.name))
  const waiting = files.filter(file => !applied.has(file.name))
  const last = rows.at(-1)?.name
  if (last && waiting[0] && waiting[0].name < last)
    throw new MigrationError(
      `Migration ${waiting[0].name} comes before ${last}, which is applied; give it a new number.`,
    )
  return waiting
}

function checkApplied(row: { name: string; checksum: string }, file: Migration | undefined): void {
  if (!file)
    throw new MigrationError(
      `The database is newer than this Parley: it has ${row.name}, which is unknown here. Start the newer version.`,
    )
  if (file.checksum !== row.checksum)
    throw new MigrationError(
      `Migration ${row.name} was changed after it was applied. Restore the file; put changes into a new one.`,
    )
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum])
    await client.query('COMMIT')
  } catch (error) {
    // The connection may be the very thing that broke; closing it rolls back as well.
    await client.query('ROLLBACK').catch(() => {})
    throw new MigrationError(`Migration ${name} failed${lineOf(sql, error)}: ${textOf(error)}`, { cause: error })
  }
}

function lineOf(sql: string, error: unknown): string {
  if (!(error instanceof pg.DatabaseError) || !error.position) return ''
  return ` at line ${sql.slice(0, Number(error.position) - 1).split('\n').length}`
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
