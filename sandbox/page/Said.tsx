import { useRef, useState } from 'react'
import { wordsOf } from '../../src/domain/message.ts'
import { AnswerButtons, choicesOf, Keys } from './Buttons.tsx'
import { Icon } from './icons.tsx'
import type { Look } from './looks.ts'
import { PartView } from './Parts.tsx'
import type { Bubble } from './state.ts'
import { clock, type Words } from './words.ts'

export interface Doing {
  press(bubble: string, choice: string): void
  react(bubble: string, emoji: string): void
  quote(bubble: Bubble): void
  edit(bubble: Bubble): void
  remove(bubble: string): void
}

interface Props {
  bubble: Bubble
  quoted: Bubble | undefined
  /** First of a group: a little air above. */
  first: boolean
  look: Look
  words: Words
  language: string
  business: string
  doing: Doing
}

const firstLine = (bubble: Bubble): string => wordsOf(bubble.parts).split('\n')[0]!

/** One bubble with what hangs on it: quote, reactions, buttons, and the dots that open what can be done with it. */
export function Said(props: Props) {
  const { bubble, look, words, doing } = props
  const choices = bubble.deleted ? undefined : choicesOf(bubble)
  return (
    <>
      <Balloon {...props} />
      {choices && look.buttons === 'answers' && (
        <AnswerButtons bubble={bubble} part={choices} words={words} press={doing.press} />
      )}
      {choices && look.buttons === 'keys' && <Keys bubble={bubble} part={choices} css="kb" press={doing.press} />}
    </>
  )
}

function Balloon({ bubble, quoted, first, look, words, language, business, doing }: Props) {
  const [open, setOpen] = useState(false)
  const mine = bubble.from === 'customer'
  const hold = useLongPress(() => setOpen(true))
  const liked = bubble.reactions.length > 0
  const names = ['m', mine && 'me', first && 'g', liked && 'liked', isPhoto(bubble) && 'photo']
  const classes = names.filter(Boolean).join(' ')
  return (
    <div className={classes} data-bubble={bubble.id} {...hold}>
      {bubble.comment && <span className="below">{words.comment}</span>}
      {quoted && (
        <span className="qt">
          <b>{quoted.from === 'customer' ? words.you : business}</b>
          <span className="cut">{firstLine(quoted) || words.photo}</span>
        </span>
      )}
      <Content bubble={bubble} words={words} />
      <span className="t num">
        {bubble.edited && `${words.edited} `}
        {clock(bubble.at, language)}
        {mine && <Ticks bubble={bubble} look={look} words={words} />}
      </span>
      <Reactions bubble={bubble} />
      {!bubble.deleted && offers(look, mine) && (
        <button type="button" className="dots" aria-label="What to do with it" onClick={() => setOpen(!open)}>
          <Icon name="down" small />
        </button>
      )}
      {open && <Menu bubble={bubble} look={look} doing={doing} close={() => setOpen(false)} />}
    </div>
  )
}

/** Nothing but a picture: it fills its bubble. */
const isPhoto = ({ parts: [part, ...more], replyTo, deleted }: Bubble): boolean =>
  part?.type === 'image' && !part.caption && !more.length && !replyTo && !deleted

const offers = ({ can }: Look, mine: boolean) => can.react || can.quote || (mine && (can.edit || can.delete))

function Content({ bubble, words }: { bubble: Bubble; words: Words }) {
  if (bubble.deleted) return <i className="gone">{words.deleted}</i>
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message have no names and keep their places
  return bubble.parts.map((part, at) => <PartView key={at} part={part} words={words} />)
}

function Reactions({ bubble }: { bubble: Bubble }) {
  if (!bubble.reactions.length) return null
  return <span className="likes">{bubble.reactions.map(reaction => reaction.emoji).join('')}</span>
}

function Ticks({ bubble, look, words }: Pick<Props, 'bubble' | 'look' | 'words'>) {
  const read = bubble.ticks === 'read'
  if (look.ticks === 'none') return null
  if (look.ticks === 'words') return read ? <span className="rd">{words.read}</span> : null
  const name = bubble.ticks === 'sent' ? 'check' : bubble.ticks ? 'check2' : 'check'
  return (
    <span className={read ? 'rd' : ''} role="img" aria-label={bubble.ticks ?? 'sent'}>
      <Icon name={name} small />
    </span>
  )
}

function Menu({ bubble, look, doing, close }: { bubble: Bubble; look: Look; doing: Doing; close(): void }) {
  const mine = bubble.from === 'customer'
  const then = (run: () => void) => () => {
    close()
    run()
  }
  return (
    <>
      <button type="button" className="veil" aria-label="Close" onClick={close} />
      <div className="pop" role="menu">
        {look.can.react && !bubble.comment && (
          <Faces bubble={bubble} look={look} choose={emoji => then(() => doing.react(bubble.id, emoji))} />
        )}
        {look.can.quote && <Item icon="reply" text="Quote" run={then(() => doing.quote(bubble))} />}
        {mine && look.can.edit && bubble.parts[0]?.type === 'text' && (
          <Item icon="pen" text="Edit" run={then(() => doing.edit(bubble))} />
        )}
        {mine && look.can.delete && <Item icon="bin" text="Delete" run={then(() => doing.remove(bubble.id))} />}
      </div>
    </>
  )
}

/** Choosing the one that is there takes it away. */
function Faces({ bubble, look, choose }: { bubble: Bubble; look: Look; choose(emoji: string): () => void }) {
  const had = bubble.reactions.find(reaction => reaction.from === 'customer')?.emoji
  return (
    <div className="emoji">
      {look.emoji.map(emoji => (
        <button
          type="button"
          role="menuitem"
          key={emoji}
          className={emoji === had ? 'on' : ''}
          onClick={choose(emoji === had ? '' : emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  )
}

function Item({ icon, text, run }: { icon: 'reply' | 'pen' | 'bin'; text: string; run(): void }) {
  return (
    <button type="button" role="menuitem" onClick={run}>
      <Icon name={icon} small />
      {text}
    </button>
  )
}

const longEnough = 450

/** A finger that stays on the bubble; a mouse uses the dots. */
function useLongPress(run: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const stop = () => clearTimeout(timer.current)
  return {
    onPointerDown: (event: React.PointerEvent) => {
      if (event.pointerType === 'mouse') return
      timer.current = setTimeout(run, longEnough)
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onPointerLeave: stop,
  }
}
