import type { SessionAnswer, VisitorEvent, VisitorMessage, VisitorPart } from '../src/site/shapes.ts'

/** What waits to be stored on the server. The event's id never changes, so sending it twice changes nothing. */
export interface Pending {
  id: string
  event: VisitorEvent
  /** How it looks until the server's own version comes. */
  parts: VisitorPart[]
  at: string
  replyTo?: string
  /** The server has it; its own version is on the way. */
  accepted?: true
  failed?: string
}

/** What a browser keeps of a conversation, over pages and days, shared by its tabs. */
export interface Kept {
  token?: string
  face?: Pick<SessionAnswer, 'name' | 'texts' | 'colors' | 'links' | 'words'>
  seq?: number
  messages: VisitorMessage[]
  outbox: Pending[]
  /** The newest message of the business that was seen. */
  seen: number
  draft?: string
}

const keepMessages = 40

/** What a browser forbids (storage in a private window) is done without. */
export function allowed<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}

/** Reads before it writes: another tab may have written since. A forbidden storage is replaced by a variable. */
export function createMemory(channel: string, changedElsewhere: () => void) {
  const key = `parley.${channel}`
  let last = '{}'
  const load = () => allowed(() => localStorage.getItem(key)) ?? last
  const save = (text: string) => {
    last = text
    allowed(() => localStorage.setItem(key, text))
  }
  addEventListener('storage', event => event.key === key && changedElsewhere())
  const read = (): Kept => ({ messages: [], outbox: [], seen: 0, ...allowed(() => JSON.parse(load())) })
  return {
    read,
    change(change: (kept: Kept) => void): Kept {
      const kept = read()
      change(kept)
      save(JSON.stringify({ ...kept, messages: kept.messages.slice(-keepMessages) }))
      return kept
    },
    forget: () => save('{}'),
  }
}
export type Memory = ReturnType<typeof createMemory>
