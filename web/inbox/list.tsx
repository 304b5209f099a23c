import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Conversation } from '../../src/api/shapes.ts'
import { isWriting, useKeys, useNow } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { readList } from '../state/act.ts'
import { useWorld, type World } from '../state/store.ts'
import { rowsOf, type View } from '../state/views.ts'
import { Row } from './list-row.tsx'
import { Found } from './list-search.tsx'
import { Views, ViewsMenu } from './list-views.tsx'

interface ListProps {
  view: View
  choose: (view: View) => void
  id: string | undefined
}

/** The pane of conversations, or of what a search found. */
export function List({ view, choose, id }: ListProps) {
  const [words, setWords] = useState<string | null>(null)
  useKeys(event => {
    if (event.key === '/' && !isWriting(event)) {
      event.preventDefault()
      setWords(words ?? '')
    }
  })
  if (words !== null) return <Found words={words} change={setWords} close={() => setWords(null)} id={id} />
  return (
    <section className="list" aria-label={t('Conversations')}>
      <header>
        <h1>{t('Inbox')}</h1>
        <ViewsMenu view={view} choose={choose} />
        <i className="grow" />
        <button
          type="button"
          className="tool"
          aria-label={t('Search')}
          title={`${t('Search')} (/)`}
          onClick={() => setWords('')}
        >
          <Icon name="search" />
        </button>
      </header>
      <Views view={view} choose={choose} />
      <Rows key={view} view={view} id={id} />
    </section>
  )
}

/** What a view shows; nothing while it is not known. */
export function useRows(view: View): Conversation[] | undefined {
  const conversations = useWorld(w => w.conversations)
  const reach = useWorld(w => w.reaches[view])
  const me = useWorld(w => w.me?.id ?? '')
  const ready = useWorld(w => w.session === 'in')
  useEffect(() => {
    if (ready && !reach) void readList(view).catch(() => {})
  }, [ready, reach, view])
  return useMemo(
    () => reach && rowsOf(Object.values(conversations), { view, me, reach }),
    [conversations, reach, view, me],
  )
}

function Rows({ view, id }: { view: View; id: string | undefined }) {
  const rows = useRows(view)
  const handle = useRef<VirtualizerHandle>(null)
  const hasMore = useWorld(useCallback((w: World) => !!w.reaches[view]?.next, [view]))
  const now = useNow()
  useKeys(event => {
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
    if (!step || !rows || isWriting(event) || event.metaKey || event.ctrlKey || event.altKey) return
    const to = Math.max(0, Math.min(rows.length - 1, rows.findIndex(c => c.id === id) + step))
    if (rows[to]) go(`/inbox/${rows[to].id}`)
    handle.current?.scrollToIndex(to, { align: 'nearest' })
  })
  if (!rows) return <GhostRows />
  if (!rows.length) return <Nothing view={view} />
  const nearEnd = (offset: number) => {
    const h = handle.current
    if (h && hasMore && offset + h.viewportSize > h.scrollSize - 800) void readList(view).catch(() => {})
  }
  return (
    <div className="rows">
      <Virtualizer ref={handle} data={rows} onScroll={nearEnd} itemSize={64}>
        {(conversation, i) => (
          <Row key={conversation.id} conversation={conversation} on={conversation.id === id} lined={i > 0} now={now} />
        )}
      </Virtualizer>
    </div>
  )
}

const teach: Record<View, () => string> = {
  open: () => t('Everything is answered. New words appear here by themselves.'),
  mine: () => t('Nothing is assigned to you. Take one from Unassigned.'),
  unassigned: () => t('Everything has somebody who answers.'),
  closed: () => t('Nothing was closed yet. Press e in a conversation to close it.'),
  all: () => t('No conversations yet. Write to one of your messengers.'),
}

function Nothing({ view }: { view: View }) {
  return (
    <div className="nothing">
      <p>{teach[view]()}</p>
    </div>
  )
}

const widths = [52, 38, 61, 45, 56, 40, 50]

/** The shape of rows that are still loading. */
export function GhostRows() {
  return (
    <div className="rows" aria-hidden="true">
      {widths.map((width, i) => (
        <div key={width} className="conv ghost" style={{ opacity: 1 - i * 0.12 }}>
          <i />
          <div>
            <i style={{ width: `${width}%` }} />
            <i style={{ width: `${40 + ((width * 7) % 50)}%` }} />
          </div>
        </div>
      ))}
    </div>
  )
}

/** The empty list of the first run. */
export function GhostList() {
  return (
    <section className="list not-phone" aria-label={t('Conversations')}>
      <header>
        <h1>{t('Inbox')}</h1>
      </header>
      <GhostRows />
      <p className="ghost-foot">{t('Conversations line up here, the newest words on top.')}</p>
    </section>
  )
}
