import type { Channel, Health } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import { judge, type Traffic } from './judge.ts'

export interface ChannelRow {
  id: string
  kind: string
  name: string
  settings: Buffer
  state: 'on' | 'off' | 'reconnect'
  account: string | null
  picture_url: string | null
  created_at: Date
}

const columns = 'id, kind, name, settings, state, account, picture_url, created_at'

/** Nobody else changes the channel until the transaction ends. */
export async function lockChannel(tx: Queryable, workspaceId: string, id: string): Promise<void> {
  await tx.query('select 1 from channels where workspace_id = $1 and id = $2 for update', [workspaceId, id])
}

export async function channelRows(tx: Queryable, workspaceId: string, id?: string): Promise<ChannelRow[]> {
  const { rows } = await tx.query<ChannelRow>(
    `select ${columns} from channels where workspace_id = $1 and removed_at is null and ($2::bigint is null or id = $2) order by id`,
    [workspaceId, id ?? null],
  )
  return rows
}

export async function insertChannel(
  tx: Queryable,
  workspaceId: string,
  channel: { kind: string; name: string; settings: Buffer },
): Promise<ChannelRow> {
  const { rows } = await tx.query<ChannelRow>(
    `insert into channels (workspace_id, kind, name, settings) values ($1, $2, $3, $4) returning ${columns}`,
    [workspaceId, channel.kind, channel.name, channel.settings],
  )
  return rows[0]!
}

export interface ChannelChange {
  name?: string | undefined
  settings?: Buffer | undefined
  state?: 'on' | 'off' | undefined
  account?: string | undefined
}

export async function updateChannel(tx: Queryable, workspaceId: string, id: string, to: ChannelChange): Promise<void> {
  await tx.query(
    `update channels set name = coalesce($3, name), settings = coalesce($4, settings), revision = revision + ($4::bytea is not null)::int, state = coalesce($5, state), account = coalesce($6, account)
     where workspace_id = $1 and id = $2`,
    [workspaceId, id, to.name ?? null, to.settings ?? null, to.state ?? null, to.account ?? null],
  )
}

/** Gone from the screens and deaf from now on; its conversations stay. Its secrets are forgotten. */
export async function removeChannel(
  tx: Queryable,
  workspaceId: string,
  id: string,
  emptySettings: Buffer,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update channels set removed_at = now(), state = 'off', settings = $3 where workspace_id = $1 and id = $2 and removed_at is null`,
    [workspaceId, id, emptySettings],
  )
  return rowCount === 1
}

export async function clearAlarm(tx: Queryable, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `update channel_health set notice = null, notice_level = null, notice_at = null, last_failure = null, last_failure_at = null where workspace_id = $1 and channel_id = $2`,
    [workspaceId, id],
  )
}

/** Health of channels by the traffic of the last 24 hours. */
export async function healthOf(
  tx: Queryable,
  workspaceId: string,
  channels: readonly ChannelRow[],
  now: Date,
): Promise<Map<string, Health>> {
  const { rows } = await tx.query<Traffic>(
    `select c.id, h.last_in_at, h.reached_at, h.last_out_at, h.last_rejected_at, h.last_rejection, h.last_failure_at, h.last_failure, h.notice, h.notice_level, h.notice_at,
       (select count(*)::int from open_deliveries d where d.workspace_id = $1 and d.quarantined and d.channel_id = c.id) as quarantined,
       (select coalesce(json_agg(json_build_object('hour', t.hour, 'received', t.received, 'sent', t.sent, 'failed', t.failed, 'rejected', t.rejected, 'unsupported', t.unsupported)), '[]')
        from channel_traffic t where t.workspace_id = $1 and t.channel_id = c.id and t.hour > $3::timestamptz - interval '24 hours') as hours,
       (select count(*)::int from pieces p join messages m on m.workspace_id = p.workspace_id and m.id = p.message_id
        where p.workspace_id = $1 and p.channel_id = c.id and p.status = 'queued' and m.created_at > $3::timestamptz - interval '7 days' and c.state = 'reconnect') as held
     from channels c left join channel_health h on h.workspace_id = $1 and h.channel_id = c.id
     where c.workspace_id = $1 and c.id = any($2::bigint[])`,
    [workspaceId, channels.map(c => c.id), now],
  )
  const states = new Map(channels.map(c => [c.id, c.state]))
  return new Map(rows.map(row => [row.id, judge(row, states.get(row.id)!, now)]))
}

export type { Channel }
