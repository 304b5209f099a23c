import { MediaGone } from '../channels/contract.ts'
import type { Job, TaskAnswer, TaskContext } from '../jobs/job.ts'
import { changingAsWorker } from '../live/publish.ts'
import { fileName, type MediaRow, mediaById, putBytes, recognise } from '../media/media.ts'
import type { Parley } from '../parley.ts'
import { ioFor } from './io.ts'
import { messagesById } from './store.ts'

/** So often is a file asked for before its message says that it could not be had. */
export const fetchAttempts = 10

/** Brings a file that came with a message. Its own job: it never delays, blocks or loses the message. */
export async function fetchMedia(on: Parley, job: Job, context: TaskContext): Promise<TaskAnswer> {
  const row = await mediaById(on.db, job.workspaceId, (job.payload as { media: string }).media)
  if (row?.state !== 'pending' || !row.ref || !row.channel_id) return undefined
  const channel = await on.channels.byId(row.channel_id)
  if (!channel?.adapter.media)
    return void (await settle(on, job.workspaceId, row, { failure: 'The channel was removed.' }))
  try {
    const got = await channel.adapter.media(row.ref, ioFor(on, channel, context.signal))
    const known = await recognise(got.bytes, got.mime ?? row.mime ?? undefined)
    const { key, sha256 } = await putBytes(on, job.workspaceId, got.bytes, known.mime)
    const name = row.name ?? (got.name ? fileName(got.name) : null)
    await settle(on, job.workspaceId, row, { key, sha256, bytes: got.bytes.length, ...known, name })
  } catch (error) {
    const last = context.attempt >= fetchAttempts
    if (!(error instanceof MediaGone) && !last) throw error
    await settle(on, job.workspaceId, row, { failure: (error as Error).message })
  }
  return undefined
}

interface Settled {
  failure?: string
  key?: string
  sha256?: string
  bytes?: number
  mime?: string
  name?: string | null
  width?: number
  height?: number
}

async function settle(on: Parley, workspaceId: string, row: MediaRow, to: Settled): Promise<void> {
  const state = to.failure === undefined ? 'ready' : 'failed'
  const {
    key = null,
    sha256 = null,
    bytes = null,
    mime = null,
    name = null,
    width = null,
    height = null,
    failure = null,
  } = to
  await changingAsWorker(on, workspaceId, async tx => {
    await tx.query(
      `update media set state = $3, storage_key = $4, sha256 = $5, bytes = $6, mime = coalesce($7, mime), name = coalesce($8, name), width = $9, height = $10, failure = $11
       where workspace_id = $1 and id = $2`,
      [workspaceId, row.id, state, key, sha256, bytes, mime, name, width, height, failure],
    )
    const facts = Object.fromEntries(
      Object.entries({ state, bytes, mime, name, width, height, failure }).filter(([, v]) => v !== null),
    )
    // By the media's number, not the part's place: an edit may have moved it.
    await tx.query(
      `update messages m set parts = (select coalesce(jsonb_agg(case when p ->> 'media' = $3 then p || $4::jsonb else p end order by i), '[]')
         from jsonb_array_elements(m.parts) with ordinality x(p, i)) where m.workspace_id = $1 and m.id = $2`,
      [workspaceId, row.message_id, row.id, JSON.stringify(facts)],
    )
    for (const message of await messagesById(tx, workspaceId, row.message_id ? [row.message_id] : []))
      tx.tell({ type: 'message', message })
  })
}
