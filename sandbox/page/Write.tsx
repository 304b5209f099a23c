import { useEffect, useRef, useState } from 'react'
import { wordsOf } from '../../src/domain/message.ts'
import { Attach } from './Attach.tsx'
import { Icon } from './icons.tsx'
import type { Look } from './looks.ts'
import type { Bubble, Deed } from './state.ts'
import { type Recording, record, tune } from './things.ts'
import type { Words } from './words.ts'

/** What the next text is for. */
export type Purpose = { for: 'new' | 'comment' } | { for: 'quote' | 'edit'; bubble: Bubble }

interface Props {
  look: Look
  words: Words
  purpose: Purpose
  turnTo(purpose: Purpose): void
  send(deed: Deed): void
  fail(why: string): void
  /** Opens the account's menu, where it has one behind a button. */
  unfold?(): void
}

/** The bottom of a phone: the field, the clip, the microphone that becomes an arrow once something is written. */
export function Write({ look, words, purpose, turnTo, send, fail, unfold }: Props) {
  const { field, draft, setDraft, say, keys, cancel } = useDraft({ purpose, turnTo, send })
  const [attaching, setAttaching] = useState(false)
  const comment = () => {
    setAttaching(false)
    turnTo({ for: 'comment' })
  }
  const clip = look.can.attach && <Clip icon={look.clipLast ? 'clip' : 'plus'} open={() => setAttaching(true)} />
  return (
    <>
      {purpose.for !== 'new' && <About purpose={purpose} words={words} cancel={cancel} />}
      <div className="inp">
        {look.menu && !draft && (
          <button type="button" className="men" onClick={unfold ?? (() => send({ do: 'start' }))}>
            {words.menu}
          </button>
        )}
        {unfold && !look.menu && (
          <button type="button" className="c clip" aria-label={words.menu} onClick={unfold}>
            <Icon name="menu" />
          </button>
        )}
        {!look.clipLast && clip}
        <textarea
          ref={field}
          className="f"
          rows={1}
          value={draft}
          placeholder={hintOf(look, words)}
          aria-label={words.message}
          onChange={event => setDraft(event.target.value)}
          onKeyDown={keys}
        />
        {look.clipLast && clip}
        {draft || !look.can.voice ? <Arrow say={say} /> : <Microphone send={send} fail={fail} />}
      </div>
      {attaching && <Attach {...{ look, send, comment, fail }} close={() => setAttaching(false)} />}
    </>
  )
}

const hintOf = ({ hint }: Look, words: Words): string => (hint === '…' ? `${words.message}…` : (hint ?? words.message))

const Clip = ({ icon, open }: { icon: 'clip' | 'plus'; open(): void }) => (
  <button type="button" className="c clip" aria-label="Attach" onClick={open}>
    <Icon name={icon} />
  </button>
)

const Arrow = ({ say }: { say(): void }) => (
  <button type="button" className="c go" aria-label="Send" onClick={say}>
    <Icon name="send" />
  </button>
)

function useDraft({ purpose, turnTo, send }: Pick<Props, 'purpose' | 'turnTo' | 'send'>) {
  const [draft, setDraft] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (purpose.for === 'new') return
    if (purpose.for === 'edit') setDraft(wordsOf(purpose.bubble.parts))
    field.current?.focus()
  }, [purpose])
  const cancel = () => {
    if (purpose.for === 'edit') setDraft('')
    turnTo({ for: 'new' })
  }
  const say = () => {
    const text = draft.trim()
    if (!text) return
    send(deedFor(purpose, text))
    setDraft('')
    turnTo({ for: 'new' })
  }
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') cancel()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    say()
  }
  return { field, draft, setDraft, say, keys, cancel }
}

function deedFor(purpose: Purpose, text: string): Deed {
  if (purpose.for === 'edit') return { do: 'edit', bubble: purpose.bubble.id, text }
  if (purpose.for !== 'quote') return { do: purpose.for === 'comment' ? 'comment' : 'text', text }
  return { do: purpose.bubble.comment ? 'comment' : 'text', text, replyTo: purpose.bubble.id }
}

function About({ purpose, words, cancel }: { purpose: Purpose; words: Words; cancel(): void }) {
  const about = 'bubble' in purpose ? wordsOf(purpose.bubble.parts) : words.comment
  return (
    <div className="about">
      <Icon name={purpose.for === 'quote' ? 'reply' : 'pen'} small />
      <span className="cut grow">{about || '…'}</span>
      <button type="button" aria-label="Cancel" onClick={cancel}>
        <Icon name="x" small />
      </button>
    </div>
  )
}

/** Records while red; a machine without a microphone sends three notes instead. */
function Microphone({ send, fail }: Pick<Props, 'send' | 'fail'>) {
  const [recording, setRecording] = useState<Recording>()
  const press = async () => {
    if (recording) {
      setRecording(undefined)
      return send(await recording.done())
    }
    try {
      setRecording(await record())
    } catch {
      fail('No microphone here: three notes were sent instead.')
      send(await tune())
    }
  }
  return (
    <button
      type="button"
      className={recording ? 'c go live' : 'c go'}
      aria-label={recording ? 'Stop and send' : 'Record a voice message'}
      onClick={press}
    >
      <Icon name={recording ? 'send' : 'mic'} />
    </button>
  )
}
