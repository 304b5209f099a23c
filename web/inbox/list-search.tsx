import { useEffect, useState } from 'react'
import type { Conversation, Message } from '../../src/api/shapes.ts'
import { focusAtOnce, useNow } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { withConversations } from '../state/apply.ts'
import { change } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { shortTime } from '../time.ts'
import { GhostRows } from './list.tsx'
import { Row } from './list-row.tsx'
import { messagePath } from './seek.ts'

interface Hits {
  people: Conversation[]
  messages: { conversation: Conversation; message: Message; excerpt: string }[]
}

interface FoundProps {
  words: string
  change: (words: string) => void
  close: () => void
  id: string | undefined
}

/** The list pane while searching: people first, then what was said. */
export function Found({ words, change: type, close, id }: FoundProps) {
  const hits = useHits(words.trim())
  return (
    <section className="list" aria-label={t('Search')}>
      <header>
        <h1 className="unseen">{t('Inbox')}</h1>
        <search className="search-bar">
          <Icon name="search" size="s" />
          <input
            ref={focusAtOnce}
            aria-label={t('Search people and messages')}
            placeholder={t('Search people and messages')}
            value={words}
            onChange={event => type(event.target.value)}
            onKeyDown={event => event.key === 'Escape' && close()}
          />
        </search>
        <button type="button" className="tool" aria-label={t('Close the search')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      {words.trim().length < 2 ? (
        <p className="nothing">{t('Type a name, a number or words from a message.')}</p>
      ) : hits ? (
        <Results hits={hits} id={id} />
      ) : (
        <GhostRows />
      )}
    </section>
  )
}

function useHits(words: string): Hits | undefined {
  const [state, setState] = useState<{ words: string; hits: Hits }>()
  useEffect(() => {
    if (words.length < 2) return
    let here = true
    const timer = setTimeout(async () => {
      const hits = await ask<Hits>(`/search?q=${encodeURIComponent(words)}`).catch(() => ({ people: [], messages: [] }))
      if (!here) return
      change(w => ({ ...w, ...withConversations(w, [...hits.people, ...hits.messages.map(hit => hit.conversation)]) }))
      setState({ words, hits })
    }, 180)
    return () => {
      here = false
      clearTimeout(timer)
    }
  }, [words])
  return state?.words === words ? state.hits : undefined
}

function Results({ hits, id }: { hits: Hits; id: string | undefined }) {
  const now = useNow()
  if (!hits.people.length && !hits.messages.length)
    return <p className="nothing">{t('Nothing found. Try fewer letters.')}</p>
  return (
    <div className="rows" aria-live="polite">
      {hits.people.length > 0 && (
        <h2 className="head">
          {t('People')} <span>{hits.people.length}</span>
        </h2>
      )}
      {hits.people.map((c, i) => (
        <Row key={c.id} conversation={c} on={c.id === id} lined={i > 0} now={now} />
      ))}
      {hits.messages.length > 0 && (
        <h2 className="head">
          {t('Messages')} <span>{hits.messages.length}</span>
        </h2>
      )}
      {hits.messages.map(hit => (
        <a
          className="found"
          key={hit.message.id}
          href={messagePath(hit.conversation.id, hit.message.id)}
          onClick={follow}
        >
          <span className="row">
            <b className="grow cut">{grouped(hit.conversation.contact.name)}</b>
            <span className="dim meta-text">{shortTime(hit.message.at)}</span>
          </span>
          <Excerpt text={hit.excerpt} />
        </a>
      ))}
    </div>
  )
}

/** The excerpt comes with `<mark>` around what was found; everything else in it is plain words. */
function Excerpt({ text }: { text: string }) {
  let at = 0
  const pieces = text.split(/<\/?mark>/).map((words, i) => ({ key: `${at++} ${words}`, words, found: i % 2 === 1 }))
  return (
    <p>
      {pieces.map(({ key, words, found }) => (found ? <mark key={key}>{words}</mark> : <span key={key}>{words}</span>))}
    </p>
  )
}
