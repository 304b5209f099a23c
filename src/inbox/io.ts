import { AnswerLost, type HttpAnswer, type HttpCall, type Io, MediaGone, NotSent } from '../channels/contract.ts'
import { parseJson } from '../channels/kit.ts'
import type { Connected } from '../connections/book.ts'
import { linksOf } from '../connections/links.ts'
import { tokensOf } from '../connections/tokens.ts'
import type { MediaPart } from '../domain/message.ts'
import { publicLink } from '../media/link.ts'
import { readMedia } from '../media/media.ts'
import type { Parley } from '../parley.ts'

/** What an adapter may do to the world: call its provider, read our files, hand out their addresses. */
export function ioFor(on: Parley, channel: Connected, signal: AbortSignal): Io<unknown> {
  return {
    settings: channel.settings,
    // Who listens keeps its `io` for weeks.
    get now() {
      return on.now()
    },
    webhookUrl: `${on.config.publicUrl}/hooks/${channel.id}`,
    ...tokensOf(on, channel),
    ...linksOf(on, channel),
    http: call => callProvider(on, channel, call, signal),
    bytesOf: part => readMedia(on, channel.workspaceId, mediaIdOf(part)),
    linkTo: part => publicLink(on, channel.workspaceId, mediaIdOf(part), part.name),
  }
}

function mediaIdOf(part: MediaPart): string {
  const id = part.media ?? /\/media\/(\d+)/.exec(part.url)?.[1]
  if (!id) throw new Error('This part names no stored file.')
  return id
}

const timeoutMs = 30_000

async function callProvider(on: Parley, channel: Connected, call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
  const headers: Record<string, string> = { ...call.headers }
  const body = call.form ?? plain(call.bytes) ?? (call.json === undefined ? undefined : JSON.stringify(call.json))
  if (call.json !== undefined) headers['content-type'] ??= 'application/json'
  const response = await on.guard
    .fetch(call.url, {
      method: call.method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(call.timeoutMs ?? timeoutMs)]),
      inside: insideOf(channel),
      ...(call.ca && { ca: call.ca }),
    })
    .catch(error => {
      // A customer's link into our own network will not become a better one.
      if (call.method === 'GET' && isInside(error)) throw new MediaGone(words(error))
      throw reached(error) ? new AnswerLost(words(error)) : new NotSent(words(error))
    })
  const bytes = await limited(response, call.maxBytes ?? 1_000_000)
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes, json: jsonOf(bytes) }
}

/** Typed arrays over shared memory are no body of a request. */
const plain = (bytes: Uint8Array | undefined) => bytes && new Uint8Array(bytes)

/** Addresses inside the network are refused, except those an administrator wrote into the channel's settings. */
export function insideOf(channel: Connected): string[] {
  const { baseUrl, tokenUrl } = channel.settings as { baseUrl?: string; tokenUrl?: string }
  return [baseUrl, tokenUrl].flatMap(url => (url && URL.canParse(url) ? [new URL(url).origin] : []))
}

/** Errors that can only happen before the first byte of a request was written. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INSIDE',
  'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

function isInside(error: unknown): boolean {
  for (let e = error as { code?: string; cause?: unknown } | undefined; e; e = e.cause as typeof e)
    if (e.code === 'ERR_INSIDE') return true
  return false
}

function reached(error: unknown): boolean {
  for (
    let e = error as { code?: string; cause?: unknown; errors?: unknown[] } | undefined;
    e;
    e = e.cause as typeof e
  ) {
    if (e.code && beforeSending.has(e.code)) return false
    if (e.errors?.every(one => !reached(one))) return false
  }
  return true
}

function words(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error }
  return cause?.message ? `${message}: ${cause.message}` : message
}

/** An answer cut short is a lost answer: the provider has had our request. */
async function limited(response: Response, max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > max) throw new AnswerLost(`The answer is longer than ${max} bytes.`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof AnswerLost ? error : new AnswerLost(words(error))
  }
  return Buffer.concat(chunks)
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return bytes.length ? parseJson(new TextDecoder().decode(bytes)) : null
  } catch {
    return null
  }
}
