import type { Change } from '../api/shapes.ts'
import type { Database } from '../db/connect.ts'

/** A frame as it goes out: built once, sent to many. Its changes and its text are made of each other when asked for. */
export interface LiveFrame {
  readonly seq: number
  readonly changes: readonly Change[]
  /** Too much was missed: load again. */
  readonly reset?: true
  readonly text: string
}
export type Listener = (frame: LiveFrame) => void

/**
 * What changed -> who listens in this process, in the order of the sequence.
 * Commits finish in the order of their numbers, but the code after a commit may run in another; a frame that
 * comes early waits here for the one before it. A frame that never comes is fetched from the database.
 */
export interface Hub {
  /** Call after the commit that wrote `seq`. */
  announce(workspaceId: string, seq: number, changes: readonly Change[]): void
  /** The same from another thread, which has put it into words. */
  pass(workspaceId: string, seq: number, text: string): void
  /** For what is not kept (typing): carries the last number and does not count. */
  whisper(workspaceId: string, change: Change): void
  subscribe(workspaceId: string, listener: Listener): () => void
  /** The last number that went out; undefined when nothing is known of this workspace. */
  last(workspaceId: string): number | undefined
  listeners(): number
  close(): void
}

interface Room {
  last: number
  early: Map<number, LiveFrame>
  listeners: Set<Listener>
  timer: NodeJS.Timeout | undefined
}

const patienceMs = 1000

/** `heads` are the numbers in the database before anything is written by this process. */
export async function createHub(
  db: Database,
  catchUp: (workspaceId: string, after: number) => Promise<{ seq: number; changes: Change[]; reset?: boolean }>,
): Promise<Hub> {
  const heads = await db.query<{ workspace_id: string; seq: string }>('select workspace_id, seq from live_heads')
  const rooms = new Map<string, Room>()
  for (const row of heads.rows) rooms.set(row.workspace_id, emptyRoom(Number(row.seq)))
  const room = (id: string): Room => {
    const known = rooms.get(id) ?? emptyRoom(0)
    rooms.set(id, known)
    return known
  }

  async function heal(id: string, at: Room): Promise<void> {
    const { seq, changes, reset } = await catchUp(id, at.last)
    if (seq <= at.last) return
    at.last = seq
    for (const number of at.early.keys()) if (number <= seq) at.early.delete(number)
    emit(at, frameOf({ seq, changes, ...(reset && { reset: true as const }) }))
    release(at)
  }

  /** As long as a frame is missing, also when the database does not answer. */
  function healLater(id: string, at: Room): void {
    if (!at.early.size || at.timer) return
    at.timer = setTimeout(async () => {
      if (at.early.size) await heal(id, at).catch(() => {})
      at.timer = undefined
      healLater(id, at)
    }, patienceMs)
    at.timer.unref()
  }

  const watch = watchHeads(db, rooms, heal)

  function take(id: string, frame: LiveFrame): void {
    const at = room(id)
    if (frame.seq <= at.last) return
    at.early.set(frame.seq, frame)
    release(at)
    healLater(id, at)
  }

  return {
    announce: (id, seq, changes) => take(id, frameOf({ seq, changes })),
    pass: (id, seq, text) => take(id, frameFrom(seq, text)),
    whisper(id, change) {
      const at = room(id)
      emit(at, frameOf({ seq: at.last, changes: [change] }))
    },
    subscribe(id, listener) {
      const { listeners } = room(id)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    last: id => rooms.get(id)?.last,
    listeners: () => [...rooms.values()].reduce((n, r) => n + r.listeners.size, 0),
    close() {
      clearInterval(watch)
      for (const at of rooms.values()) {
        clearTimeout(at.timer)
        at.early.clear() // so that nothing is waited for again
        at.listeners.clear()
      }
    },
  }
}

/**
 * A commit whose answer was lost was never announced here, and neither is one of another process: what the database
 * knows beyond our last number is fetched.
 */
function watchHeads(
  db: Database,
  rooms: Map<string, Room>,
  heal: (id: string, at: Room) => Promise<void>,
): NodeJS.Timeout {
  async function look(): Promise<void> {
    const listening = [...rooms].filter(([, at]) => at.listeners.size).map(([id]) => id)
    if (!listening.length) return
    const { rows } = await db.query<{ workspace_id: string; seq: string }>(
      'select workspace_id, seq from live_heads where workspace_id = any($1::bigint[])',
      [listening],
      'look at live heads',
    )
    for (const { workspace_id, seq } of rows) {
      const at = rooms.get(workspace_id)
      if (at && Number(seq) > at.last && !at.timer) await heal(workspace_id, at)
    }
  }
  let looking = false
  return setInterval(() => {
    if (looking) return
    looking = true
    look()
      .catch(() => {}) // the database is away: the next look finds it
      .finally(() => {
        looking = false
      })
  }, patienceMs).unref()
}

const emptyRoom = (last: number): Room => ({ last, early: new Map(), listeners: new Set(), timer: undefined })

function release(room: Room): void {
  for (let frame = room.early.get(room.last + 1); frame; frame = room.early.get(room.last + 1)) {
    room.last += 1
    room.early.delete(room.last)
    emit(room, frame)
  }
}

function emit(room: Room, frame: LiveFrame): void {
  for (const listener of room.listeners) listener(frame)
}

function frameOf(told: Omit<LiveFrame, 'text'>): LiveFrame {
  let text: string | undefined
  return {
    ...told,
    get text() {
      text ??= JSON.stringify(told)
      return text
    },
  }
}

function frameFrom(seq: number, text: string): LiveFrame {
  let changes: readonly Change[] | undefined
  return {
    seq,
    text,
    get changes() {
      changes ??= (JSON.parse(text) as { changes: Change[] }).changes
      return changes
    },
  }
}
