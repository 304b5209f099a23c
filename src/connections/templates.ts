import type { Template, TemplateDraft } from '../channels/contract.ts'
import type { Queryable } from '../db/connect.ts'
import { ioFor } from '../inbox/io.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** What was listed is taken for true so long, unless the network says that something changed. */
const believedMinutes = 60

/**
 * The texts approved by the network, as it listed them last; asked for at once when it never was.
 * Undefined when the channel is not of this workspace. Throws what the network's refusal throws when nothing is known yet.
 */
export async function listTemplates(
  on: Parley,
  workspaceId: string,
  { id, fresh }: { id: string; fresh: boolean },
): Promise<Template[] | 'no-templates' | undefined> {
  const channel = await on.channels.byId(id)
  if (!channel || channel.workspaceId !== workspaceId) return undefined
  if (!channel.adapter.templates) return 'no-templates'
  if (fresh || !(await wereListed(on.db, channel))) await syncTemplates(on, channel)
  const { rows } = await on.db.query<Template & Record<string, unknown>>(
    `select name, language, category, status, body, "values" from channel_templates
     where workspace_id = $1 and channel_id = $2 order by name, language`,
    [workspaceId, id],
  )
  return rows
}

async function wereListed(db: Queryable, channel: Connected): Promise<boolean> {
  const { rowCount } = await db.query(
    'select from channel_health where workspace_id = $1 and channel_id = $2 and templates_at is not null',
    [channel.workspaceId, channel.id],
  )
  return rowCount === 1
}

/** Hands a new text in for approval; the list is read again at once. Should that fail, it was handed in all the same. */
export async function createTemplate(
  on: Parley,
  workspaceId: string,
  { id, draft }: { id: string; draft: TemplateDraft },
): Promise<{ ok: true } | { ok: false; detail: string } | 'no-templates' | undefined> {
  const channel = await on.channels.byId(id)
  if (!channel || channel.workspaceId !== workspaceId) return undefined
  if (!channel.adapter.createTemplate) return 'no-templates'
  const made = await channel.adapter.createTemplate(draft, ioFor(on, channel, AbortSignal.timeout(30_000)))
  if (made.ok) await trySync(on, channel)
  return made
}

/** Takes over what the network lists now. A network that does not answer changes nothing. */
export async function syncTemplates(on: Parley, channel: Connected): Promise<void> {
  const templates = await channel.adapter.templates!(ioFor(on, channel, AbortSignal.timeout(30_000)))
  const keys = [channel.workspaceId, channel.id]
  await changingAsWorker(on, channel.workspaceId, async tx => {
    await tx.query('delete from channel_templates where workspace_id = $1 and channel_id = $2', keys)
    await tx.query(
      `insert into channel_templates (workspace_id, channel_id, name, language, category, status, body, "values")
       select $1, $2, name, language, category, status, body, "values"
       from jsonb_to_recordset($3::jsonb) r(name text, language text, category text, status text, body text, "values" smallint)
       on conflict do nothing`,
      [...keys, JSON.stringify(templates)],
    )
    await tx.query(
      `insert into channel_health as h (workspace_id, channel_id, templates_at) values ($1, $2, $3)
       on conflict (workspace_id, channel_id) do update set templates_at = excluded.templates_at`,
      [...keys, on.now()],
    )
    tx.tell({ type: 'channel', channelId: channel.id })
  })
}

/** The network said that a template changed: the next turn asks for all of them. */
export async function templatesChanged(
  tx: Queryable,
  workspaceId: string,
  channelIds: readonly string[],
): Promise<void> {
  if (!channelIds.length) return
  await tx.query(
    `update channel_health set templates_at = 'epoch' where workspace_id = $1 and channel_id = any($2::bigint[]) and templates_at is not null`,
    [workspaceId, channelIds],
  )
}

/** Lists again what was listed once and is old. */
export async function syncOldTemplates(on: Parley): Promise<void> {
  const { rows } = await on.db.query<{ id: string }>(
    `select c.id from channel_health h join channels c on c.workspace_id = h.workspace_id and c.id = h.channel_id
     where h.templates_at < $1::timestamptz - make_interval(mins => $2) and c.state = 'on' and c.removed_at is null`,
    [on.now(), believedMinutes],
  )
  for (const { id } of rows) {
    const channel = await on.channels.byId(id)
    if (channel?.adapter.templates) await trySync(on, channel)
  }
}

const trySync = (on: Parley, channel: Connected): Promise<void> =>
  syncTemplates(on, channel).catch(error =>
    on.log.debug({ channel: channel.id, error: (error as Error).message }, 'The templates could not be listed.'),
  )
