import type { Queryable } from '../db/connect.ts'
import type { Arrival, Heard } from '../inbox/arrivals.ts'
import { storable } from '../inbox/storable.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** Counts what came by each channel in this batch: health is judged by traffic, not by a green log-in. */
export async function noteTraffic(
  tx: Queryable,
  workspaceId: string,
  heard: readonly Heard[],
  { now, arrivals }: { now: Date; arrivals: readonly Arrival[] },
): Promise<void> {
  const counts = new Map<
    string,
    { c: string; received: number; unsupported: number; notice: string | null; level: string | null }
  >()
  for (const { channel, event } of heard) {
    const count = counts.get(channel.id) ?? { c: channel.id, received: 0, unsupported: 0, notice: null, level: null }
    counts.set(channel.id, count)
    if (event.type === 'account')
      Object.assign(count, { notice: `${event.what}: ${event.detail}`.slice(0, 500), level: event.level })
  }
  for (const { channel, asks, direction, parts } of arrivals) {
    const count = counts.get(channel.id)!
    if (asks && direction === 'in') count.received++
    if (parts[0]?.type === 'unsupported') count.unsupported++
  }
  if (!counts.size) return
  await tx.query(
    `with r as (select * from jsonb_to_recordset($2::jsonb) r(c bigint, received int, unsupported int, notice text, level text)),
     h as (insert into channel_health as x (workspace_id, channel_id, last_in_at, notice, notice_level, notice_at)
       select $1, c, $3, notice, level, case when notice is not null then $3::timestamptz end from r order by c
       on conflict (workspace_id, channel_id) do update set last_in_at = excluded.last_in_at, notice = coalesce(excluded.notice, x.notice),
         notice_level = coalesce(excluded.notice_level, x.notice_level), notice_at = coalesce(excluded.notice_at, x.notice_at))
     insert into channel_traffic as x (workspace_id, channel_id, hour, received, unsupported)
     select $1, c, date_trunc('hour', $3::timestamptz), received, unsupported from r order by c
     on conflict (workspace_id, channel_id, hour) do update set received = x.received + excluded.received, unsupported = x.unsupported + excluded.unsupported`,
    [workspaceId, storable([...counts.values()]), now],
    'note traffic',
  )
}

/** Counts one finished send of a channel. */
export async function noteSent(
  tx: Queryable,
  by: { workspaceId: string; channelId: string },
  outcome: { ok: true } | { ok: false; detail: string },
  now: Date,
): Promise<void> {
  await tx.query(
    `with h as (insert into channel_health as x (workspace_id, channel_id, last_out_at, last_failure_at, last_failure)
       values ($1, $2, case when $3 then $5::timestamptz end, case when $3 then null else $5::timestamptz end, $4)
       on conflict (workspace_id, channel_id) do update set last_out_at = coalesce(excluded.last_out_at, x.last_out_at),
         last_failure_at = coalesce(excluded.last_failure_at, x.last_failure_at), last_failure = coalesce(excluded.last_failure, x.last_failure))
     insert into channel_traffic as x (workspace_id, channel_id, hour, sent, failed)
     values ($1, $2, date_trunc('hour', $5::timestamptz), $3::boolean::int, (not $3)::int)
     on conflict (workspace_id, channel_id, hour) do update set sent = x.sent + excluded.sent, failed = x.failed + excluded.failed`,
    [by.workspaceId, by.channelId, outcome.ok, outcome.ok ? null : outcome.detail.slice(0, 500), now],
    'note sent',
  )
}

interface Rejections {
  channel: Connected
  count: number
  why: string
}
const pending = new WeakMap<Parley['db'], Map<string, Rejections>>()

/**
 * Counts refused webhooks. Anybody can send rubbish as fast as they like, so this is written at most once a second,
 * beside the request.
 */
export function noteRejection(on: Parley, channel: Connected, why: string): void {
  const known = pending.get(on.db)
  const map = known ?? new Map<string, Rejections>()
  if (!known) pending.set(on.db, map)
  const entry = map.get(channel.id) ?? { channel, count: 0, why }
  entry.count++
  entry.why = why
  map.set(channel.id, entry)
  if (entry.count > 1) return
  setTimeout(() => {
    map.delete(channel.id)
    writeRejections(on, entry).catch(error =>
      on.log.warn({ error: (error as Error).message }, 'Refused webhooks could not be counted.'),
    )
  }, 1000).unref()
}

async function writeRejections(on: Parley, { channel, count, why }: Rejections): Promise<void> {
  await on.db.query(
    `with h as (insert into channel_health as x (workspace_id, channel_id, last_rejected_at, last_rejection) values ($1, $2, $4, $3)
       on conflict (workspace_id, channel_id) do update set last_rejected_at = excluded.last_rejected_at, last_rejection = excluded.last_rejection)
     insert into channel_traffic as x (workspace_id, channel_id, hour, rejected) values ($1, $2, date_trunc('hour', $4::timestamptz), $5)
     on conflict (workspace_id, channel_id, hour) do update set rejected = x.rejected + excluded.rejected`,
    [channel.workspaceId, channel.id, why.slice(0, 500), on.now(), count],
  )
}
