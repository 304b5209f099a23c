import type { SessionAnswer, VisitorFrame, VisitorMessage } from '../src/site/shapes.ts'
import type { Chat } from './chat.ts'
import { call } from './link.ts'
import { flush } from './outbox.ts'

/** The server knows us: under which token, and how the business presents itself. */
export function begun(chat: Chat, { token, name, texts, colors, links, words }: SessionAnswer): void {
  chat.kept = chat.memory.change(kept => {
    // Somebody else's conversation, or one the server no longer knows: nothing of the old one stays.
    const stranger = kept.token && kept.token !== token
    if (stranger) Object.assign(kept, { messages: [], seen: 0, seq: undefined })
    Object.assign(kept, { token, face: { name, texts, colors, links, ...(words && { words }) } })
  })
  chat.words = words ?? {}
  void flush(chat.outbox)
  chat.draw()
}

/** One frame of the socket or the poll. Each message in it is whole: putting it over the old one is always right. */
export function frame(chat: Chat, f: VisitorFrame): void {
  if (f.typing) return typing(chat, f.typing.who)
  const before = new Set(chat.kept.messages.map(m => m.id))
  const first = chat.kept.seq === undefined
  chat.kept = chat.memory.change(kept => {
    if (f.seq !== undefined) kept.seq = f.seq
    kept.messages = merged(f.reset ? [] : chat.kept.messages, f.messages ?? [])
    const here = new Set(kept.messages.map(m => m.ref))
    kept.outbox = kept.outbox.filter(entry => !here.has(entry.id))
  })
  if (f.more !== undefined) chat.more = f.more
  if (f.unseen !== undefined) chat.unseen = f.unseen
  const news = (f.messages ?? []).filter(m => !before.has(m.id) && m.from === 'business')
  if (news.length) typing(chat, '')
  if (!first) for (const message of news) chat.emit('message:in', message)
  look(chat)
}

/** Tells the server what was shown here and what was seen, and draws. What it knows already is not told again. */
export function look(chat: Chat): void {
  const seeing = chat.open && document.visibilityState === 'visible'
  const news = chat.kept.messages.filter(m => m.from === 'business')
  const last = Math.max(0, ...news.map(m => Number(m.id)))
  if (seeing && last > chat.kept.seen)
    chat.kept = chat.memory.change(kept => {
      kept.seen = last
    })
  const events = news.flatMap(m =>
    (m.acks ?? []).flatMap(of => due(chat, m, { of, type: seeing ? 'read' : 'delivered' })),
  )
  for (let n = 0; n < events.length; n += 50) acknowledge(chat, events.slice(n, n + 50))
  tellUnread(chat)
  chat.draw()
}

type Acknowledgement = { type: 'delivered' | 'read'; of: string }
const keyOf = ({ type, of }: Acknowledgement) => type + of

function due(chat: Chat, { status }: VisitorMessage, ack: Acknowledgement): Acknowledgement[] {
  if (!ack.of.startsWith('out:') || status === 'read' || status === ack.type || chat.acknowledged.has(keyOf(ack)))
    return []
  chat.acknowledged.add(keyOf(ack))
  return [ack]
}

function acknowledge(chat: Chat, events: Acknowledgement[]): void {
  call(chat.link, { method: 'POST', path: '/events', body: { events } }).catch(() => {
    for (const event of events) chat.acknowledged.delete(keyOf(event))
  })
}

function typing(chat: Chat, who: string): void {
  clearTimeout(chat.quiet)
  chat.typing = who
  if (who) chat.quiet = setTimeout(typing, 6000, chat, '')
  if (who) chat.emit('agent:typing', { who })
  chat.draw()
}

export const unread = ({ kept }: Chat): number =>
  kept.messages.filter(m => m.from === 'business' && Number(m.id) > kept.seen).length

export function tellUnread(chat: Chat): void {
  const count = unread(chat)
  if (count !== chat.told) chat.emit('unread', { count })
  chat.told = count
}

/** Brings the page before the oldest message. */
export async function older(chat: Chat): Promise<void> {
  const oldest = chat.kept.messages[0]
  if (!oldest) return
  const page = (await call(chat.link, { method: 'GET', path: `/messages?before=${oldest.id}` })) as VisitorFrame
  // Beyond what the browser keeps: this lives as long as the page.
  chat.kept = { ...chat.kept, messages: merged(chat.kept.messages, page.messages ?? []) }
  chat.more = page.more ?? false
  chat.draw()
}

/** `fresh` over `known`, in the order of the thread. */
export function merged(known: VisitorMessage[], fresh: VisitorMessage[]): VisitorMessage[] {
  const byId = new Map([...known, ...fresh].map(message => [message.id, message]))
  return [...byId.values()].sort((a, b) => a.at.localeCompare(b.at) || Number(a.id) - Number(b.id))
}
