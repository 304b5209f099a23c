import { isMedia, type MediaPart, type Part } from '../domain/message.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Telling } from '../live/publish.ts'
import { storable } from './storable.ts'

/** Gives each media part its number before its message is written, so that the message names it from the start. */
export async function numberMedia(tx: Telling, parts: readonly MediaPart[]): Promise<void> {
  if (!parts.length) return
  const { rows } = await tx.query<{ id: string }>(
    `select nextval(pg_get_serial_sequence('media', 'id')) as id from generate_series(1, $1)`,
    [parts.length],
  )
  parts.forEach((part, i) => {
    part.media = rows[i]!.id
    part.url = `/api/v1/media/${part.media}`
    part.state = 'pending'
  })
}

interface WithMedia {
  channelId: string
  messageId: string
  parts: readonly Part[]
}

/** Rows and jobs for files still to be fetched: a job of its own each, so that a file never delays or loses its message. */
export async function keepMedia(tx: Telling, workspaceId: string, messages: readonly WithMedia[]): Promise<number> {
  const files = messages.flatMap(({ channelId, messageId, parts }) =>
    parts.flatMap((part, n) =>
      isMedia(part) && part.ref && part.state === 'pending'
        ? [{ id: part.media!, channelId, messageId, n, ref: part.ref, mime: part.mime, name: part.name }]
        : [],
    ),
  )
  if (!files.length) return 0
  await tx.query(
    `insert into media (workspace_id, id, channel_id, message_id, part, ref, mime, name) overriding system value
     select $1, id, "channelId", "messageId", n, ref, mime, name
     from jsonb_to_recordset($2::jsonb) r(id bigint, "channelId" bigint, "messageId" bigint, n smallint, ref text, mime text, name text)
     on conflict do nothing`,
    [workspaceId, storable(files)],
  )
  await enqueue(
    tx,
    files.map(f => ({
      workspaceId,
      laneOf: `media ${f.channelId}`,
      key: `media ${f.id}`,
      task: 'fetch-media',
      payload: { media: f.id },
    })),
  )
  return files.length
}
