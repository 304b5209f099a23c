import type { Io } from '../channels/contract.ts'
import { recognise, storeMedia } from '../media/media.ts'
import type { Parley } from '../parley.ts'

/** Bytes of a face, of a person or of an account. */
export const largestFace = 2_000_000

/** What lies at the address; nothing when it cannot be had. */
export async function pictureAt(io: Pick<Io<unknown>, 'http'>, url: string): Promise<Uint8Array | undefined> {
  try {
    const answer = await io.http({ method: 'GET', url, maxBytes: largestFace, timeoutMs: 15_000 })
    return answer.status === 200 ? answer.bytes : undefined
  } catch {
    return undefined
  }
}

/**
 * Networks' addresses of pictures lapse, and would tell them which agent looks: a copy of our own, or none of what is no
 * picture or too large. Answers its address in the API.
 */
export async function ownCopy(on: Parley, workspaceId: string, bytes: Uint8Array): Promise<string | undefined> {
  if (bytes.length > largestFace || (await recognise(bytes, undefined)).type !== 'image') return undefined
  return (await storeMedia(on, workspaceId, { bytes, name: 'face' })).url
}
