import type { Channel, Conversation, Message, Note, SayablePart, ThreadItem } from '../../src/api/shapes.ts'
import type { Template } from '../inbox/template-text.ts'
import { ask, post, postLetter, Refused } from './api.ts'
import { learn, local, older, resent, withConversations } from './apply.ts'
import { type Letter, openOutbox } from './outbox.ts'
import { type ChannelKind, type Counts, change, now, set } from './store.ts'
import type { View } from './views.ts'

/** The verbs of the screens: each speaks to the server and tells the world what came of it. */

const kept = 'parley.outbox'

export const outbox = openOutbox({
  post: postLetter,
  store: { read: () => localStorage.getItem(kept), write: text => localStorage.setItem(kept, text) },
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
  changed: showLetter,
  done: (_, { message, note }) => {
    if (message) change(w => ({ ...w, ...learn(w, { type: 'message', message }) }))
    if (note) change(w => ({ ...w, ...learn(w, { type: 'note', note }) }))
  },
})

/** The bubble that stands for a letter until the server has taken it. */
function showLetter(letter: Letter): void {
  const { me } = now()
  const author = { id: me?.id ?? null, name: me?.name ?? '' }
  const { clientId, conversationId, at } = letter
  const text = letter.parts.map(p => (p.type === 'text' ? p.text : '')).join('\n')
  const note: Note = { id: local + clientId, conversationId, clientId, at, author, text }
  const message: Message = {
    id: local + clientId,
    conversationId,
    clientId,
    at,
    direction: 'out',
    author: { type: 'agent', ...author },
    parts: letter.parts,
    status: letter.refused === undefined ? 'queued' : 'failed',
    ...(letter.refused !== undefined && { failure: { why: 'invalid', detail: letter.refused } }),
    externalId: null,
    ...(letter.replyTo && { replyTo: letter.replyTo }),
  }
  const what = letter.kind === 'note' ? ({ type: 'note', note } as const) : ({ type: 'message', message } as const)
  change(w => ({ ...w, ...learn(w, what) }))
}

/** Says something in a conversation: shown at once, sent as soon as the network allows. */
export function say(
  conversationId: string,
  kind: 'message' | 'note',
  what: { parts: SayablePart[]; replyTo?: string },
) {
  const letter = { clientId: crypto.randomUUID(), conversationId, kind, at: new Date().toISOString(), ...what }
  outbox.send(letter)
}

/** Tries a failed or perhaps-sent message once more, by the agent's own click. */
export async function sendAgain(message: Message): Promise<void> {
  if (message.id.startsWith(local)) return outbox.again(message.clientId!)
  const next = await post<Message>(`/conversations/${message.conversationId}/messages/${message.id}/resend`)
  change(w => ({ ...w, ...resent(w, next) }))
}

export async function react(message: Message, emoji: string): Promise<void> {
  const path = `/conversations/${message.conversationId}/messages/${message.id}/reaction`
  const next = await post<Message>(path, { emoji })
  change(w => ({ ...w, ...learn(w, { type: 'message', message: next }) }))
}

const pageSize = 40
const asking = new Map<string, Promise<void>>()

/** Runs a loading once even if two screens ask for it at the same time. */
function once(key: string, work: () => Promise<void>): Promise<void> {
  const running = asking.get(key)
  if (running) return running
  const promise = work().finally(() => asking.delete(key))
  asking.set(key, promise)
  return promise
}

/** The next page of a list; the first one when nothing was read yet. */
export const readList = (view: View): Promise<void> =>
  once(`list ${view}`, async () => {
    const reach = now().reaches[view]
    if (reach && !reach.next) return
    const after = reach?.next ? `&after=${encodeURIComponent(reach.next)}` : ''
    const page = await ask<{ items: Conversation[]; next: string | null }>(
      `/conversations?view=${view}&limit=${pageSize}${after}`,
    )
    const until = page.next ? (page.items.at(-1)?.lastMessageAt ?? null) : null
    change(w => ({
      ...w,
      ...withConversations(w, page.items),
      reaches: { ...w.reaches, [view]: { until, next: page.next } },
    }))
  })

export const readThread = (id: string): Promise<void> =>
  once(`thread ${id}`, async () => {
    const thread = now().threads[id]
    if (thread && !thread.next) return
    const before = thread?.next ? `&before=${encodeURIComponent(thread.next)}` : ''
    const page = await ask<{ items: ThreadItem[]; next: string | null }>(
      `/conversations/${id}/thread?limit=50${before}`,
    )
    change(w => ({ ...w, ...older(w, id, page) }))
    for (const letter of outbox.letters()) if (letter.conversationId === id) showLetter(letter)
  })

export const readConversation = (id: string): Promise<void> =>
  once(`conversation ${id}`, async () => learnConversation(await ask<Conversation>(`/conversations/${id}`)))

export function learnConversation(conversation: Conversation): void {
  change(w => ({ ...w, ...learn(w, { type: 'conversation', conversation }) }))
}

/** Assign, close, reopen, read: shown at once, taken back if the server refuses. */
export async function move(
  id: string,
  verb: 'close' | 'reopen' | 'read' | 'assign',
  body: unknown = {},
): Promise<void> {
  const before = now().conversations[id]
  if (before && verb === 'read') learnConversation({ ...before, unread: 0 })
  if (before && verb === 'close') learnConversation({ ...before, status: 'closed', waitingSince: null })
  if (before && verb === 'reopen') learnConversation({ ...before, status: 'open' })
  try {
    learnConversation(await post<Conversation>(`/conversations/${id}/${verb}`, body))
    void readCounts()
  } catch (error) {
    if (before) learnConversation(before)
    if (!(error instanceof Refused) || verb !== 'read') throw error
  }
}

/** The templates of a channel; whoever shows them says so when they cannot be had. */
export const readTemplates = (channelId: string, how: 'known' | 'fresh' = 'known'): Promise<void> =>
  once(`templates ${channelId}`, async () => {
    const path = `/channels/${channelId}/templates${how === 'fresh' ? '?fresh=true' : ''}`
    const list = await ask<{ items: Template[] }>(path).catch(error => {
      if (how === 'fresh') throw error
      return null
    })
    change(w => ({ ...w, templates: { ...w.templates, [channelId]: list?.items ?? null } }))
  })

export const readCounts = (): Promise<void> =>
  once('counts', async () => set({ counts: await ask<Counts>('/conversations/counts') }))

export const readChannels = (): Promise<void> =>
  once('channels', async () => set({ channels: (await ask<{ items: Channel[] }>('/channels')).items }))

export const readKinds = (): Promise<void> =>
  once('kinds', async () => set({ kinds: (await ask<{ items: ChannelKind[] }>('/channel-kinds')).items }))
