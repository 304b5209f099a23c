import type { Frame } from '../../src/api/shapes.ts'

export type Line = 'connecting' | 'live' | 'cut'

/** The part of a WebSocket that is used here. */
export interface Socket {
  onopen: (() => void) | null
  onclose: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  send(text: string): void
  close(): void
}

export interface LiveOptions {
  open(url: string): Socket
  /** The last sequence applied, or -1 when nothing was. */
  since(): number
  /** Frames in order, gathered until the next drawing. */
  frames(batch: Frame[]): void
  line(state: Line): void
  /** Runs the work before the next drawing. */
  nextFrame(work: () => void): void
  after(ms: number, work: () => void): () => void
  chance(): number
}

export interface Live {
  typing(conversationId: string): void
  /** Try now instead of waiting out the pause: the network is back, or the screen woke. */
  wake(): void
  stop(): void
}

const longest = 15_000

/** Half a second doubling to 15 s, each between half and the whole, so that a thousand screens do not return at once. */
export const pause = (attempt: number, chance: number): number =>
  Math.min(longest, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + chance / 2)

/** One WebSocket that comes back after every drop and asks for what follows the last change it applied. */
export function connectLive(options: LiveOptions): Live {
  let socket: Socket | undefined
  let attempt = 0
  let waiting = () => {}
  let stopped = false
  let batch: Frame[] = []

  const gather = (frame: Frame) => {
    batch.push(frame)
    if (batch.length === 1) options.nextFrame(flush)
  }
  const flush = () => {
    const frames = batch
    batch = []
    if (frames.length && !stopped) options.frames(frames)
  }
  const connect = () => {
    waiting()
    flush()
    const since = options.since()
    socket = options.open(since < 0 ? '/api/v1/live' : `/api/v1/live?since=${since}`)
    socket.onopen = () => {
      attempt = 0
      options.line('live')
    }
    socket.onmessage = ({ data }) => gather(JSON.parse(String(data)) as Frame)
    socket.onclose = () => {
      socket = undefined
      if (stopped) return
      options.line('cut')
      waiting = options.after(pause(attempt++, options.chance()), connect)
    }
  }
  connect()
  return {
    typing: conversationId => socket?.send(JSON.stringify({ type: 'typing', conversationId })),
    wake: () => void (!socket && !stopped && connect()),
    stop: () => {
      stopped = true
      waiting()
      socket?.close()
    },
  }
}
