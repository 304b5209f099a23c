import type { Telling } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** The provider refused our credentials: the channel waits, keeps all that is to be sent, and says so on the screens. */
export async function needsReconnect(on: Parley, tx: Telling, channel: Connected, why: string): Promise<void> {
  await tx.query(`update channels set state = 'reconnect' where workspace_id = $1 and id = $2 and state = 'on'`, [
    channel.workspaceId,
    channel.id,
  ])
  await tx.query(
    `update channel_health set notice = $3, notice_level = 'alarm', notice_at = $4 where workspace_id = $1 and channel_id = $2`,
    [channel.workspaceId, channel.id, `refused: ${why}`.slice(0, 500), on.now()],
  )
  on.channels.forget(channel.id)
  tx.tell({ type: 'channel', channelId: channel.id })
}
