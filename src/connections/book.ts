import type { Adapter } from '../channels/contract.ts'
import type { Database } from '../db/connect.ts'
import type { Sealer } from './seal.ts'

/** A connected account with its settings open, ready to verify and send. */
export interface Connected {
  id: string
  workspaceId: string
  kind: string
  name: string
  state: 'on' | 'off' | 'reconnect'
  adapter: Adapter
  settings: unknown
  /** Counts what administrators changed in the settings; what the provider renewed in them does not count. */
  revision: number
}

/** Every channel by its id. Read once, then kept: each webhook asks it. */
export interface ChannelBook {
  byId(id: string): Promise<Connected | undefined>
  /** The channel of the same workspace and kind that is for this account of the provider. */
  ofAccount(sibling: Connected, account: string): Promise<Connected | undefined>
  /** After any change to the channel. */
  forget(id: string): void
  adapter(kind: string): Adapter | undefined
  adapters(): readonly Adapter[]
}

/** Another process may have changed a channel: nothing is believed for longer than this. */
const believedMs = 5000

export function createChannelBook(db: Database, seal: Sealer, adapters: readonly Adapter[]): ChannelBook {
  const known = new Map<string, { channel: Promise<Connected | undefined>; until: number }>()
  const byKind = new Map(adapters.map(a => [a.kind, a]))

  async function read(id: string): Promise<Connected | undefined> {
    const { rows } = await db.query<{
      workspace_id: string
      kind: string
      name: string
      settings: Buffer
      state: Connected['state']
      revision: number
    }>(
      'select workspace_id, kind, name, settings, state, revision from channels where id = $1 and removed_at is null',
      [id],
    )
    const row = rows[0]
    const adapter = row && byKind.get(row.kind)
    if (!row || !adapter) return undefined
    const settings = adapter.settings.parse(seal.open(row.settings))
    const { kind, name, state, revision } = row
    return { id, workspaceId: row.workspace_id, kind, name, state, adapter, settings, revision }
  }

  return {
    byId(id) {
      if (!/^\d{1,18}$/.test(id)) return Promise.resolve(undefined)
      const entry = known.get(id)
      if (entry && entry.until > performance.now()) return entry.channel
      if (known.size > 10_000) known.clear() // somebody is guessing ids
      const channel = read(id)
      known.set(id, { channel, until: performance.now() + believedMs })
      channel.catch(() => known.delete(id))
      return channel
    },
    async ofAccount(sibling, account) {
      const { rows } = await db.query<{ id: string }>(
        'select id from channels where workspace_id = $1 and kind = $2 and removed_at is null order by id',
        [sibling.workspaceId, sibling.kind],
        'channels of a kind',
      )
      for (const { id } of rows) {
        const channel = await this.byId(id)
        if (channel?.adapter.account?.(channel.settings) === account) return channel
      }
      return undefined
    },
    forget: id => void known.delete(id),
    adapter: kind => byKind.get(kind),
    adapters: () => adapters,
  }
}
