import { lazy, Suspense, useEffect, useState } from 'react'
import { Details } from '../inbox/details.tsx'
import { GhostList, List, useRows } from '../inbox/list.tsx'
import { Thread } from '../inbox/thread.tsx'
import { phone, useKept, useMatch } from '../parts/hooks.ts'
import { t } from '../say.ts'
import { readConversation } from '../state/act.ts'
import { useWorld } from '../state/store.ts'
import type { View } from '../state/views.ts'

const FirstRun = lazy(async () => ({ default: (await import('../settings/first-run.tsx')).FirstRun }))

/** The three panes. On a phone each is a screen of its own. */
export function Inbox({ id }: { id?: string | undefined }) {
  const [view, setView] = useKept('parley.view', 'open')
  const [kept, keep] = useKept('parley.details', 'shown')
  const [over, setOver] = useState(false)
  const small = useMatch(phone)
  const narrow = useMatch('(max-width: 1180px)')
  const channels = useWorld(w => w.channels)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins at its words
  useEffect(() => setOver(false), [id])
  if (channels && channels.length === 0) return <Nobody />
  const shown = !!id && (small || narrow ? over : kept === 'shown')
  const toggle = () => (small || narrow ? setOver(!over) : keep(shown ? 'hidden' : 'shown'))
  const at = !id ? 'at-list' : shown ? 'at-details' : 'at-thread'
  return (
    <div className={`inbox ${at} ${shown ? 'with-details' : ''}`}>
      <List view={view as View} choose={setView} id={id} />
      {id ? <Thread key={id} id={id} details={{ shown, toggle }} /> : <Unchosen view={view as View} />}
      {shown && <Details key={`d${id}`} id={id} close={toggle} />}
      {id && <Known id={id} />}
    </div>
  )
}

/** Loads a conversation that was reached by its address. */
function Known({ id }: { id: string }) {
  const known = useWorld(w => !!w.conversations[id])
  const ready = useWorld(w => w.session === 'in')
  useEffect(() => {
    if (!known && ready) void readConversation(id).catch(() => {})
  }, [id, known, ready])
  return null
}

function Unchosen({ view }: { view: View }) {
  const some = !!useRows(view)?.length
  return (
    <section className="thread" aria-label={t('Conversation')}>
      <div className="thread-empty">{some && <p>{t('Choose a conversation, or press j for the first.')}</p>}</div>
    </section>
  )
}

function Nobody() {
  return (
    <div className="inbox at-list first-time">
      <GhostList />
      <Suspense fallback={<div className="first-run" />}>
        <FirstRun />
      </Suspense>
    </div>
  )
}
