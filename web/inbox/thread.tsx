import { useEffect, useMemo, useRef, useState } from 'react'
import { isWriting, useKeys, useMatch } from '../parts/hooks.ts'
import { attempt, toast } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { move, readThread } from '../state/act.ts'
import { firstUnread, threadRows } from '../state/rows.ts'
import { useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { dayOf } from '../time.ts'
import { Composer } from './composer.tsx'
import { Header } from './header.tsx'
import { Stream } from './stream.tsx'
import { Talk, type TalkTools } from './talk.ts'

export interface DetailsSwitch {
  shown: boolean
  toggle: () => void
}

/** One conversation: its header, what was said, and where to answer. */
export function Thread({ id, details }: { id: string; details: DetailsSwitch }) {
  const conversation = useWorld(w => w.conversations[id])
  const tools = useTalk()
  useRead(id)
  useCommands(id, details)
  return (
    <Talk value={tools}>
      <section className="thread" aria-label={conversation ? grouped(conversation.contact.name) : t('Conversation')}>
        <Header id={id} details={details} />
        <Body id={id} />
        {conversation && <Composer conversation={conversation} />}
      </section>
    </Talk>
  )
}

function Body({ id }: { id: string }) {
  const thread = useWorld(w => w.threads[id])
  const ready = useWorld(w => w.session === 'in')
  const unread = useUnread(id)
  const [lost, setLost] = useState(false)
  useEffect(() => {
    if (ready && !thread) readThread(id).catch(() => setLost(true))
  }, [ready, thread, id])
  const items = thread?.items
  const unreadFrom = useMemo(() => (items && unread > 0 ? unread : 0), [items, unread])
  const first = useRef<ReturnType<typeof firstUnread>>(undefined)
  if (items && !first.current && unreadFrom) first.current = firstUnread(items, unreadFrom)
  const rows = useMemo(() => items && threadRows(items, { dayOf, unreadFrom: first.current }), [items])
  if (lost && !thread) return <p className="thread-empty">{t('This conversation could not be loaded.')}</p>
  return rows ? <Stream id={id} rows={rows} /> : <Ghosts />
}

/** How many were unread when the conversation was opened; stays while it is open. */
function useUnread(id: string): number {
  const unread = useWorld(w => w.conversations[id]?.unread)
  const first = useRef<number>(undefined)
  if (first.current === undefined && unread !== undefined) first.current = unread
  return first.current ?? 0
}

/** Tells the server what was seen, while the page is really looked at. */
function useRead(id: string): void {
  const unread = useWorld(w => (w.threads[id] ? (w.conversations[id]?.unread ?? 0) : 0))
  const [looking, setLooking] = useState(document.visibilityState === 'visible')
  useEffect(() => {
    const changed = () => setLooking(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  }, [])
  useEffect(() => {
    if (!unread || !looking) return
    const timer = setTimeout(() => void move(id, 'read'), 400)
    return () => clearTimeout(timer)
  }, [id, unread, looking])
}

function useTalk(): TalkTools {
  const [replyTo, setReplyTo] = useState<string>()
  return useMemo(() => ({ replyTo, setReplyTo }), [replyTo])
}

/** `e` closes, Esc goes one level back. */
function useCommands(id: string, details: DetailsSwitch): void {
  const status = useWorld(w => w.conversations[id]?.status)
  const small = useMatch('(max-width: 1180px)')
  useKeys(event => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
    if (event.key === 'e' && !isWriting(event)) toggleClosed(id, status)
    if (event.key !== 'Escape' || document.querySelector('[role=dialog], .lightbox, [role=menu]')) return
    if (isWriting(event)) (event.target as HTMLElement).blur()
    else if (small && details.shown) details.toggle()
    else go('/')
  })
}

/** Closes with a way back, or reopens. */
export function toggleClosed(id: string, status: string | undefined): void {
  if (status === 'closed') return void attempt(() => move(id, 'reopen'))
  const undo = { label: t('Undo'), run: () => void attempt(() => move(id, 'reopen')) }
  const leave = toast(t('Conversation closed'), undo)
  void attempt(() => move(id, 'close')).then(closed => closed || leave())
}

function Ghosts() {
  return (
    <div className="scroll" aria-busy="true">
      <div className="push" />
      <div className="col" aria-hidden="true">
        {[46, 62, 38, 55].map((width, i) => (
          <div key={width} className={i % 2 ? 'ghost-bub us' : 'ghost-bub'} style={{ width: `${width}%` }} />
        ))}
      </div>
      <div className="end" />
    </div>
  )
}
