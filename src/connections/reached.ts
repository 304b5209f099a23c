import { setTimeout as delay } from 'node:timers/promises'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

interface Reach {
  at: number
  writtenAt: number
}
const inProcess = new WeakMap<Parley['db'], Map<string, Reach>>()

/**
 * How often it is written down that a provider reaches us. What is accepted lies in the database anyhow, so it may wait;
 * a handshake leaves no other trace, and another process may wait for it.
 */
const everyMs = { accept: 60_000, answer: 1000 }

/** A call of the provider passed `verify`. Every webhook comes by here: it costs the door a look into a map. */
export function noteReached(on: Parley, channel: Connected, verdict: keyof typeof everyMs): void {
  const reach = reachOf(on, channel.id)
  reach.at = on.now().getTime()
  if (reach.at - reach.writtenAt < everyMs[verdict]) return
  reach.writtenAt = reach.at
  write(on, channel, verdict).catch(error => {
    reach.writtenAt = 0
    on.log.warn({ error: (error as Error).message }, 'It could not be noted that a provider reached us.')
  })
}

/** Open screens hear of a handshake that is the first, or that makes up for a failed proof: somebody waits for it there. */
async function write(on: Parley, { workspaceId, id }: Connected, verdict: keyof typeof everyMs): Promise<void> {
  await changingAsWorker(on, workspaceId, async tx => {
    const { rows } = await tx.query<{ news: boolean }>(
      `with before as (select reached_at, notice from channel_health where workspace_id = $1 and channel_id = $2)
       insert into channel_health as h (workspace_id, channel_id, reached_at) values ($1, $2, $3)
       on conflict (workspace_id, channel_id) do update set reached_at = excluded.reached_at
       returning not exists (select from before where reached_at is not null and (notice is null or notice not like 'unproven: %')) as news`,
      [workspaceId, id, on.now()],
    )
    if (rows[0]?.news && verdict === 'answer') tx.tell({ type: 'channel', channelId: id })
  })
}

const lookMs = 250

/** Whether the provider called since then, or does so within `patienceMs`. Any process may have taken the call. */
export async function wasReached(
  on: Parley,
  { workspaceId, id }: Connected,
  { since, patienceMs }: { since: Date; patienceMs: number },
): Promise<boolean> {
  for (const end = performance.now() + patienceMs; ; ) {
    if (reachOf(on, id).at >= since.getTime()) return true
    const { rows } = await on.db.query(
      `select from channel_health where workspace_id = $1 and channel_id = $2 and reached_at >= $3 union all
       select from deliveries where workspace_id = $1 and channel_id = $2 and received_at >= $3 limit 1`,
      [workspaceId, id, since],
    )
    if (rows.length) return true
    if (performance.now() >= end) return false
    await delay(lookMs)
  }
}

function reachOf({ db }: Parley, channelId: string): Reach {
  const known = inProcess.get(db) ?? new Map<string, Reach>()
  inProcess.set(db, known)
  const reach = known.get(channelId) ?? { at: 0, writtenAt: 0 }
  known.set(channelId, reach)
  return reach
}
