import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { ChannelBook } from './connections/book.ts'
import type { Sealer } from './connections/seal.ts'
import type { Database } from './db/connect.ts'
import type { Hub } from './live/hub.ts'
import type { Guard } from './media/guard.ts'
import type { Storage } from './media/storage.ts'

/** What every verb is handed: the world it acts on. main.ts makes it, tests make their own. */
export interface Parley {
  config: Config
  db: Database
  hub: Hub
  channels: ChannelBook
  seal: Sealer
  storage: Storage
  /** Outgoing requests go through it: it keeps them out of inside networks. */
  guard: Guard
  log: Logger
  now(): Date
  random(): number
  /** Tells idle job workers that a transaction with new jobs was committed. */
  wakeJobs(): void
}

/** Who did something, for the rows that say so. */
export type Actor = { type: 'agent' | 'bot' | 'system' | 'contact'; id: string | null; name: string }
