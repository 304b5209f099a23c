import { isDeepStrictEqual } from 'node:util'
import type { Channel } from '../api/shapes.ts'
import type { Adapter, SetupResult } from '../channels/contract.ts'
import type { Queryable } from '../db/connect.ts'
import { ioFor } from '../inbox/io.ts'
import { retryNow } from '../jobs/queue.ts'
import { changing } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { keepPicture } from './picture.ts'
import { type Proof, prove } from './proof.ts'
import { changedSettings, checkSettings, shownSettings } from './settings.ts'
import { signInOf } from './sign-in-of.ts'
import { forgetConnection } from './standing.ts'
import {
  type ChannelRow,
  channelRows,
  clearAlarm,
  healthOf,
  insertChannel,
  lockChannel,
  removeChannel,
  updateChannel,
} from './store.ts'
import { forgetTokens } from './tokens.ts'

export type Connected = { ok: true; channel: Channel } | { ok: false; errors: { field: string; message: string }[] }

/** Connects an account. Never calls the provider: `setUp` does. */
export async function connectChannel(
  on: Parley,
  workspaceId: string,
  given: { kind: string; name: string; settings: unknown },
): Promise<Connected> {
  const adapter = on.channels.adapter(given.kind)
  const kinds = on.channels.adapters().map(a => a.kind)
  if (!adapter)
    return {
      ok: false,
      errors: [
        { field: 'kind', message: `There is no messenger called ${given.kind}. There are: ${kinds.join(', ')}.` },
      ],
    }
  const checked = checkSettings(adapter, given.settings)
  if (!checked.ok) return checked
  return changing(on, workspaceId, async tx => {
    const row = await insertChannel(tx, workspaceId, {
      kind: given.kind,
      name: given.name,
      settings: on.seal.seal(checked.settings),
    })
    tx.tell({ type: 'channel', channelId: row.id })
    return { ok: true as const, channel: (await present(on, tx, workspaceId, [row]))[0]! }
  })
}

export const listChannels = async (on: Parley, tx: Queryable, workspaceId: string): Promise<Channel[]> =>
  present(on, tx, workspaceId, await channelRows(tx, workspaceId))

export const channelById = async (
  on: Parley,
  tx: Queryable,
  workspaceId: string,
  id: string,
): Promise<Channel | undefined> => (await present(on, tx, workspaceId, await channelRows(tx, workspaceId, id)))[0]

async function present(on: Parley, tx: Queryable, workspaceId: string, rows: ChannelRow[]): Promise<Channel[]> {
  const health = await healthOf(tx, workspaceId, rows, on.now())
  return rows.map(row => {
    const adapter = on.channels.adapter(row.kind)
    const settings = on.seal.open(row.settings)
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      account: row.account,
      pictureUrl: row.picture_url,
      webhookUrl: `${on.config.publicUrl}/hooks/${row.id}`,
      settings: adapter ? shownSettings(adapter, settings) : {},
      signIn: adapter ? signInOf(adapter, settings) : null,
      health: health.get(row.id)!,
      createdAt: row.created_at.toISOString(),
    }
  })
}

export interface ChannelEdit {
  name?: string | undefined
  /** Only what changes; null takes a setting away. */
  settings?: Record<string, unknown> | undefined
  state?: 'on' | 'off' | undefined
}

/** New settings bring a refused channel back: all that was held for it goes out. History stays as it is. */
export async function editChannel(
  on: Parley,
  workspaceId: string,
  id: string,
  edit: ChannelEdit,
): Promise<Connected | undefined> {
  const changed = await changing<Connected | undefined>(on, workspaceId, async tx => {
    // Before reading: a secret that the provider renews at this moment would be written over.
    await lockChannel(tx, workspaceId, id)
    const [row] = await channelRows(tx, workspaceId, id)
    const adapter = row && on.channels.adapter(row.kind)
    if (!row || !adapter) return undefined
    const edited = edit.settings && editedSettings(on, { adapter, row, change: edit.settings })
    if (edited && !edited.ok) return edited
    const state = edit.state ?? (edited && row.state === 'reconnect' ? 'on' : undefined)
    await updateChannel(tx, workspaceId, id, { name: edit.name, settings: edited?.settings, state })
    if (edited?.settings) await forgetConnection(tx, { workspaceId, id })
    if (edited) await forgetTokens(on, tx, { workspaceId, id })
    if (state === 'on') await goOn(tx, workspaceId, id)
    tx.tell({ type: 'channel', channelId: id })
    return { ok: true, channel: (await present(on, tx, workspaceId, await channelRows(tx, workspaceId, id)))[0]! }
  })
  on.channels.forget(id)
  if (changed?.ok) on.wakeJobs()
  return changed
}

interface SettingsEdit {
  adapter: Adapter
  row: ChannelRow
  change: Record<string, unknown>
}

/** The sealed settings after a change; none where they stay as they were. */
function editedSettings(on: Parley, { adapter, row, change }: SettingsEdit) {
  const before = on.seal.open(row.settings) as object
  const checked = checkSettings(adapter, changedSettings(before, change))
  if (!checked.ok) return checked
  const same = isDeepStrictEqual(before, checked.settings)
  return { ok: true as const, settings: same ? undefined : on.seal.seal(checked.settings) }
}

async function goOn(tx: Parameters<typeof retryNow>[0] & Queryable, workspaceId: string, id: string): Promise<void> {
  await clearAlarm(tx, workspaceId, id)
  await retryNow(tx, { workspaceId, laneOf: id, task: 'deliver' })
}

export async function disconnect(on: Parley, workspaceId: string, id: string): Promise<boolean> {
  const gone = await changing(on, workspaceId, async tx => {
    const removed = await removeChannel(tx, workspaceId, id, on.seal.seal({}))
    if (removed) await forgetTokens(on, tx, { workspaceId, id })
    if (removed) tx.tell({ type: 'channel', channelId: id })
    return removed
  })
  on.channels.forget(id)
  return gone
}

export type SetUp = { ok: true; account: string; detail?: string; proof?: Proof } | (SetupResult & { ok: false })

/** Checks the credentials at the provider, registers the webhook there, and proves that it is reached. */
export async function setUp(on: Parley, workspaceId: string, id: string): Promise<SetUp | undefined> {
  on.channels.forget(id)
  const channel = await on.channels.byId(id)
  if (!channel || channel.workspaceId !== workspaceId) return undefined
  if (!channel.adapter.setup)
    return { ok: true, account: channel.name, detail: 'Nothing has to be registered for this messenger.' }
  const since = on.now()
  const result = await channel.adapter
    .setup(`${on.config.publicUrl}/hooks/${id}`, ioFor(on, channel, AbortSignal.timeout(60_000)))
    .catch(error => ({
      ok: false as const,
      why: 'down' as const,
      detail: (error as Error).message,
    }))
  await changing(on, workspaceId, async tx => {
    if (result.ok) {
      await updateChannel(tx, workspaceId, id, {
        account: result.account,
        ...(channel.state === 'reconnect' && { state: 'on' }),
      })
      await goOn(tx, workspaceId, id)
    }
    tx.tell({ type: 'channel', channelId: id })
  })
  on.channels.forget(id)
  if (!result.ok) return result
  on.wakeJobs()
  const [proof] = await Promise.all([
    prove(on, channel, { found: result.proof, since }),
    keepPicture(on, channel, result.picture),
  ])
  return { ok: true, account: result.account, ...(result.detail && { detail: result.detail }), proof }
}
