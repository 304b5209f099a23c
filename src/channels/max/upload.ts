import type { MediaPart } from '../../domain/message.ts'
import { AnswerLost, type HttpAnswer, type Io, type Outgoing } from '../contract.ts'
import { type Json, maybe, text } from '../kit.ts'
import { call, type Refusal, refusal, trust } from './api.ts'
import type { Settings } from './settings.ts'

/** The file could not be handed over; nothing was sent. */
export class RefusedUpload extends Error {
  readonly refusal: Refusal
  constructor(refused: Refusal) {
    super(refused.detail)
    this.refusal = refused
  }
}

/** What the upload of a file is called in a message. On later tries it is the one that MAX was still converting. */
export async function uploaded(part: MediaPart, to: Outgoing, io: Io<Settings>): Promise<Json> {
  const before = (to.attempt ?? 1) > 1 ? await kept(to, io) : undefined
  return before ?? (await upload(part, io))
}

export const uploadType = ({ type }: MediaPart): string => (type === 'voice' ? 'audio' : type)

/**
 * Asks for an address, then brings the file there. Videos and audio are called by the token that comes with the address,
 * images and files by what comes back from it.
 */
async function upload(part: MediaPart, io: Io<Settings>): Promise<Json> {
  const { url, token } = accepted(
    await untilSent(() => call('/uploads', { method: 'POST', query: { type: uploadType(part) } }, io)),
  )
  if (!text(url)) throw new RefusedUpload({ why: 'unknown', detail: 'MAX gave no address for the file' })
  const { bytes, mime, name } = await io.bytesOf(part)
  const form = new FormData()
  form.append('data', new Blob([bytes as BlobPart], { type: mime }), part.name ?? name)
  const answer = await untilSent(() =>
    io.http({ method: 'POST', url: text(url)!, form, timeoutMs: 600_000, ...trust(io) }),
  )
  const given = accepted(answer)
  if (text(token)) return { token }
  const { photos, token: own } = given
  if (photos) return { photos }
  if (text(own)) return { token: own }
  throw new RefusedUpload({ why: 'unknown', detail: 'MAX took the file without giving it a name' })
}

/** A file brought twice does no harm: until the message itself is sent, a lost answer is an outage. */
async function untilSent(run: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof AnswerLost) throw new RefusedUpload({ why: 'down', detail: error.message })
    throw error
  }
}

function accepted(answer: HttpAnswer): Json {
  const refused = refusal(answer)
  if (refused) throw new RefusedUpload(refused)
  return maybe(answer.json)
}

const nameOf = ({ key }: Outgoing): string => `upload ${key}`
const anHour = 3_600_000

/** Keeps the upload for the next try, or forgets it. All workers share it. */
export async function keepUpload(file: Json | undefined, to: Outgoing, io: Io<Settings>): Promise<void> {
  if (file) {
    const expiresAt = new Date(io.now.getTime() + anHour)
    await io.token(nameOf(to), async () => ({ value: JSON.stringify(file), expiresAt }))
  } else if ((to.attempt ?? 1) > 1) await io.forgetToken(nameOf(to))
}

class NotKept extends Error {}

async function kept(to: Outgoing, io: Io<Settings>): Promise<Json | undefined> {
  try {
    return maybe(JSON.parse(await io.token(nameOf(to), () => Promise.reject(new NotKept()))))
  } catch (error) {
    if (error instanceof NotKept) return undefined
    throw error
  }
}
