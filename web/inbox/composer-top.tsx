import { useEffect, useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import type { Capabilities } from '../../src/domain/capabilities.ts'
import { privateMark as mark } from '../../src/domain/privately.ts'
import { Icon, Mark } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { placeOf } from './address.ts'
import { useCan, useChannel } from './can.ts'
import type { Mode } from './draft.ts'
import { summary } from './summary.ts'
import { useTalkTools } from './talk.ts'

interface TopProps {
  conversation: Conversation
  mode: Mode
  setMode: (mode: Mode) => void
}

/** Answer or note, and who would read it. */
export function Top({ conversation: c, mode, setMode }: TopProps) {
  const channel = useChannel(c.id)
  const can = useCan(c.id)
  return (
    <div className="ctop">
      <div className="switch">
        <button
          type="button"
          className={mode === 'message' ? 'on' : ''}
          aria-pressed={mode === 'message'}
          onClick={() => setMode('message')}
        >
          {t('Answer')}
        </button>
        <button
          type="button"
          className={mode === 'note' ? 'on' : ''}
          aria-pressed={mode === 'note'}
          onClick={() => setMode('note')}
        >
          <Icon name="lock" size="s" />
          {t('Note')}
        </button>
      </div>
      {mode === 'note' ? (
        <span className="dim cut">{t('seen by the team only')}</span>
      ) : (
        <span className="dim row gap6 grow not-phone">
          {channel && <Mark kind={channel.kind} />}
          <span className="cut">{addressee(c, can)}</span>
        </span>
      )}
    </div>
  )
}

/** `to Katja, +358 …`; in public, how to answer aside. */
function addressee(c: Conversation, can: Capabilities | undefined): string {
  const to = t('to {name}', { name: addressed(c.contact.name) })
  const place = placeOf(c)
  if (!can?.public) return place && !to.endsWith(place) ? `${to}, ${place}` : to
  return can.public.privatelyForDays ? `${to}; ${t('begin with {mark} to answer in private', { mark })}` : to
}

/** By the first name; a bare number whole. */
const addressed = (name: string): string => (/^\+\d/.test(name) ? grouped(name) : name.split(' ')[0]!)

/** The message that is being answered. */
export function Quoting({ id }: { id: string }) {
  const { replyTo, setReplyTo } = useTalkTools()
  const message = useWorld(w => {
    const found = replyTo && w.threads[id]?.items.find(item => item.type === 'message' && item.message.id === replyTo)
    return found && found.type === 'message' ? found.message : undefined
  })
  if (!message) return null
  return (
    <div className="quoting">
      <span className="quote">
        <b>{grouped(message.author.name)}</b>
        <span>{summary(message.parts[0])}</span>
      </span>
      <button type="button" className="tool sm" aria-label={t('Do not quote')} onClick={() => setReplyTo(undefined)}>
        <Icon name="x" size="s" />
      </button>
    </div>
  )
}

const typingLasts = 6000

/** The customer is typing, as long as that was heard a moment ago. */
export function Typing({ id }: { id: string }) {
  // The line tells everybody, so our own typing comes back to us.
  const heard = useWorld(w => (w.typing[id]?.who === w.me?.name ? undefined : w.typing[id]))
  const [, drawAgain] = useState(0)
  useEffect(() => {
    if (!heard) return
    const timer = setTimeout(() => drawAgain(n => n + 1), typingLasts + 50)
    return () => clearTimeout(timer)
  }, [heard])
  if (!heard || Date.now() - heard.at > typingLasts) return null
  return (
    <div className="typing">
      <span>{t('{name} is typing…', { name: heard.who })}</span>
    </div>
  )
}
