import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { unavailable } from './unavailable.ts'

/** Anything that answers SQL: the pool as a whole, or the one connection of a transaction. */
export interface Queryable {
  /**
   * Runs one statement. With `name` it is prepared once per connection: use it on hot paths.
   * `int8` and `numeric` come back as strings, `timestamptz` as Date, `date` as text, `jsonb` parsed.
   * An array given for a jsonb column must be passed through JSON.stringify: pg makes PostgreSQL arrays of arrays.
   * @throws DatabaseUnavailable when the connection could not be made or was lost; pg.DatabaseError otherwise.
   */
  query<R extends pg.QueryResultRow = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<pg.QueryResult<R>>
}

/** A connection inside a transaction. */
export interface Transaction extends Queryable {
  /** The raw connection, for what `query` does not cover. */
  readonly client: pg.PoolClient
}

/** A pool of connections to one PostgreSQL database. */
export interface Database extends Queryable {
  readonly pool: pg.Pool
  /** Waits for running queries, then closes all connections. */
  close(): Promise<void>
}

/** A connection string, or pg's own settings (as the embedded server gives). */
export type Target = string | pg.PoolConfig

/** Makes a pool; connects on first use. A lost connection never ends the process: the next query makes a new one. */
export function connect(target: Target, settings: pg.PoolConfig = {}): Database {
  const where = typeof target === 'string' ? { connectionString: target } : target
  const pool = new pg.Pool({ ...poolDefaults, ...where, ...settings })
  // Without listeners an idle or checked-out connection that breaks would be an uncaught 'error' event.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  let closing: Promise<void> | undefined
  function close(): Promise<void> {
    closing ??= pool.end() // pg refuses a second call, and Ctrl-C under npm comes twice
    return closing
  }
  return { pool, query: asQuery(pool), close }
}

/**
 * A single connection for a single writer, who need not wait until others have done. What it writes does not depend on
 * what is there: its statements are planned once.
 */
export const connectWriter = (target: Target): Database =>
  connect(target, { max: 1, idleTimeoutMillis: 0, options: '-c plan_cache_mode=force_generic_plan' })

/** For a thread that begins in the middle of a crowd: tables are not empty then, and plans that fit them may be kept. */
export const connectInACrowd = (target: Target): Database => connect(target, { options: '-c plan_cache_mode=auto' })

/** Runs `fn` between BEGIN and COMMIT on one connection; any error rolls back and is thrown on. */
export function transaction<T>(db: Database, fn: (tx: Transaction) => Promise<T>): Promise<T> {
  return within(db, 'BEGIN', fn)
}

/**
 * Runs `fn` in a transaction as role `parley_api`, sealed into one workspace by row-level security.
 * @param workspaceId decimal digits; anything else is refused, as it is written into the statement.
 */
export function inWorkspace<T>(db: Database, workspaceId: string, fn: (tx: Transaction) => Promise<T>): Promise<T> {
  if (!/^[0-9]{1,19}$/.test(workspaceId)) throw new TypeError('A workspace id is a decimal number.')
  // One simple query, so one round trip. SET takes no parameters, hence the digits check above.
  return within(db, `BEGIN; SET LOCAL ROLE parley_api; SET LOCAL parley.workspace = '${workspaceId}'`, fn)
}

/**
 * Waits until the database answers a query.
 * @param patience milliseconds until the last failure is thrown.
 */
export async function untilConnected(db: Database, patience = 60_000): Promise<void> {
  const until = Date.now() + patience
  for (let pause = 50; ; pause = Math.min(pause * 2, 2000)) {
    try {
      await db.query('SELECT 1')
      return
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || Date.now() + pause > until) throw error
    }
    await delay(pause)
  }
}

/** The database could not be reached or the connection broke; whether the statement took effect is unknown. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

const plainDate = 1082
const poolDefaults: pg.PoolConfig = {
  max: 20,
  keepAlive: true,
  application_name: 'parley',
  // A prepared statement's generic plan may date from when the tables were empty, and then reads them whole for hours.
  options: '-c plan_cache_mode=force_custom_plan',
  connectionTimeoutMillis: 10_000,
  idleTimeoutMillis: 30_000,
  types: {
    // pg makes a Date in the server's zone of a calendar date, which moves birthdays; text stays right.
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === plainDate ? String : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  },
}

function asQuery(on: pg.Pool | pg.PoolClient): Queryable['query'] {
  return (text, values, name) => {
    const config = { text, ...(values && { values: [...values] }), ...(name && { name }) }
    return on.query(config).catch(rethrow)
  }
}

function rethrow(error: unknown): never {
  const why = unavailable(error)
  if (why) throw new DatabaseUnavailable(`The database cannot be reached (${why}).`, { cause: error })
  throw error
}

async function within<T>(db: Database, begin: string, fn: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await db.pool.connect().catch(rethrow)
  const tx: Transaction = { client, query: asQuery(client) }
  try {
    await tx.query(begin)
    const result = await fn(tx)
    const end = await tx.query('COMMIT')
    // COMMIT of a transaction in which a statement failed rolls back without an error.
    if (end.command !== 'COMMIT') throw new Error('A statement failed, so the transaction was rolled back.')
    client.release()
    return result
  } catch (error) {
    await rollBack(client)
    throw error
  }
}

async function rollBack(client: pg.PoolClient): Promise<void> {
  const failure = await client.query('ROLLBACK').then(
    () => undefined,
    (error: Error) => error,
  )
  client.release(failure)
}
