import { ioFor } from '../inbox/io.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'
import { keepPicture } from './picture.ts'
import { needsReconnect } from './reconnect.ts'
import { notice, takeBack } from './standing.ts'

/** Upkeep of connected accounts whose turn it is: subscriptions that lapse are renewed, expiring tokens are told of. */
export async function tendChannels(on: Parley): Promise<void> {
  const kinds = on.channels.adapters().flatMap(a => (a.tend ? [{ kind: a.kind, hours: a.tend.everyHours }] : []))
  const { rows } = await on.db.query<{ id: string }>(
    `select c.id from unnest($1::text[], $2::float8[]) k(kind, hours) join channels c on c.kind = k.kind
     left join channel_health h on h.workspace_id = c.workspace_id and h.channel_id = c.id
     where c.state = 'on' and c.removed_at is null and c.account is not null
       and (h.tended_at is null or h.tended_at < $3::timestamptz - make_interval(secs => k.hours * 3600)) order by c.id`,
    [kinds.map(k => k.kind), kinds.map(k => k.hours), on.now()],
  )
  for (const { id } of rows) {
    const channel = await on.channels.byId(id)
    if (channel?.state === 'on') await tend(on, channel)
  }
}

/** A network that is down now is asked again at the next turn, without a word. */
async function tend(on: Parley, channel: Connected): Promise<void> {
  const url = `${on.config.publicUrl}/hooks/${channel.id}`
  const result = await channel.adapter
    .tend!.run(url, ioFor(on, channel, AbortSignal.timeout(60_000)))
    .catch(error => ({ ok: false as const, why: 'down' as const, detail: (error as Error).message }))
  if (!result.ok && (result.why === 'down' || result.why === 'rate')) return
  if (!result.ok && result.why === 'auth')
    await changingAsWorker(on, channel.workspaceId, tx => needsReconnect(on, tx, channel, result.detail))
  else await sayUpkeep(on, channel, result.ok ? result.warning : result.detail)
  if (result.ok && result.picture) await keepPicture(on, channel, result.picture)
  await on.db.query(
    `insert into channel_health as h (workspace_id, channel_id, tended_at) values ($1, $2, $3)
     on conflict (workspace_id, channel_id) do update set tended_at = excluded.tended_at`,
    [channel.workspaceId, channel.id, on.now()],
  )
}

async function sayUpkeep(on: Parley, channel: Connected, words: string | undefined): Promise<void> {
  if (words) await notice(on, channel, { text: `upkeep: ${words}`, level: 'warning' })
  else await takeBack(on, channel, 'upkeep')
}
