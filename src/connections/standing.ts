import type { Queryable } from '../db/connect.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** Whether the network can be reached at all, for the health line of a channel. */

type Of = Pick<Connected, 'workspaceId' | 'id'>

export async function noteDisconnected(on: Parley, channel: Connected, why: string): Promise<void> {
  await noteListening(on, channel)
  await notice(on, channel, { text: `not-connected: ${why}`, level: 'warning' })
}

/** Listening begins, or begins again: no connection stands yet. */
export const noteListening = (on: Parley, channel: Connected): Promise<void> => unconnected(on.db, channel)

async function unconnected(tx: Queryable, { workspaceId, id }: Of): Promise<void> {
  await tx.query('update channel_health set connected_at = null where workspace_id = $1 and channel_id = $2', [
    workspaceId,
    id,
  ])
}

/** What is known of a connection is of other settings than these: it neither stands nor fails until it is begun anew. */
export async function forgetConnection(tx: Queryable, channel: Of): Promise<void> {
  await unconnected(tx, channel)
  await forgetNotice(tx, channel, 'not-connected')
}

/** Takes back what was said about the connection, and nothing else. */
export async function noteConnected(on: Parley, channel: Connected, account: string | undefined): Promise<void> {
  await takeBack(on, channel, 'not-connected')
  await changingAsWorker(on, channel.workspaceId, async tx => {
    const named = await tx.query(
      'update channels set account = $3 where workspace_id = $1 and id = $2 and account is distinct from $3 and $3::text is not null',
      [channel.workspaceId, channel.id, account ?? null],
    )
    await tx.query(
      `insert into channel_health as h (workspace_id, channel_id, connected_at) values ($1, $2, $3)
       on conflict (workspace_id, channel_id) do update set connected_at = excluded.connected_at where h.connected_at is null`,
      [channel.workspaceId, channel.id, on.now()],
    )
    if (named.rowCount) tx.tell({ type: 'channel', channelId: channel.id })
  })
}

/** Takes back what was said under this word, and nothing else. */
export async function takeBack(on: Parley, channel: Connected, word: Word): Promise<void> {
  await changingAsWorker(on, channel.workspaceId, async tx => {
    if (await forgetNotice(tx, channel, word)) tx.tell({ type: 'channel', channelId: channel.id })
  })
}

/** What a notice of ours may begin with. */
type Word = 'not-connected' | 'upkeep' | 'unproven'

async function forgetNotice(tx: Queryable, { workspaceId, id }: Of, word: Word) {
  const { rowCount } = await tx.query(
    `update channel_health set notice = null, notice_level = null, notice_at = null
     where workspace_id = $1 and channel_id = $2 and notice like $3`,
    [workspaceId, id, `${word}: %`],
  )
  return rowCount
}

/** What an administrator should know of a channel. */
export async function notice(
  on: Parley,
  channel: Connected,
  { text, level }: { text: string; level: 'note' | 'warning' | 'alarm' },
): Promise<void> {
  await changingAsWorker(on, channel.workspaceId, async tx => {
    await tx.query(
      `insert into channel_health as h (workspace_id, channel_id, notice, notice_level, notice_at) values ($1, $2, $3, $4, $5)
       on conflict (workspace_id, channel_id) do update set notice = excluded.notice, notice_level = excluded.notice_level, notice_at = excluded.notice_at`,
      [channel.workspaceId, channel.id, text.slice(0, 500), level, on.now()],
    )
    tx.tell({ type: 'channel', channelId: channel.id })
  })
}
