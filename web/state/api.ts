import type { Message, Note, Problem } from '../../src/api/shapes.ts'
import type { Remark } from '../../src/domain/fit.ts'
import { remarkWords } from '../inbox/remarks.ts'
import { serverWords } from '../server-words.ts'
import type { Letter, Posted } from './outbox.ts'

/** What the server said when it refused, or `status: 0` when it could not be reached. */
export class Refused extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.problem = problem
  }
}

const unreachable: Problem = { type: 'about:blank', title: 'Offline', status: 0, detail: '' }

interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
  headers?: Record<string, string>
}

/** Asks the API; throws `Refused` for everything but success. */
export async function ask<T>(path: string, { method = 'GET', body, headers }: Ask = {}): Promise<T> {
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      ...(method !== 'GET' && { 'x-parley': '1' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  const answer = await fetch(`/api/v1${path}`, init).catch(() => undefined)
  if (!answer) throw new Refused(unreachable)
  if (!answer.ok) throw new Refused(await problemOf(answer))
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

async function problemOf(answer: Response): Promise<Problem> {
  const said: unknown = await answer.json().catch(() => ({}))
  const plain = { type: 'about:blank', title: answer.statusText, status: answer.status, detail: '' }
  return { ...plain, ...(said as Partial<Problem>) }
}

export const post = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>(path, { method: 'POST', body })

/** One attempt to post a letter. The key is the letter's own id, so an attempt repeated is not a second message. */
export async function postLetter(letter: Letter): Promise<Posted> {
  const to = `/conversations/${letter.conversationId}/${letter.kind === 'note' ? 'notes' : 'messages'}`
  const body = letter.kind === 'note' ? { text: textOf(letter) } : { parts: letter.parts, replyTo: letter.replyTo }
  try {
    const headers = { 'idempotency-key': letter.clientId }
    const said = await ask<Message | Note>(to, { method: 'POST', body, headers })
    return letter.kind === 'note' ? { ok: true, note: said as Note } : { ok: true, message: said as Message }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return unposted(error.problem)
  }
}

function unposted({ status, detail, title, errors }: Problem): Posted {
  const later = status === 0 || status === 401 || status === 408 || status === 425 || status === 429 || status >= 500
  if (later) return { ok: false, later: true }
  return { ok: false, later: false, reason: errors?.map(remarkOf).join('. ') || serverWords(detail) || title }
}

/** What `prepare` refused comes with its code, so that it can be said in the agent's language. */
const remarkOf = (error: { message: string; code?: string }): string =>
  error.code ? remarkWords(error as unknown as Remark) : serverWords(error.message)

export const textOf = (letter: Letter): string => letter.parts.map(p => (p.type === 'text' ? p.text : '')).join('\n')

/** The answer of `POST /media`. */
export interface Stored {
  media: string
  url: string
  mime: string
  bytes: number
  name: string
  width?: number
  height?: number
  type: 'image' | 'video' | 'audio' | 'voice' | 'file' | 'sticker'
}

/** Uploads one file and tells how far it is, 0 to 1. `stop` breaks it off. */
export function upload(file: File, progress: (share: number) => void): { stored: Promise<Stored>; stop: () => void } {
  const request = new XMLHttpRequest()
  const stored = new Promise<Stored>((resolve, reject) => {
    request.upload.onprogress = event => progress(event.total ? event.loaded / event.total : 0)
    request.onerror = () => reject(new Refused(unreachable))
    request.onabort = () => reject(new Refused(unreachable))
    request.onload = () => {
      const said = parse(request.responseText)
      if (request.status < 300) resolve(said as Stored)
      else reject(new Refused({ ...unreachable, status: request.status, ...(said as Partial<Problem>) }))
    }
  })
  request.open('POST', `/api/v1/media?name=${encodeURIComponent(file.name)}`)
  request.setRequestHeader('x-parley', '1')
  request.setRequestHeader('content-type', file.type || 'application/octet-stream')
  request.send(file)
  return { stored, stop: () => request.abort() }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
