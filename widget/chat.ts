import type { Claim, VisitorMessage } from '../src/site/shapes.ts'
import type { Words } from '../src/site/words.ts'
import { begun, frame, merged, tellUnread } from './hear.ts'
import { call, createLink, Failed, type Link, restart, start, stop } from './link.ts'
import { createMemory, type Kept, type Memory } from './memory.ts'
import { flush, type Outbox } from './outbox.ts'
import { atFirst } from './words.ts'

export interface ChatOptions {
  root: string
  channel: string
  language: string
  /** What the page says brought the visitor here. */
  entry: string | undefined
  /** Something to draw changed. */
  draw(): void
  emit(event: string, detail?: unknown): void
  /** The cursor into what is being written. */
  focus(): void
}

export interface Sending {
  id: string
  name: string
  /** 0 to 1. */
  done: number
  failed?: string
  stop(): void
}

/** A visitor's conversation in this tab: what is known, what waits. Draws nothing itself; the verbs are in speak.ts. */
export interface Chat extends ChatOptions {
  words: Words
  /** In the visitor's language. */
  say(english: string): string
  memory: Memory
  link: Link
  outbox: Outbox
  kept: Kept
  open: boolean
  /** The end of the thread is in view. */
  atEnd: boolean
  online: boolean
  /** Older messages exist. */
  more: boolean
  /** So many of the visitor's newest messages nobody has looked at. */
  unseen: number
  typing: string
  notice: string
  replying: VisitorMessage | undefined
  editing: VisitorMessage | undefined
  uploads: Sending[]
  identity: Claim | undefined
  /** Acknowledgements on their way or done, as type and id. */
  acknowledged: Set<string>
  told: number
  typedAt: number
  quiet?: ReturnType<typeof setTimeout>
}

export function createChat(options: ChatOptions): Chat {
  const memory = createMemory(options.channel, () => refresh(chat))
  const kept = memory.read()
  const link = createLink({
    root: options.root,
    language: options.language,
    token: () => chat.kept.token,
    seq: () => chat.kept.seq,
    identity: () => chat.identity,
    begun: answer => begun(chat, answer),
    frame: f => frame(chat, f),
    online: is => online(chat, is),
  })
  const chat: Chat = {
    ...options,
    ...{ memory, link, outbox: { memory, link, changed: () => refresh(chat) } },
    ...{
      kept,
      words: kept.face?.words ?? atFirst[options.language] ?? {},
      say: (english: string) => chat.words[english] ?? english,
      open: false,
      atEnd: true,
      online: true,
      more: false,
      unseen: 0,
      typing: '',
      notice: '',
    },
    ...{ replying: undefined, editing: undefined, uploads: [], identity: undefined },
    ...{ acknowledged: new Set<string>(), told: 0, typedAt: 0 },
  }
  return chat
}

/** Reads again what this or another tab wrote. */
export function refresh(chat: Chat): void {
  const { kept } = chat
  chat.kept = chat.memory.read()
  // Storage holds the newest messages only; what was paged in above them stays while the page does.
  if (chat.kept.token === kept.token) chat.kept.messages = merged(kept.messages, chat.kept.messages)
  tellUnread(chat)
  chat.draw()
}

function online(chat: Chat, is: boolean): void {
  chat.online = is
  if (is) void flush(chat.outbox)
  chat.draw()
}

/** A conversation is under way: worth a line before the panel is opened. */
export const hasBegun = ({ kept }: Chat): boolean => kept.messages.length + kept.outbox.length > 0

/** The page knows its visitor. A proof brings the user's own conversation, on every device. */
export async function identify(chat: Chat, claim: Claim): Promise<void> {
  chat.identity = claim
  if (!chat.kept.token && !claim.identity_token && !claim.identifier_hash) return
  await restart(chat.link).catch(error => {
    if (error instanceof Failed) chat.emit('error', { status: error.status, detail: error.message })
  })
}

/** The user signed out of the page: whoever comes next begins anew. */
export function reset(chat: Chat): void {
  chat.identity = undefined
  call(chat.link, { method: 'DELETE', path: '/session' }).catch(() => {})
  stop(chat.link)
  chat.memory.forget()
  refresh(chat)
  if (chat.open) start(chat.link)
}
