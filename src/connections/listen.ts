import { setTimeout as delay } from 'node:timers/promises'
import { type Listening, Refused } from '../channels/contract.ts'
import { ioFor } from '../inbox/io.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'
import { newsOf } from './news.ts'
import { needsReconnect } from './reconnect.ts'
import { noteConnected, noteDisconnected, noteListening } from './standing.ts'

/** Stores a request as the webhook door does; resolves after the commit. */
type Store = (channel: Connected, request: Parameters<Listening<unknown>['deliver']>[0]) => Promise<unknown>

interface Listener {
  revision: number
  stop: AbortController
  ended: Promise<void>
}

const lookMs = 2000
/** A process that died is given up after that; the lease is renewed at each look. */
const leaseSeconds = 15
const pauseMs = { least: 1000, most: 60_000 }

/**
 * Listens to all channels whose network does not call us. One process listens per channel: the one that holds its
 * lease. A changed, removed or switched-off channel is let go at the next look.
 */
export function startListening(on: Parley, owner: string, store: Store): { stop(): Promise<void> } {
  const kinds = on.channels.adapters().flatMap(a => (a.listen ? [a.kind] : []))
  const listeners = new Map<string, Listener>()
  const stopped = new AbortController()
  const loop = kinds.length ? look() : Promise.resolve()

  async function look(): Promise<void> {
    while (!stopped.signal.aborted) {
      await once().catch(error => on.log.warn({ why: String(error) }, 'Looking which channels to listen to failed.'))
      await delay(lookMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
    for (const listener of listeners.values()) listener.stop.abort()
    await Promise.all([...listeners.values()].map(l => l.ended))
    await on.db.query('delete from channel_listeners where owner = $1', [owner]).catch(() => {})
  }

  async function once(): Promise<void> {
    const mine = new Map((await lease(on, kinds, owner)).map(channel => [channel.id, channel]))
    for (const [id, listener] of listeners) if (mine.get(id)?.revision !== listener.revision) listener.stop.abort()
    for (const [id, channel] of mine) if (!listeners.has(id)) begin(id, channel)
  }

  function begin(id: string, channel: Connected): void {
    const stop = new AbortController()
    const ended = keepListening({ on, channel, store, signal: stop.signal }).finally(() => listeners.delete(id))
    listeners.set(id, { revision: channel.revision, stop, ended })
  }

  return {
    async stop() {
      stopped.abort()
      await loop
    },
  }
}

/** The channels this process listens to from now on. */
async function lease(on: Parley, kinds: readonly string[], owner: string): Promise<Connected[]> {
  const { rows } = await on.db.query<{ channel_id: string }>(
    `insert into channel_listeners as l (workspace_id, channel_id, owner, until)
     select workspace_id, id, $2, now() + make_interval(secs => $3) from channels
     where kind = any($1::text[]) and state = 'on' and removed_at is null
     on conflict (workspace_id, channel_id) do update set owner = excluded.owner, until = excluded.until
       where l.owner = excluded.owner or l.until < now()
     returning channel_id`,
    [kinds, owner, leaseSeconds],
    'lease listening',
  )
  const channels = await Promise.all(rows.map(row => on.channels.byId(row.channel_id)))
  return channels.filter(c => c !== undefined && c.state === 'on') as Connected[]
}

interface Run {
  on: Parley
  channel: Connected
  store: Store
  signal: AbortSignal
}

/** Until it is told to stop; a lost connection is begun again, more patiently each time. */
async function keepListening(run: Run): Promise<void> {
  const { on, channel, signal } = run
  let pause = pauseMs.least
  await noteListening(on, channel).catch(() => {})
  while (!signal.aborted) {
    try {
      await channel.adapter.listen!(
        listening(run, () => {
          pause = pauseMs.least
        }),
      )
    } catch (error) {
      if (signal.aborted) return
      const why = (error as Error).message
      on.log.warn({ channel: channel.id, why }, 'Listening to a channel ended.')
      if (error instanceof Refused) return refused(on, channel, why)
      await noteDisconnected(on, channel, why).catch(() => {})
    }
    await delay(pause, undefined, { signal }).catch(() => {})
    pause = Math.min(pause * 2, pauseMs.most)
  }
}

const refused = (on: Parley, channel: Connected, why: string): Promise<void> =>
  changingAsWorker(on, channel.workspaceId, tx => needsReconnect(on, tx, channel, why))

function listening({ on, channel, store, signal }: Run, stands: () => void): Listening<unknown> {
  const keys = [channel.workspaceId, channel.id]
  return {
    io: ioFor(on, channel, signal),
    signal,
    async deliver(request) {
      await store(channel, request)
    },
    cursor: {
      async get() {
        const { rows } = await on.db.query<{ value: Buffer }>(
          'select value from channel_cursors where workspace_id = $1 and channel_id = $2',
          keys,
        )
        return rows[0] && on.seal.open(rows[0].value)
      },
      async set(value) {
        await on.db.query(
          `insert into channel_cursors (workspace_id, channel_id, value) values ($1, $2, $3)
           on conflict (workspace_id, channel_id) do update set value = excluded.value`,
          [...keys, on.seal.seal(value)],
        )
      },
    },
    news: ms => newsOf(on, channel.id, { ms, signal }),
    connected(account) {
      stands()
      void noteConnected(on, channel, account).catch(() => {})
    },
  }
}
