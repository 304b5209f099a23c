import { AnswerLost, type HttpCall, type Io, NotSent } from '../../src/channels/contract.ts'
import { parseJson } from '../../src/channels/kit.ts'
import type { MediaPart } from '../../src/domain/message.ts'
import { keeping } from './keeping.ts'

export interface TestFile {
  bytes: Uint8Array
  mime: string
  name: string
}

export interface IoOptions {
  now?: Date
  /** Stored files by the `url` of their part. */
  files?: Map<string, TestFile>
  /** The public address of a stored file, for networks that fetch it. */
  linkTo?: (part: MediaPart) => string
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/** The network as plain `fetch`, for tests that talk to a simulator. */
export function createIo<S>(settings: S, options: IoOptions = {}): Io<S> {
  return {
    ...keeping(settings),
    settings,
    now: options.now ?? new Date(),
    http,
    async bytesOf(part) {
      const file = options.files?.get(part.url)
      if (!file) throw new Error(`the test has no file ${part.url}`)
      return file
    },
    linkTo: options.linkTo ?? (part => part.url),
  }
}

async function http(call: HttpCall) {
  const answer = await reach(call)
  const bytes = await rest(answer)
  if (bytes.length > (call.maxBytes ?? 1_000_000)) throw new Error(`${call.url} is larger than ${call.maxBytes} bytes`)
  return { status: answer.status, headers: Object.fromEntries(answer.headers), json: jsonIn(bytes), bytes }
}

async function reach(call: HttpCall): Promise<Response> {
  const json = call.json === undefined ? undefined : JSON.stringify(call.json)
  const headers = { ...(json !== undefined && { 'content-type': 'application/json' }), ...call.headers }
  const signal = AbortSignal.timeout(call.timeoutMs ?? 30_000)
  try {
    return await fetch(call.url, {
      method: call.method,
      headers,
      body: json ?? call.form ?? (call.bytes ? new Uint8Array(call.bytes) : null),
      signal,
    })
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as { code?: string; message: string }
    throw neverSent.has(code ?? '') ? new NotSent(message) : new AnswerLost(message)
  }
}

async function rest(answer: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await answer.arrayBuffer())
  } catch (error) {
    throw new AnswerLost((error as Error).message)
  }
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
