import type { Message, Note, SayablePart } from '../../src/api/shapes.ts'

/** Something said that the server has not confirmed. Its `clientId` goes with every attempt: one click, one message. */
export interface Letter {
  clientId: string
  conversationId: string
  kind: 'message' | 'note'
  parts: SayablePart[]
  replyTo?: string
  at: string
  /** Set when the server refused it for good; then it waits for the agent. */
  refused?: string
}

export type Posted =
  | { ok: true; message?: Message; note?: Note }
  /** `later`: the network or the server was down and the same letter may go again. */
  | { ok: false; later: true; afterMs?: number }
  | { ok: false; later: false; reason: string }

export interface OutboxOptions {
  post(letter: Letter): Promise<Posted>
  /** Kept over reloads. */
  store: { read(): string | null; write(text: string): void }
  after(ms: number, work: () => void): () => void
  changed(letter: Letter): void
  done(letter: Letter, posted: Posted & { ok: true }): void
}

export interface Outbox {
  letters(): readonly Letter[]
  send(letter: Letter): void
  /** The agent asks again for a refused letter: the same id, so it cannot become two messages. */
  again(clientId: string): void
  drop(clientId: string): void
  wake(): void
}

const slowest = 30_000

/** Letters leave one after another within a conversation and wait, in order, for the network. */
export function openOutbox(options: OutboxOptions): Outbox {
  let letters = readLetters(options.store)
  const busy = new Set<string>()
  const pauses = new Map<string, { attempt: number; cancel: () => void }>()

  const keep = (next: Letter[]) => {
    letters = next
    options.store.write(JSON.stringify(letters))
  }
  const change = (letter: Letter) => {
    keep(letters.map(l => (l.clientId === letter.clientId ? letter : l)))
    options.changed(letter)
  }
  const settle = (letter: Letter, posted: Posted) => {
    if (posted.ok) {
      keep(letters.filter(l => l.clientId !== letter.clientId))
      return options.done(letter, posted)
    }
    if (!posted.later) return change({ ...letter, refused: posted.reason })
    const attempt = (pauses.get(letter.conversationId)?.attempt ?? -1) + 1
    const ms = posted.afterMs ?? Math.min(slowest, 1000 * 2 ** Math.min(attempt, 10))
    pauses.set(letter.conversationId, { attempt, cancel: options.after(ms, () => next(letter.conversationId)) })
  }
  const next = async (conversationId: string): Promise<void> => {
    const letter = letters.find(l => l.conversationId === conversationId && l.refused === undefined)
    if (!letter || busy.has(conversationId)) return
    busy.add(conversationId)
    pauses.get(conversationId)?.cancel()
    const posted = await options.post(letter).catch(() => ({ ok: false, later: true }) as const)
    busy.delete(conversationId)
    settle(letter, posted)
    if (posted.ok) pauses.delete(conversationId)
    if (posted.ok || !posted.later) return next(conversationId)
  }
  const wake = () => {
    for (const id of new Set(letters.map(l => l.conversationId))) void next(id)
  }
  return {
    letters: () => letters,
    send: letter => {
      if (letters.some(l => l.clientId === letter.clientId)) return
      keep([...letters, letter])
      options.changed(letter)
      void next(letter.conversationId)
    },
    again: clientId => {
      const letter = letters.find(l => l.clientId === clientId)
      if (!letter) return
      const { refused: _, ...anew } = letter
      change(anew)
      void next(letter.conversationId)
    },
    drop: clientId => keep(letters.filter(l => l.clientId !== clientId)),
    wake,
  }
}

function readLetters(store: OutboxOptions['store']): Letter[] {
  try {
    const kept: unknown = JSON.parse(store.read() ?? '[]')
    return Array.isArray(kept) ? (kept as Letter[]) : []
  } catch {
    return []
  }
}
