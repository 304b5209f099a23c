import { pino } from 'pino'
import { found } from './accounts/found.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Database } from './db/connect.ts'
import { FolderInUse, lockFolder } from './db/lock.ts'
import { openDatabase } from './db/open.ts'
import { assemble } from './start.ts'

export interface Options {
  /** A demo: its visitors are signed in as the demo owner, simulators stand in for the providers. */
  demo?: true
  /** Called before the server listens, to mount more. */
  prepare?: (parley: Awaited<ReturnType<typeof assemble>>) => Promise<void>
}

/** Starts the whole product: database, migrations, workers, web. Rejects with a text for the operator when it cannot. */
export async function start(config: Config, options: Options = {}) {
  const log = pino({ level: config.logLevel, base: undefined })
  const lock = lockFolder(config.dataDir, `http://localhost:${config.port}`)
  try {
    const database = await openDatabase(config, log)
    if (database.embedded) await takeLanes(database.db)
    const first = await found(database.db, config.bootstrapKey)
    const { db, target } = database
    const parley = await assemble({ config, db, target, log, demo: options.demo ?? false })
    await options.prepare?.(parley)
    await parley.app.listen({ port: config.port, host: config.host, backlog: 4096 })
    return {
      ...parley,
      ...first,
      url: config.publicUrl,
      async stop() {
        await parley.close()
        await database.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Nobody else works on the database inside: leases of a run that was killed need not be waited for. */
async function takeLanes(db: Database): Promise<void> {
  await db.query('update job_lanes set owner = null, lease_until = null, epoch = epoch + 1 where owner is not null')
  await db.query('delete from job_workers')
}

/** Runs until the process is told to stop. */
export async function run(options: Options = {}, greet = greeting): Promise<void> {
  const began = performance.now()
  try {
    const config = readConfig()
    const parley = await start(config, options)
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (stopping) return // npm hands Ctrl-C on a second time
        stopping = true
        parley.stop().then(
          () => process.exit(0),
          error => {
            console.error(error)
            process.exit(1)
          },
        )
      })
    console.log(greet(parley, Math.round(performance.now() - began)))
  } catch (error) {
    const plain =
      error instanceof ConfigError || error instanceof FolderInUse || (error as { code?: string }).code === 'EADDRINUSE'
    console.error(plain ? (error as Error).message : error)
    process.exit(1)
  }
}

type Started = Awaited<ReturnType<typeof start>>

function greeting({ url, link }: Started, ms: number): string {
  const lines = [`Parley is ready at ${url} (${ms} ms)`]
  if (link) lines.push(`First sign-in of the owner, works once: ${url}/welcome#${link}`)
  return lines.join('\n')
}

if (import.meta.main) await run()
