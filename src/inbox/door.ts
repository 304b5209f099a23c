import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawRequest } from '../channels/contract.ts'
import { noteRejection } from '../connections/health.ts'
import type { Parley } from '../parley.ts'
import type { Doorway } from './doorway.ts'
import { type Answer, receiveWebhook } from './webhook.ts'

/** Meta's batches reach 3 MB. */
const maxBody = 4_000_000
const path = /^\/hooks\/([^/?]+)\/?(?:\?(.*))?$/

/**
 * Webhooks come in by plain node:http, before fastify: they are most of all requests, and need nothing of it.
 * Answers false for other addresses.
 */
export function openDoor(on: Parley & { doorway: Doorway }) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const match = path.exec(request.url ?? '')
    if (!match) return false
    if (request.method !== 'POST' && request.method !== 'GET')
      answer(response, { status: 405, body: 'Webhooks are POST or GET.\n' })
    else
      read(request)
        .then(body =>
          body
            ? receiveWebhook(on, match[1]!, {
                ...rawRequest(request, match[2], body),
                url: on.config.publicUrl + request.url,
              })
            : tooLarge(on, match[1]!),
        )
        .then(
          a => answer(response, a),
          error => {
            if (!request.destroyed || request.complete)
              on.log.warn(
                { error: (error as Error).message },
                'A webhook could not be stored; the provider will send it again.',
              )
            answer(response, { status: 503, body: 'It could not be stored. Send it again.\n' })
          },
        )
    return true
  }
}

async function tooLarge(on: Parley, channelId: string): Promise<Answer> {
  const channel = await on.channels.byId(channelId)
  if (channel) noteRejection(on, channel, 'A webhook was larger than 4 MB.')
  return { status: 413, body: 'The body is larger than 4 MB.\n' }
}

function rawRequest(request: IncomingMessage, query: string | undefined, body: Buffer): RawRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  return { method: request.method!, query: query ? Object.fromEntries(new URLSearchParams(query)) : {}, headers, body }
}

/** Undefined when it is too large; what comes after that is thrown away, so that the sender hears our answer. */
function read(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBody) chunks.push(chunk)
      else chunks.length = 0
      if (size > 4 * maxBody) request.destroy()
    })
    request.on('end', () => done(size > maxBody ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', failed)
    request.on('close', () => {
      if (!request.complete) failed(new Error('The connection was closed.'))
    })
  })
}

function answer(
  response: ServerResponse,
  { status, body = '', contentType = 'text/plain; charset=utf-8' }: Answer,
): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...(status === 503 && { 'retry-after': '2' }),
  })
  response.end(body)
}
