import type { Config } from '../config.ts'
import { connect, type Database, type Target, untilConnected } from './connect.ts'
import { type Embedded, type Log, startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'

/** The database of this start: connected, its schema up to date. */
export type OpenDatabase = {
  db: Database
  /** Where it is, for whoever needs connections of their own. */
  target: Target
  /** The PostgreSQL inside; undefined with DATABASE_URL. */
  embedded: Embedded | undefined
  /** Closes the connections, and stops the PostgreSQL inside. */
  close(): Promise<void>
}

/**
 * Opens the outside database when DATABASE_URL is set, else the one inside, and migrates it.
 * Take `lockFolder(config.dataDir, …)` first.
 */
export async function openDatabase(config: Pick<Config, 'dataDir' | 'databaseUrl'>, log: Log): Promise<OpenDatabase> {
  const embedded = config.databaseUrl ? undefined : await startEmbedded({ dir: config.dataDir, log })
  const target = config.databaseUrl ?? embedded?.target ?? {}
  const db = connect(target)
  async function close(): Promise<void> {
    await db.close()
    await embedded?.stop()
  }
  try {
    await untilConnected(db)
    for (const name of await migrate(db)) log.info(`Migration ${name} applied.`)
  } catch (error) {
    await close()
    throw error
  }
  return { db, target, embedded, close }
}
