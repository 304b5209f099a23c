import { useLayoutEffect, useRef, useState } from 'react'
import { wordsOf } from '../../src/domain/message.ts'
import { Attach } from './Attach.tsx'
import { choicesOf } from './Buttons.tsx'
import { Icon } from './icons.tsx'
import { lookOf } from './looks.ts'
import { PartView } from './Parts.tsx'
import type { Bubble, Deed, Person } from './state.ts'
import { clock, type Words } from './words.ts'

interface Hands {
  send(deed: Deed): void
  trouble: string | undefined
  setTrouble(why: string): void
}

interface Props {
  bubbles: Bubble[]
  words: Words
  person: Person
  business: string
  hands: Hands
}

interface Thread {
  subject: string
  mails: Bubble[]
}

type Place = { at: 'list' } | { at: 'thread'; subject: string } | { at: 'new' }

/** A small mail client: the list, one thread with its reply, a new mail. */
export function Mailbox(props: Props) {
  const { bubbles, words, person, hands } = props
  const [place, go] = useState<Place>({ at: 'list' })
  const threads = threadsOf(bubbles)
  const thread = place.at === 'thread' ? threads.find(({ subject }) => subject === place.subject) : undefined
  const back = () => go({ at: 'list' })
  return (
    <>
      {thread ? (
        <Opened {...props} thread={thread} back={back} />
      ) : place.at === 'new' ? (
        <Fresh {...props} back={back} />
      ) : (
        <>
          <div className="hd">
            <div className="grow">
              <b>{words.inbox}</b>
              <span>{person.id.includes('@') ? person.id : person.name}</span>
            </div>
            <button type="button" className="dotsbar" aria-label={words.newMail} onClick={() => go({ at: 'new' })}>
              <Icon name="pen" />
            </button>
          </div>
          <List {...props} threads={threads} open={subject => go({ at: 'thread', subject })} />
        </>
      )}
      {hands.trouble && (
        <div className="trouble" role="alert">
          {hands.trouble}
        </div>
      )}
    </>
  )
}

function List({ threads, words, person, business, open }: Props & { threads: Thread[]; open(subject: string): void }) {
  if (!threads.length) return <p className="mails none">{words.noMail}</p>
  return (
    <ul className="mails">
      {threads.map(({ subject, mails }) => {
        const last = mails.at(-1)!
        const unread = last.from === 'business' && last.ticks !== 'read'
        return (
          <li key={subject}>
            <button type="button" className={unread ? 'new' : ''} onClick={() => open(subject)}>
              <span className="who">
                <b className="cut grow">{last.from === 'business' ? business : words.you}</b>
                <time className="num">{clock(last.at, person.language)}</time>
              </span>
              <span className="cut sub">{subject || words.subject}</span>
              <span className="cut">{snippetOf(last) || words.photo}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function Opened({ thread, words, person, business, hands, back }: Props & { thread: Thread; back(): void }) {
  const last = thread.mails.at(-1)!
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new letter is what scrolls the thread
  useLayoutEffect(() => {
    box.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
  }, [last.id])
  const reply = (text: string) =>
    hands.send({ do: 'text', text, replyTo: last.id, ...(thread.subject && { subject: `Re: ${thread.subject}` }) })
  return (
    <>
      <Bar back={back} title={thread.subject || words.subject} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
      <div ref={box} className="chat letters" role="log" aria-label={thread.subject || words.subject} tabIndex={0}>
        {thread.mails.map(mail => (
          <Letter key={mail.id} mail={mail} words={words} person={person} business={business} />
        ))}
      </div>
      <Compose words={words} label={words.reply} send={reply} hands={hands} />
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

function Fresh({ words, hands, business, back }: Props & { back(): void }) {
  const [subject, setSubject] = useState('')
  const send = (text: string) => {
    hands.send({ do: 'text', text, ...(subject.trim() && { subject: subject.trim() }) })
    back()
  }
  return (
    <>
      <Bar back={back} title={words.newMail} />
      <div className="to cut">{business}</div>
      <input
        className="to"
        placeholder={words.subject}
        aria-label={words.subject}
        value={subject}
        onChange={event => setSubject(event.target.value)}
      />
      <Compose words={words} label={words.message} send={send} hands={hands} tall />
    </>
  )
}

const Bar = ({ back, title }: { back(): void; title: string }) => (
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

function Compose({ words, label, send, hands, tall }: ComposeProps) {
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

const snippetOf = ({ parts }: Bubble): string =>
  parts
    .map(part => (part.type === 'mail' ? part.text : wordsOf([part])))
    .join(' ')
    .replaceAll('\n', ' ')

const subjectOf = ({ subject, parts }: Bubble): string | undefined =>
  subject ?? parts.find(part => part.type === 'mail')?.subject

const answered = /^((re|fwd?|aw|vs|sv|ответ|返信|回复)\s*:\s*)+/i

/** By subject, whoever answered; the thread that was written to last comes first. A mail without one follows what it answers. */
export function threadsOf(bubbles: Bubble[]): Thread[] {
  const threads: Thread[] = []
  for (const mail of bubbles) {
    const own = subjectOf(mail)?.replace(answered, '').trim()
    const parent = threads.find(({ mails }) => mails.some(({ id }) => id === mail.replyTo))
    const subject = own ?? (parent ?? threads[0])?.subject ?? ''
    const found = threads.findIndex(thread => thread.subject === subject)
    const [thread] = found < 0 ? [{ subject, mails: [] }] : threads.splice(found, 1)
    thread!.mails.push(mail)
    threads.unshift(thread!)
  }
  return threads
}
