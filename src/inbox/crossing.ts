import { areUsual, type StoredDelivery } from './doorway.ts'

/** What is brought to the thread. Bodies come as one piece of memory, which changes hands. */
export type Brought =
  | { stored: Alike[]; bodies: Uint8Array }
  | { look: readonly string[] }
  | { lookAfter: readonly string[] }

/** Deliveries that have all in common but their numbers and bodies; these by their lengths. */
export interface Alike extends Omit<StoredDelivery, 'id' | 'request'> {
  request: Omit<StoredDelivery['request'], 'body'>
  ids: string[]
  lengths: number[]
}

/** Places in the memory both threads see. */
export const places = { crowd: 0, taken: 1 } as const

/** So many deliveries may lie between the threads; the thread finds what is beyond them in the database. */
const mostBetween = 4000
const againMs = 100

/** Brings deliveries over to the thread, but no more than it bears. */
export function crossing(memory: Int32Array, tell: (brought: Brought, transfer?: ArrayBuffer[]) => void) {
  const spilled = new Set<string>()
  let pending: StoredDelivery[] = []
  let posted = 0
  const between = () => posted - Atomics.load(memory, places.taken)

  function look(channelIds: readonly string[]): void {
    if (channelIds.length) tell({ look: channelIds })
  }

  /** What one commit stored goes in one message. */
  function flush(): void {
    const rows = pending
    pending = []
    if (between() > mostBetween || spilled.size) return spill(rows)
    posted += rows.length
    const bodies = joined(rows.map(r => r.request.body))
    tell({ stored: alike(rows), bodies }, [bodies.buffer])
  }

  function spill(rows: readonly StoredDelivery[]): void {
    if (!spilled.size) setTimeout(lookAgain, againMs).unref()
    for (const row of rows) spilled.add(row.channelId)
  }

  function lookAgain(): void {
    if (between() > mostBetween / 4) return void setTimeout(lookAgain, againMs).unref()
    tell({ lookAfter: [...spilled] })
    spilled.clear()
  }

  return {
    look,
    bring(delivery: StoredDelivery): void {
      pending.push(delivery)
      if (pending.length === 1) queueMicrotask(flush)
    },
    /** All is on this side again. */
    nothing(): void {
      posted = 0
      Atomics.store(memory, places.taken, 0)
    },
  }
}

/** In memory of its own: what changes hands is gone here, and small buffers share theirs. */
function joined(bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bodies.reduce((n, b) => n + b.length, 0))
  let at = 0
  for (const body of bodies) {
    all.set(body, at)
    at += body.length
  }
  return all
}

/** What one commit stored is nearly always alike: then it is sent once. */
function alike(rows: readonly StoredDelivery[]): Alike[] {
  const all: Alike[] = []
  let common = false
  for (const { id, request, ...delivery } of rows) {
    const last = all.at(-1)
    const { body, ...rest } = request
    const usual = isUsual(rest)
    if (common && usual && last?.channelId === delivery.channelId && last.receivedAt === delivery.receivedAt) {
      last.ids.push(id)
      last.lengths.push(body.length)
    } else all.push({ ...delivery, request: rest, ids: [id], lengths: [body.length] })
    common = usual
  }
  return all
}

function isUsual({ method, query, headers }: Alike['request']): boolean {
  for (const _ in query) return false
  return method === 'POST' && areUsual(headers)
}
