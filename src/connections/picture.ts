import type { Picture } from '../channels/contract.ts'
import { ioFor } from '../inbox/io.ts'
import { ownCopy, pictureAt } from '../inbox/pictures.ts'
import { changingAsWorker } from '../live/publish.ts'
import { readMedia } from '../media/media.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/**
 * Keeps our own copy of an account's picture. What is unknown, cannot be had, is too large or is no picture changes nothing; an
 * account without a picture (`undefined`) loses the one we had. Never throws: a picture is no reason to fail.
 */
export async function keepPicture(
  on: Parley,
  channel: Connected,
  picture: Picture | 'unknown' | undefined,
): Promise<void> {
  try {
    if (picture === 'unknown') return
    if (!picture) return await showPicture(on, channel, null)
    const bytes = await bytesOf(on, channel, picture)
    if (!bytes || (await isKept(on, channel, bytes))) return
    const url = await ownCopy(on, channel.workspaceId, bytes)
    if (url) await showPicture(on, channel, url)
  } catch (error) {
    on.log.debug({ channel: channel.id, error: (error as Error).message }, "An account's picture could not be had.")
  }
}

async function bytesOf(on: Parley, channel: Connected, picture: Picture): Promise<Uint8Array | undefined> {
  const io = ioFor(on, channel, AbortSignal.timeout(20_000))
  return 'url' in picture ? pictureAt(io, picture.url) : (await channel.adapter.media?.(picture.ref, io))?.bytes
}

/** Upkeep brings the same picture again and again. */
async function isKept(on: Parley, { workspaceId, id }: Connected, bytes: Uint8Array): Promise<boolean> {
  const { rows } = await on.db.query<{ picture_url: string | null }>(
    'select picture_url from channels where workspace_id = $1 and id = $2',
    [workspaceId, id],
  )
  const media = /\/media\/(\d+)$/.exec(rows[0]?.picture_url ?? '')?.[1]
  const kept = media && (await readMedia(on, workspaceId, media).catch(() => undefined))
  return !!kept && Buffer.compare(kept.bytes, bytes) === 0
}

async function showPicture(on: Parley, { workspaceId, id }: Connected, url: string | null): Promise<void> {
  await changingAsWorker(on, workspaceId, async tx => {
    const { rowCount } = await tx.query(
      'update channels set picture_url = $3 where workspace_id = $1 and id = $2 and picture_url is distinct from $3',
      [workspaceId, id, url],
    )
    if (rowCount) tx.tell({ type: 'channel', channelId: id })
  })
}
