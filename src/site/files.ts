import type { FastifyReply } from 'fastify'
import { hmacSha256Hex, same } from '../channels/kit.ts'
import { keyFor } from '../channels/site/verify.ts'
import type { MediaType } from '../domain/message.ts'
import { Refused } from './problem.ts'

/** Whose files these are and when it is now. */
export interface MediaHouse {
  channelId: string
  secret: string
  now: Date
}

/** What an upload becomes: the part of a message, sealed for the visitor who sent it. */
export interface StoredPart {
  type: MediaType
  media: string
  url: string
  mime: string
  bytes: number
  name: string
  width?: number
  height?: number
}

export const maxUpload = 16 * 1024 * 1024

const day = 86_400_000
const signature = (purpose: 'media' | 'upload', text: string, secret: string): string =>
  hmacSha256Hex(keyFor(purpose, secret), Buffer.from(text)).slice(0, 32)

/**
 * Where a visitor's browser may fetch a stored file: the address itself is the permission, and ends after two to three
 * days. It changes once a day only, so that the browser's cache works.
 */
export function addressOf(media: string, { channelId, secret, now }: MediaHouse): string {
  const until = Math.floor(now.getTime() / day) + 3
  return `/widget/${channelId}/media/${media}/${until}-${signature('media', `${media}.${until}`, secret)}`
}

/** @throws Refused 404 for an address we did not make, or made too long ago. */
export function checkAddress(media: string, ticket: string, { secret, now }: MediaHouse): void {
  const [until = '', given = ''] = ticket.split('-')
  const good = same(given, signature('media', `${media}.${until}`, secret)) && Number(until) * day > now.getTime()
  if (!good) throw new Refused(404, 'This address of a file has ended. Load the conversation again.')
}

/** Seals an upload for its visitor: only with this ticket does the file become part of a message. */
export function sealUpload(part: StoredPart, visitor: string, secret: string): string {
  const body = Buffer.from(JSON.stringify(part)).toString('base64url')
  return `${body}.${signature('upload', `${visitor} ${body}`, secret)}`
}

/** @throws Refused 422 when somebody else uploaded it, or nobody did. */
export function openUpload(ticket: string, visitor: string, secret: string): StoredPart {
  const [body = '', given = ''] = ticket.split('.')
  if (!same(given, signature('upload', `${visitor} ${body}`, secret)))
    throw new Refused(422, 'The file was not uploaded in this session. Choose it again.')
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as StoredPart
}

// What a browser may show by itself. Everything else, above all HTML and SVG, is only saved.
const shownByBrowser = /^(image\/(jpeg|png|gif|webp|avif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/

/** Answers with the bytes, or the part of them that a player asked for. */
export function serve(
  reply: FastifyReply,
  file: { bytes: Uint8Array; mime: string; name: string },
  range: string | undefined,
): FastifyReply {
  const shown = shownByBrowser.test(file.mime)
  reply.header('content-type', shown ? file.mime : 'application/octet-stream')
  reply.header(
    'content-disposition',
    `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
  )
  reply.header('x-content-type-options', 'nosniff')
  reply.header('content-security-policy', "default-src 'none'; sandbox")
  reply.header('cross-origin-resource-policy', 'cross-origin')
  reply.header('cache-control', 'private, max-age=86400, immutable')
  reply.header('accept-ranges', 'bytes')
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength)
  const asked = range?.match(/^bytes=(\d+)-(\d*)$/)
  const from = Number(asked?.[1] ?? 0)
  if (!asked || from >= bytes.length) return reply.send(bytes)
  const to = Math.min(asked[2] ? Number(asked[2]) : bytes.length - 1, bytes.length - 1)
  reply.code(206).header('content-range', `bytes ${from}-${to}/${bytes.length}`)
  return reply.send(bytes.subarray(from, to + 1))
}
