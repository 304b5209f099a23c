import type { Conversation } from '../../src/api/shapes.ts'
import { mayContact } from '../../src/domain/contacting.ts'
import type { Prepared } from '../../src/domain/prepare.ts'
import { privateWords } from '../../src/domain/privately.ts'
import { smsOf } from '../../src/domain/sms.ts'
import { useNow } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { span } from '../time.ts'
import { useCan } from './can.ts'
import type { Mode } from './draft.ts'
import { remarkWords } from './remarks.ts'

interface LineProps {
  conversation: Conversation
  mode: Mode
  prepared: Prepared | undefined
  empty: boolean
}

/** Always speaks: left what this messenger will really show, right how long free answers are allowed. */
export function LiveLine({ conversation, mode, prepared, empty }: LineProps) {
  return (
    <div className="live" aria-live="polite">
      <Left mode={mode} prepared={prepared} empty={empty} />
      {mode === 'message' && !empty && <Parts conversationId={conversation.id} prepared={prepared} />}
      {mode === 'message' && <Readers conversation={conversation} prepared={prepared} />}
      {prepared?.ok !== false && <Window conversation={conversation} />}
    </div>
  )
}

function Left({ mode, prepared, empty }: Omit<LineProps, 'conversation'>) {
  if (mode === 'note')
    return (
      <span className="l">
        <Icon name="lock" size="s" />
        {t('Notes never leave Parley')}
      </span>
    )
  if (prepared?.ok === false)
    return (
      <span className="l bad">
        <Icon name="alert" size="s" />
        {prepared.because.map(remarkWords).join('. ')}
      </span>
    )
  if (empty || !prepared?.changes.length)
    return (
      <span className="l not-phone">
        <kbd>↵</kbd> {t('sends')} <kbd>⇧ ↵</kbd> {t('new line')}
      </span>
    )
  return (
    <span className="l">
      <Icon name="menu" size="s" />
      {prepared.changes.map(remarkWords).join('. ')}
    </span>
  )
}

/** SMS are paid by the part: how many this will be, and what makes them dear. */
function Parts({ conversationId, prepared }: { conversationId: string; prepared: Prepared | undefined }) {
  const can = useCan(conversationId)
  if (can?.text.segments !== 'gsm' || !prepared?.ok) return null
  const texts = prepared.pieces.flatMap(piece => (piece.type === 'text' ? [smsOf(piece.text)] : []))
  const last = texts.at(-1)
  if (!last) return null
  const parts = texts.reduce((sum, sms) => sum + sms.parts.length, 0)
  const foreign = [...new Set(texts.flatMap(sms => sms.foreign))].slice(0, 5)
  return (
    <span className={foreign.length && parts > 1 ? 'l warn' : 'l'}>
      <span>
        {t('{n, plural, one {# SMS} other {# SMS}}', { n: parts })}, {t('{n} characters left', { n: last.left })}
        {foreign.length > 0 &&
          `. ${t('70 characters each because of {characters}', { characters: foreign.join(' ') })}`}
      </span>
    </span>
  )
}

/** Below a post everybody reads along, unless the words are for one person alone. */
function Readers({ conversation: c, prepared }: { conversation: Conversation; prepared: Prepared | undefined }) {
  const can = useCan(c.id)
  if (!can?.public || prepared?.ok === false) return null
  const aside = prepared?.pieces.some(piece => piece.type === 'text' && privateWords(piece.text) !== undefined)
  return (
    <span className={aside ? 'l' : 'l warn'}>
      <Icon name={aside ? 'lock' : 'eye'} size="s" />
      {aside
        ? t('Only {name} can read this answer', { name: c.contact.name.split(' ')[0] })
        : t('Everybody can read this answer')}
    </span>
  )
}

/** Amber when less than two hours are left. */
function Window({ conversation: c }: { conversation: Conversation }) {
  const can = useCan(c.id)
  const now = useNow()
  if (!can?.window || !c.lastInAt) return null
  const may = mayContact({ optedOut: c.optedOut, lastWroteAt: new Date(c.lastInAt) }, can, new Date(now))
  if (!may.yes || !may.until) return null
  const minutes = Math.ceil((may.until.getTime() - now) / 60_000)
  return (
    <span className={minutes < 120 ? 'l window warn' : 'l window'}>
      <Icon name="clock" size="s" />
      {t('Window closes in {span}', { span: span(minutes) })}
    </span>
  )
}
