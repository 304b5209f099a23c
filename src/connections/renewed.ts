import { isDeepStrictEqual } from 'node:util'
import type { Queryable } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** The settings of a channel as the database has them at a moment. */
export interface SettingsThen {
  /** As the adapter takes them. */
  settings: unknown
  /** As they are stored. */
  stored: Record<string, unknown>
  revision: number
}

export async function settingsNow(on: Parley, tx: Queryable, channel: Connected): Promise<SettingsThen> {
  const then = await read(on, tx, { channel, lock: '' })
  // Removed meanwhile: its settings are forgotten, and what the adapter does with the old ones matters to nobody.
  return then ?? { settings: channel.settings, stored: {}, revision: -1 }
}

interface Renewal {
  channel: Connected
  /** With which the provider was asked. */
  used: SettingsThen
  /** What it gave in their place. */
  renewed: object
}

/**
 * Merges what the provider renewed into the sealed settings. A setting that an administrator changed since it was used
 * stays as the administrator wants it; `isCurrent` is false when anything was changed by somebody meanwhile.
 */
export async function keepRenewed(
  on: Parley,
  tx: Queryable,
  { channel, used, renewed }: Renewal,
): Promise<{ isCurrent: boolean }> {
  // The lock also makes an edit wait for us that would write the old secret over the new one.
  const now = await read(on, tx, { channel, lock: 'for update' })
  if (!now) return { isCurrent: false }
  const wins = Object.entries(renewed).filter(([name]) => isDeepStrictEqual(now.stored[name], used.stored[name]))
  if (wins.length)
    await tx.query('update channels set settings = $3 where workspace_id = $1 and id = $2', [
      channel.workspaceId,
      channel.id,
      on.seal.seal({ ...now.stored, ...Object.fromEntries(wins) }),
    ])
  return { isCurrent: now.revision === used.revision }
}

async function read(
  on: Parley,
  tx: Queryable,
  { channel, lock }: { channel: Connected; lock: '' | 'for update' },
): Promise<SettingsThen | undefined> {
  const { rows } = await tx.query<{ settings: Buffer; revision: number }>(
    `select settings, revision from channels where workspace_id = $1 and id = $2 and removed_at is null ${lock}`,
    [channel.workspaceId, channel.id],
  )
  const row = rows[0]
  if (!row) return undefined
  const stored = on.seal.open(row.settings) as Record<string, unknown>
  return { settings: channel.adapter.settings.parse(stored), stored, revision: row.revision }
}
