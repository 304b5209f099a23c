import { useLayoutEffect, useRef, useState } from 'react'
import { Attach } from './Attach.tsx'
import { choicesOf } from './Buttons.tsx'
import { Icon } from './icons.tsx'
import { lookOf } from './looks.ts'
import { PartView } from './Parts.tsx'
import type { Bubble, Deed, Person } from './state.ts'
import type { Thread } from './threads.ts'
import { clock, type Words } from './words.ts'

interface Hands {
  send(deed: Deed): void
  trouble: string | undefined
  setTrouble(why: string): void
}

export interface Props {
  bubbles: Bubble[]
  words: Words
  person: Person
  business: string
  hands: Hands
}

/** One thread, letter by letter, with the reply below. */
export function Opened({ thread, words, person, business, hands, back }: Props & { thread: Thread; back(): void }) {
  const last = thread.mails.at(-1)!
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new letter is what scrolls the thread
  useLayoutEffect(() => {
    box.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
  }, [last.id])
  const reply = (text: string) =>
    hands.send({ do: 'text', text, replyTo: last.id, ...(thread.subject && { subject: `Re: ${thread.subject}` }) })
  /** A newsletter begins a thread of its own. */
  const give = (deed: Deed) => {
    hands.send(deed)
    if (deed.do === 'text' && deed.html) back()
  }
  return (
    <>
      <Bar back={back} title={thread.subject || words.subject} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
      <div ref={box} className="chat letters" role="log" aria-label={thread.subject || words.subject} tabIndex={0}>
        {thread.mails.map(mail => (
          <Letter key={mail.id} mail={mail} words={words} person={person} business={business} />
        ))}
      </div>
      <Compose words={words} label={words.reply} send={reply} hands={{ ...hands, send: give }} />
    </>
  )
}

function Letter(props: { mail: Bubble } & Pick<Props, 'words' | 'person' | 'business'>) {
  const { mail, words, person, business } = props
  const mine = mail.from === 'customer'
  const choices = choicesOf(mail)
  return (
    <article className={mine ? 'm me' : 'm'} data-bubble={mail.id}>
      <header>
        <b className="cut grow">{mine ? person.name : business}</b>
        <time className="num">{clock(mail.at, person.language)}</time>
      </header>
      <small className="cut">{mine ? business : words.toMe}</small>
      {mail.parts.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message have no names and keep their places
        <PartView key={at} part={part} words={words} />
      ))}
      {choices && (
        <ol>
          {choices.choices.map(choice => (
            <li key={choice.id}>{choice.label}</li>
          ))}
        </ol>
      )}
    </article>
  )
}

export const Bar = ({ back, title }: { back(): void; title: string }) => (
  <div className="hd">
    <button type="button" className="dotsbar" aria-label="Back" onClick={back}>
      <Icon name="back" />
    </button>
    <b className="cut grow">{title}</b>
  </div>
)

interface ComposeProps {
  words: Words
  label: string
  send(text: string): void
  hands: Hands
  tall?: true
}

/** Where a letter is written. Enter ends a line; only the button sends. */
export function Compose({ words, label, send, hands, tall }: ComposeProps) {
  const [draft, setDraft] = useState('')
  const [attaching, setAttaching] = useState(false)
  const go = () => {
    if (draft.trim()) send(draft.trim())
    setDraft('')
  }
  return (
    <>
      <div className={tall ? 'inp tall' : 'inp'}>
        <textarea
          className="f"
          rows={2}
          placeholder={label}
          aria-label={label}
          value={draft}
          onChange={event => setDraft(event.target.value)}
        />
        <button type="button" className="c clip" aria-label="Attach" onClick={() => setAttaching(true)}>
          <Icon name="clip" />
        </button>
        <button type="button" className="c go" aria-label={words.send} disabled={!draft.trim()} onClick={go}>
          <Icon name="send" />
        </button>
      </div>
      {attaching && (
        <Attach look={lookOf('email')} send={hands.send} fail={hands.setTrouble} close={() => setAttaching(false)} />
      )}
    </>
  )
}
