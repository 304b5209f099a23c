import type { Message } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { Tick } from '../parts/marks.tsx'
import { attempt } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { sendAgain } from '../state/act.ts'
import { useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { clock, fullTime } from '../time.ts'
import { Acts, Reactions } from './bubble-acts.tsx'
import { useChannel } from './can.ts'
import { drawnWidth } from './media.tsx'
import { isPicture, Parts } from './parts.tsx'
import { failureWords } from './remarks.ts'
import { messagePath } from './seek.ts'
import { summary } from './summary.ts'
import { useTalkTools } from './talk.ts'

interface BubbleProps {
  message: Message
  first: boolean
  tail: boolean
}

/** One message, as bubble with everything that belongs to it. */
export function Bubble({ message, first, tail }: BubbleProps) {
  const us = message.direction === 'out'
  const classes = [
    'msg',
    us && 'us',
    first && 'first',
    message.status === 'failed' && 'bad',
    message.status === 'unknown' && 'perhaps',
  ]
  const swipe = useSwipe(message.id)
  return (
    <article className={classes.filter(Boolean).join(' ')} aria-label={nameOf(message)} {...swipe}>
      {first && <Who message={message} />}
      <div className="line">
        <Said message={message} tail={tail} />
        {!message.deletedAt && <Acts message={message} />}
      </div>
      <Reactions message={message} />
      <Why message={message} />
    </article>
  )
}

const nameOf = ({ author, at }: Message) => `${grouped(author.name)}, ${clock(at)}`

function Who({ message }: { message: Message }) {
  if (message.direction === 'in') return message.member ? <div className="who">{message.member}</div> : null
  const bot = message.author.type === 'bot'
  return (
    <div className="who">
      {bot && <Icon name="bot" size="s" />}
      {bot ? t('Bot, {name}', { name: message.author.name }) : grouped(message.author.name)}
    </div>
  )
}

function Said({ message, tail }: { message: Message; tail: boolean }) {
  const asked = message.parts.find(part => part.type === 'choices')
  const pictures = message.parts.some(part => part.type === 'image' || part.type === 'video')
  const bare = message.parts.length === 1 && message.parts[0]?.type === 'sticker'
  const bubble = (
    <div
      className={['bub', tail && 'tail', pictures && 'pics', bare && 'bare'].filter(Boolean).join(' ')}
      style={besidePicture(message)}
    >
      <Quote message={message} />
      {message.forwarded && <div className="said">{t('Forwarded')}</div>}
      {message.deletedAt && !message.parts.length ? (
        <span className="said">{t('Deleted')}</span>
      ) : (
        <Parts message={message} />
      )}
      <Meta message={message} />
    </div>
  )
  if (!asked) return bubble
  return (
    <div className="ask">
      {bubble}
      <Options message={message} choices={asked.choices} />
    </div>
  )
}

/** How much wider a bubble is than the picture in it, and what words or the time alone need at least, in pixels. */
const frame = 6
const wordsNeed = 240
const timeNeeds = 84

/** A bubble with a single picture is as wide as the picture: words break where it ends. */
function besidePicture({ parts, replyTo, forwarded }: Message): React.CSSProperties | undefined {
  const [part] = parts
  const width = parts.length === 1 && part && isPicture(part) ? drawnWidth(part) : undefined
  if (!width || part?.type !== 'image') return undefined
  const least = part.caption || replyTo || forwarded ? wordsNeed : timeNeeds
  return { width: Math.max(width + frame, least) }
}

/** Offered buttons stay under their question; the one that was pressed is ticked. */
function Options({ message, choices }: { message: Message; choices: { id: string; label: string }[] }) {
  const taken = useWorld(w => {
    const answers = w.threads[message.conversationId]?.items ?? []
    const answer = answers.find(
      item =>
        item.type === 'message' && item.message.replyTo === message.id && item.message.parts[0]?.type === 'chosen',
    )
    const part = answer?.type === 'message' ? answer.message.parts[0] : undefined
    return part?.type === 'chosen' ? part.choice : undefined
  })
  return (
    <div className="opts">
      {choices.map(choice => (
        <div key={choice.id} className={choice.id === taken ? 'opt took' : 'opt'}>
          {choice.id === taken && <Icon name="check" size="s" label={t('chosen')} />}
          {choice.label}
        </div>
      ))}
    </div>
  )
}

function Quote({ message }: { message: Message }) {
  const original = useWorld(w => {
    if (!message.replyTo) return undefined
    const found = w.threads[message.conversationId]?.items.find(
      item => item.type === 'message' && item.message.id === message.replyTo,
    )
    return found?.type === 'message' ? found.message : undefined
  })
  if (!message.replyTo) return null
  const chosen = message.parts[0]?.type === 'chosen'
  const asked = original?.parts.find(part => part.type === 'choices')
  return (
    <button
      type="button"
      className="quote"
      title={t('Go to this message')}
      onClick={() => go(messagePath(message.conversationId, message.replyTo!))}
    >
      <b>{chosen ? t('Chosen from buttons') : original ? grouped(original.author.name) : t('Earlier message')}</b>
      <span>{chosen && asked ? asked.prompt : original ? summary(original.parts[0]) : t('Not loaded')}</span>
    </button>
  )
}

function Meta({ message }: { message: Message }) {
  return (
    <span className="meta" title={fullTime(message.at)}>
      {message.deletedAt && message.parts.length > 0 && <span>{t('deleted')}</span>}
      {message.editedAt && !message.deletedAt && <span>{t('edited')}</span>}
      {clock(message.at)}
      {message.direction === 'out' && <Tick status={message.status} />}
    </span>
  )
}

/** What went wrong, and the one way out. */
function Why({ message }: { message: Message }) {
  const channel = useChannel(message.conversationId)
  const name = useWorld(w => w.kinds.find(kind => kind.kind === channel?.kind)?.name)
  if (message.status !== 'failed' && message.status !== 'unknown') return null
  const unknown = message.status === 'unknown'
  const words = unknown
    ? t('{channel} did not confirm: it may have arrived already.', { channel: name ?? t('The messenger') })
    : t('Not sent: {reason}', { reason: failureWords(message.failure) })
  return (
    <div className={`why ${message.status}`} title={message.failure?.detail}>
      <span>{words}</span>
      <button type="button" onClick={() => void attempt(() => sendAgain(message))}>
        {t('Send again')}
      </button>
    </div>
  )
}

const far = 56

/** On touch: draw a message to the left to answer it. */
function useSwipe(id: string) {
  const { setReplyTo } = useTalkTools()
  return {
    onTouchStart: (event: React.TouchEvent<HTMLElement>) => {
      const { clientX: x, clientY: y } = event.touches[0]!
      Object.assign(event.currentTarget.dataset, { x, y })
    },
    onTouchEnd: (event: React.TouchEvent<HTMLElement>) => {
      const { x, y } = event.currentTarget.dataset
      const { clientX, clientY } = event.changedTouches[0]!
      const moved = Number(x) - clientX
      if (moved > far && Math.abs(Number(y) - clientY) < far / 2) setReplyTo(id)
    },
  }
}
