import { useState } from 'react'
import { Icon } from './icons.tsx'
import { Bar, Compose, Opened, type Props } from './Letters.tsx'
import { snippetOf, type Thread, threadsOf } from './threads.ts'
import { clock } from './words.ts'

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
        maxLength={200}
        value={subject}
        onChange={event => setSubject(event.target.value)}
      />
      <Compose words={words} label={words.message} send={send} hands={hands} tall />
    </>
  )
}
