import { WebSocket } from 'ws'
import type { Change, Conversation, Frame, Message } from '../../src/api/shapes.ts'
import { type Api, everyItem } from './api.ts'

export type Desk = ReturnType<typeof createDesk>

/**
 * An agent's open screen: hears of every change by the live socket, comes back by itself after a break and goes on
 * where it was.
 */
export function createDesk(url: string, key: string, api: Api) {
  const seen = new Map<string, Message>()
  const waiting = new Map<string, ((message: Message) => void)[]>()
  const frames: Frame[] = []
  let seq: number | undefined
  let socket: WebSocket | undefined
  let closed = false

  function take(message: Message): void {
    if (!message.externalId) return
    seen.set(message.externalId, message)
    for (const done of waiting.get(message.externalId) ?? []) done(message)
    waiting.delete(message.externalId)
  }

  async function readAll(): Promise<void> {
    for (const { id } of await everyItem<Conversation>(api, '/conversations?view=all&limit=200'))
      for (const message of await everyItem<Message>(api, `/conversations/${id}/messages?limit=200`, 'before'))
        take(message)
  }

  function hear(frame: Frame): void {
    frames.push(frame)
    seq = frame.seq
    for (const change of frame.changes as Change[]) if (change.type === 'message') take(change.message)
    if (frame.reset) void readAll()
  }

  function open(): Promise<void> {
    const since = seq === undefined ? '' : `?since=${seq}`
    const ws = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live${since}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    socket = ws
    ws.on('error', () => {})
    ws.on('close', () => {
      if (!closed) setTimeout(() => void open(), 100)
    })
    return new Promise(done =>
      ws.on('message', data => {
        hear(JSON.parse(String(data)) as Frame)
        done()
      }),
    )
  }

  return {
    /** Resolves with the first frame. */
    open,
    /** The same, with everything that followed this change. */
    openAt(since: number) {
      seq = since
      return open()
    },
    /** Every frame, in the order of coming. */
    frames,
    /** Waits until the message with this id of the provider is on the screen. */
    sees: (externalId: string): Promise<Message> => {
      const known = seen.get(externalId)
      if (known) return Promise.resolve(known)
      return new Promise(done => waiting.set(externalId, [...(waiting.get(externalId) ?? []), done]))
    },
    /** Cuts the line, as a tunnel does; it comes back by itself. */
    cut: () => socket?.terminate(),
    close() {
      closed = true
      socket?.terminate()
    },
  }
}
