import { invalid } from '../api/problem.ts'
import type { SayablePart } from '../api/shapes.ts'
import { isMedia, type MediaPart, type Part } from '../domain/message.ts'
import { mediaById, storeMedia } from '../media/media.ts'
import type { Parley } from '../parley.ts'

const maxFetched = 50_000_000

/** Media parts become stored files with their true size and kind: uploads are looked up, addresses are fetched. */
export async function takeUploads(on: Parley, workspaceId: string, parts: SayablePart[]): Promise<SayablePart[]> {
  return Promise.all(
    parts.map((part, i) =>
      isMedia(part as Part) ? takeUpload(on, workspaceId, { part: part as MediaPart, i }) : part,
    ),
  )
}

async function takeUpload(
  on: Parley,
  workspaceId: string,
  { part, i }: { part: MediaPart; i: number },
): Promise<SayablePart> {
  const mediaId = part.media ?? /^\/api\/v1\/media\/(\d{1,18})$/.exec(part.url)?.[1]
  const { type, caption, seconds } = part
  const keep = { type, ...(caption && { caption }), ...(seconds && { seconds }) }
  if (mediaId) {
    const row = await mediaById(on.db, workspaceId, mediaId)
    if (row?.state !== 'ready')
      throw invalid([{ field: `parts.${i}.media`, message: 'There is no stored file with this id.' }])
    return {
      ...keep,
      url: `/api/v1/media/${mediaId}`,
      media: mediaId,
      bytes: Number(row.bytes),
      mime: row.mime ?? 'application/octet-stream',
      name: part.name ?? row.name ?? 'file',
    }
  }
  const fetched = await fetchFile(on, part.url).catch(error => {
    throw invalid([
      {
        field: `parts.${i}.url`,
        message: `The file could not be fetched: ${(error as Error).cause instanceof Error ? ((error as Error).cause as Error).message : (error as Error).message}`,
      },
    ])
  })
  const name = part.name ?? decodeURIComponent(new URL(part.url).pathname.split('/').at(-1) || 'file')
  const { media, url, mime, bytes } = await storeMedia(on, workspaceId, { ...fetched, name })
  return { ...keep, url, media, bytes, mime, name }
}

/** Redirects are followed by hand: each address is checked anew. */
async function fetchFile(on: Parley, url: string, hops = 0): Promise<{ bytes: Uint8Array; mime: string | undefined }> {
  if (!/^https?:\/\//.test(url)) throw new Error('it is neither an address (https://…) nor a stored file')
  const response = await on.guard.fetch(url, { inside: [], redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  const location = response.headers.get('location')
  if (response.status >= 300 && response.status < 400 && location) {
    await response.body?.cancel()
    if (hops >= 5) throw new Error('it redirects too often')
    return fetchFile(on, new URL(location, url).href, hops + 1)
  }
  if (!response.ok) throw new Error(`its server answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxFetched) throw new Error(`it is larger than ${maxFetched} bytes`)
    chunks.push(chunk)
  }
  return { bytes: Buffer.concat(chunks), mime: response.headers.get('content-type') ?? undefined }
}
