import type { Agent, Frame, Me } from '../../src/api/shapes.ts'
import { guessLocale, type Locale, locales, speak } from '../say.ts'
import { applyTheme, type Theme } from '../theme.ts'
import { outbox, readChannels, readCounts, readKinds, readTemplates } from './act.ts'
import { ask, post, Refused } from './api.ts'
import { afterReset, applyFrame, type State } from './apply.ts'
import { connectLive, type Live } from './live.ts'
import { heardAloud } from './spoken.ts'
import { change, now, set } from './store.ts'

let live: Live | undefined

/** Asks who we are and, when signed in, opens the live line and loads what every screen needs. */
export async function begin(): Promise<void> {
  await speak(chosenLocale())
  try {
    await enter(await ask<Me>('/me'))
  } catch (error) {
    const out = error instanceof Refused && error.problem.status === 401
    set({ session: out ? 'out' : 'unreachable' })
  }
}

const chosenLocale = (): Locale => {
  const kept = localStorage.getItem('parley.locale') as Locale | null
  return kept && locales.includes(kept) ? kept : guessLocale()
}

export async function enter(me: Me): Promise<void> {
  if (me.locale && me.locale !== chosenLocale()) await chooseLocale(me.locale as Locale)
  if (me.theme) applyTheme(me.theme as Theme)
  set({ me, session: 'in' })
  await Promise.all([readKinds(), readChannels(), readCounts(), readAgents()])
  listen()
  outbox.wake()
}

export async function chooseLocale(to: Locale): Promise<void> {
  localStorage.setItem('parley.locale', to)
  await speak(to)
}

export const readAgents = async (): Promise<void> => set({ agents: (await ask<{ items: Agent[] }>('/agents')).items })

export async function leave(): Promise<void> {
  await ask('/session', { method: 'DELETE' })
  live?.stop()
  location.assign('/sign-in')
}

export const signIn = async (email: string, password: string): Promise<void> =>
  enter(await post<Me>('/session', { email, password }))

function listen(): void {
  live?.stop()
  const wake = () => {
    live?.wake()
    outbox.wake()
  }
  addEventListener('online', wake)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
  live = connectLive({
    open: url => new WebSocket(url) as never,
    since: () => now().seq,
    frames: applyAll,
    line: line => set({ line }),
    nextFrame: drawing,
    after: (ms, work) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
    chance: Math.random,
  })
}

/** A hidden page is never drawn, but its counters should go on. */
function drawing(work: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(work)
  else setTimeout(work, 100)
}

export const typing = (conversationId: string): void => {
  if (now().line === 'live') live?.typing(conversationId)
}

function applyAll(frames: Frame[]): void {
  const reset = frames.find(frame => frame.reset)
  if (reset) return startOver(reset.seq)
  const before = now()
  change(w => ({ ...w, ...frames.reduce<State>((s, frame) => applyFrame(s, frame, Date.now()), w) }))
  const changes = frames.flatMap(frame => frame.changes)
  const spoken = heardAloud(changes, before)
  if (spoken) set({ spoken })
  if (changes.some(c => c.type === 'conversation')) void readCounts().catch(() => {})
  const channels = changes.flatMap(c => (c.type === 'channel' ? [c.channelId] : []))
  if (channels.length) void readChannels().catch(() => {})
  for (const id of channels) if (now().templates[id] !== undefined) void readTemplates(id).catch(() => {})
}

/** Too much was missed: lists and threads load themselves again, unsent bubbles come back from the outbox. */
function startOver(seq: number): void {
  change(w => ({ ...w, ...afterReset(seq), reaches: {} }))
  void readCounts().catch(() => {})
}
