import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Claim, SessionAnswer, VisitorEvent, VisitorFrame, VisitorMessage } from '../src/site/shapes.ts'

type Said = Extract<VisitorEvent, { type: 'message' }>['parts'][number]
interface File {
  bytes: Uint8Array
  mime: string
  name: string
}

export interface VisitorOptions {
  token?: string
  identity?: Claim
  language?: string
  /** Sent with every call, as a proxy in front of Parley adds them: where in the world the visitor sits. */
  headers?: Record<string, string>
}

/** The refusal of one call, as the widget would get it. */
export class VisitorRefused extends Error {
  readonly status: number
  constructor(status: number, detail: string) {
    super(`${status}: ${detail}`)
    this.status = status
  }
}

/**
 * A visitor of a website chat without a browser: speaks the widget's protocol over HTTP and WebSocket, for replays of
 * dialogues and for tests. What is said resolves when it is stored, and messages answer their id.
 */
export async function visitor(baseUrl: string, channelId: string, options: VisitorOptions = {}) {
  const root = `${baseUrl.replace(/\/+$/, '')}/widget/${channelId}`
  let session = await begin(root, options)
  const shown = screen(root, () => session.token)
  const call: Call = (way, body, type = 'application/json') => {
    const [method = '', path] = way.split(' ')
    return request(root + path, {
      method,
      headers: { ...options.headers, authorization: `Bearer ${session.token}`, 'content-type': type },
      ...(body !== undefined && { body }),
    })
  }
  return {
    ...shown,
    ...voice(call),
    ...ears(call),
    session: () => session,
    async identify(identity: Claim): Promise<SessionAnswer> {
      session = await begin(root, { ...options, token: session.token, identity })
      return session
    },
    leave: () => call('DELETE /session'),
    /** Resolves with the first message that fits, seen already or to come. */
    async until(fits: (message: VisitorMessage) => boolean): Promise<VisitorMessage> {
      for (;;) {
        const found = shown.messages().find(fits)
        if (found) return found
        await new Promise(resolve => shown.events.once('frame', resolve))
      }
    },
  }
}
/** `way` is like `GET /messages`. */
type Call = (way: string, body?: BodyInit, type?: string) => Promise<unknown>

/** Everything a visitor can say and do. */
function voice(call: Call) {
  const tell = async (event: VisitorEvent): Promise<void> =>
    void (await call('POST /events', JSON.stringify({ events: [event] })))
  async function say(parts: Said[], also: Also = {}): Promise<string> {
    const { id = randomUUID(), ...rest } = also
    await tell({ type: 'message', id, parts, ...rest })
    return id
  }
  return {
    say,
    text: (text: string, also?: Also) => say([{ type: 'text', text }], also),
    location: (lat: number, lon: number, name?: string) => say([{ type: 'location', lat, lon, ...(name && { name }) }]),
    contact: (name: string, phone: string) => say([{ type: 'contact', name, phones: [phone] }]),
    async file({ bytes, mime, name }: File, caption?: string): Promise<string> {
      const path = `POST /files?name=${encodeURIComponent(name)}`
      const stored = (await call(path, Buffer.from(bytes), mime)) as { ticket: string; type: 'file' }
      return say([{ type: stored.type, ticket: stored.ticket, ...(caption && { caption }) }])
    },
    choose: ({ id, label }: { id: string; label: string }, of?: string) =>
      tell({ type: 'chosen', id: randomUUID(), choice: id, label, ...(of && { of }) }),
    edit: (of: string, text: string) => tell({ type: 'edited', id: randomUUID(), of, text }),
    remove: (of: string) => tell({ type: 'deleted', id: randomUUID(), of }),
    react: (of: string, emoji: string) => tell({ type: 'reaction', id: randomUUID(), of, emoji }),
    start: (ref?: string) => tell({ type: 'started', id: randomUUID(), ...(ref && { entry: { ref } }) }),
    /** Acknowledges every piece of a message of the business. */
    async acknowledge(message: VisitorMessage, as: 'delivered' | 'read'): Promise<void> {
      for (const of of message.acks ?? []) await tell({ type: as, of })
    },
    typing: () => call('POST /typing'),
  }
}
interface Also {
  id?: string
  replyTo?: string
  entry?: { ref: string }
}

/** Reading without a socket. */
const ears = (call: Call) => ({
  history: (query = '') => call(`GET /messages${query}`) as Promise<VisitorFrame>,
  poll: (after: number, wait = 25) => call(`GET /poll?after=${after}&wait=${wait}`) as Promise<VisitorFrame>,
})

export type SandboxVisitor = Awaited<ReturnType<typeof visitor>>

const begin = (root: string, { headers = {}, ...options }: VisitorOptions): Promise<SessionAnswer> =>
  request(`${root}/session`, { method: 'POST', headers, body: JSON.stringify(options) }) as Promise<SessionAnswer>

async function request(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  const json = text ? JSON.parse(text) : {}
  if (!answer.ok) throw new VisitorRefused(answer.status, json.detail ?? text)
  return json
}

/** The live part: a socket that resumes where it broke off. */
function screen(root: string, token: () => string) {
  const events = new EventEmitter().setMaxListeners(0)
  const known = new Map<string, VisitorMessage>()
  let socket: WebSocket | undefined
  let seq: number | undefined

  function apply(frame: VisitorFrame): void {
    if (frame.seq !== undefined) seq = frame.seq
    if (frame.reset) known.clear()
    for (const message of frame.messages ?? []) known.set(message.id, message)
    events.emit('frame', frame)
  }

  return {
    events,
    seq: () => seq,
    messages: () => [...known.values()].sort((a, b) => a.at.localeCompare(b.at) || Number(a.id) - Number(b.id)),
    /** Resolves with the first frame: what was missed, or the newest page. */
    connect(): Promise<VisitorFrame> {
      const at = `${root.replace(/^http/, 'ws')}/live${seq === undefined ? '' : `?after=${seq}`}`
      const ws = new WebSocket(at, ['parley', token()])
      socket = ws
      return new Promise((resolve, reject) => {
        ws.onmessage = ({ data }) => {
          const frame = JSON.parse(String(data)) as VisitorFrame
          apply(frame)
          resolve(frame)
        }
        ws.onerror = () => reject(new Error('the socket was refused'))
        ws.onclose = () => events.emit('closed')
      })
    },
    close: () => socket?.close(),
  }
}
