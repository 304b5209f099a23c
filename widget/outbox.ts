import { call, Failed, type Link, restart } from './link.ts'
import type { Memory, Pending } from './memory.ts'

/** How many events go in one request. */
const together = 20

/** Sends what waits, in order, again and again until the server has it. Every tab may do it: ids make it harmless. */
export interface Outbox {
  memory: Memory
  link: Link
  changed(): void
  busy?: boolean
  pause?: number
  timer?: ReturnType<typeof setTimeout>
}

export function put(box: Outbox, entry: Pending): void {
  box.memory.change(kept => void kept.outbox.push(entry))
  box.changed()
  void flush(box)
}

export function tryAgain(box: Outbox, id: string): void {
  settle(box, [id], ({ failed, ...entry }) => entry)
  void flush(box)
}

export const drop = (box: Outbox, id: string): void => settle(box, [id], () => undefined)

export async function flush(box: Outbox): Promise<void> {
  clearTimeout(box.timer)
  if (box.busy || !box.link.ends.token()) return
  box.busy = true
  try {
    for (let batch = waiting(box); batch.length; batch = waiting(box)) await deliver(box, batch)
    box.pause = 0
  } catch (error) {
    const wait = error instanceof Failed ? error.wait * 1000 : 0
    box.pause = Math.min(30_000, Math.max(1000, (box.pause ?? 0) * 2))
    box.timer = setTimeout(flush, Math.max(wait, box.pause), box)
  }
  box.busy = false
}

const waiting = ({ memory }: Outbox): Pending[] =>
  memory
    .read()
    .outbox.filter(entry => !entry.accepted && !entry.failed)
    .slice(0, together)

async function deliver(box: Outbox, batch: Pending[]): Promise<void> {
  try {
    await call(box.link, { method: 'POST', path: '/events', body: { events: batch.map(entry => entry.event) } })
    settle(box, ids(batch), accepted)
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    if (error.status === 401) await restart(box.link)
    if (![400, 413, 422].includes(error.status)) throw error
    // One that can never pass must not hold up the others.
    if (batch.length > 1) for (const entry of batch) await deliver(box, [entry])
    else settle(box, ids(batch), entry => ({ ...entry, failed: error.message }))
  }
}

/** The server's own version of a message replaces ours; after other events nothing is awaited. */
const accepted = (entry: Pending): Pending | undefined =>
  entry.parts.length ? { ...entry, accepted: true } : undefined

function settle(box: Outbox, which: string[], how: (entry: Pending) => Pending | undefined): void {
  box.memory.change(kept => {
    kept.outbox = kept.outbox.flatMap(entry => (which.includes(entry.id) ? (how(entry) ?? []) : entry))
  })
  box.changed()
}

const ids = (batch: Pending[]): string[] => batch.map(entry => entry.id)
