import { useEffect, useRef, useState } from 'react'
import { choicesOf, Keys } from './Buttons.tsx'
import { Chat } from './Chat.tsx'
import { Icon, Mark } from './icons.tsx'
import { type Look, lookOf } from './looks.ts'
import { Mailbox } from './Mail.tsx'
import type { Doing } from './Said.tsx'
import { act, type Bubble, type Deed, type Person, type WorldView } from './state.ts'
import { pictureUrl } from './things.ts'
import { type Purpose, Write } from './Write.tsx'
import { clock, type Words, wordsFor } from './words.ts'

interface Props {
  world: WorldView
  person: Person
  picked: boolean
  pick(): void
}

/** One customer's phone, open at the chat with the business. Writing on it goes through the simulated provider. */
export function Phone({ world, person, picked, pick }: Props) {
  const look = lookOf(world.kind)
  const words = wordsFor(person.language)
  const bubbles = world.bubbles.filter(bubble => bubble.person === person.id)
  const hands = useHands(world.kind, person.id)
  const held = useLooking(bubbles, () => void act(world.kind, person.id, { do: 'look' }))
  return (
    <section
      className={picked ? 'slot pick' : 'slot'}
      aria-label={`${person.name}, ${world.messenger}`}
      data-phone={`${world.kind}:${person.id}`}
      onPointerDownCapture={pick}
      {...held}
    >
      <Caption world={world} person={person} />
      <div className={`ph ${look.css}`} lang={person.language}>
        <StatusBar language={person.language} />
        {look.css === 'ml' ? (
          <Mailbox bubbles={bubbles} words={words} person={person} business={world.account} hands={hands} />
        ) : (
          <Conversation {...{ world, person, look, words, bubbles, hands }} />
        )}
      </div>
    </section>
  )
}

type Hands = ReturnType<typeof useHands>

interface ConversationProps extends Omit<HeadProps, 'send'> {
  bubbles: Bubble[]
  hands: Hands
}

/** What every messenger has: the head, the bubbles, the field. */
function Conversation({ world, person, look, words, bubbles, hands }: ConversationProps) {
  const { send, trouble, setTrouble, purpose, setPurpose, doing } = hands
  return (
    <>
      <Head world={world} person={person} look={look} words={words} send={send} />
      <Chat bubbles={bubbles} look={look} words={words} person={person} business={world.account} doing={doing} />
      {trouble && (
        <div className="trouble" role="alert">
          {trouble}
        </div>
      )}
      {look.buttons === 'pills' && <Offered css="pills" last={bubbles.at(-1)} press={doing.press} />}
      <Write look={look} words={words} purpose={purpose} turnTo={setPurpose} send={send} fail={setTrouble} />
      {look.buttons === 'keyboard' && <Offered css="keys" last={bubbles.at(-1)} press={doing.press} />}
    </>
  )
}

/** Buttons in place of the phone's keyboard, or in a row above the field: they go when something newer is said. */
function Offered({ css, last, press }: { css: 'keys' | 'pills'; last: Bubble | undefined; press: Doing['press'] }) {
  const part = last?.from === 'business' && choicesOf(last)
  return last && part ? <Keys bubble={last} part={part} css={css} press={press} /> : null
}

/** What the owner of the phone can do, and what came of it. */
function useHands(kind: string, person: string) {
  const [purpose, setPurpose] = useState<Purpose>({ for: 'new' })
  const [trouble, setTrouble] = useTrouble()
  const send = (deed: Deed) => void act(kind, person, deed).then(setTrouble)
  const doing: Doing = {
    press: (bubble, choice) => send({ do: 'press', bubble, choice }),
    react: (bubble, emoji) => send({ do: 'react', bubble, emoji }),
    remove: bubble => send({ do: 'delete', bubble }),
    quote: bubble => setPurpose({ for: 'quote', bubble }),
    edit: bubble => setPurpose({ for: 'edit', bubble }),
  }
  return { send, trouble, setTrouble, purpose, setPurpose, doing }
}

function Caption({ world, person }: { world: WorldView; person: Person }) {
  const count = world.ordered + (person.blocked ? 1 : 0)
  const state = count
    ? `${count} ${count === 1 ? 'fault' : 'faults'} on`
    : world.connected
      ? 'healthy'
      : 'not connected'
  return (
    <div className="cap">
      <Mark kind={world.kind} />
      <b>{person.name}</b>
      <span className="dim">{world.messenger}</span>
      <i className="grow" />
      <span className="dim num small">{state}</span>
    </div>
  )
}

export function StatusBar({ language }: { language: string }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="psb">
      <b className="num">{clock(now, language)}</b>
      <i className="grow" />
      <i className="bat" />
    </div>
  )
}

/** What stands under the name: for a few seconds that somebody is typing. */
function Under({ until, text, typing }: { until: number; text: string | undefined; typing: string }) {
  const [, draw] = useState(0)
  const left = until - Date.now()
  useEffect(() => {
    if (left <= 0) return
    const timer = setTimeout(() => draw(n => n + 1), left)
    return () => clearTimeout(timer)
  }, [left])
  const shown = left > 0 ? typing : text
  return shown ? <span>{shown}</span> : null
}

interface HeadProps {
  world: WorldView
  person: Person
  look: Look
  words: Words
  send(deed: Deed): void
}

function Head({ world, person, look, words, send }: HeadProps) {
  const [open, setOpen] = useState(false)
  const choose = (deed: Deed) => () => {
    setOpen(false)
    send(deed)
  }
  return (
    <div className="hd">
      <Icon name="back" />
      {look.avatar ? (
        <img className="ava" src={pictureUrl(look.avatar)} alt="" />
      ) : (
        <span className="ava nobody">
          <Icon name="people" />
        </span>
      )}
      <div className="grow">
        <b className="cut">{world.account}</b>
        <Under until={world.typing?.[person.id] ?? 0} text={look.under && words[look.under]} typing={words.typing} />
      </div>
      <button type="button" className="dotsbar" aria-label="More" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="more" />
      </button>
      {open && (
        <>
          <button type="button" className="veil" aria-label="Close" onClick={() => setOpen(false)} />
          <div className="pop under" role="menu">
            {look.opens?.plain && (
              <button type="button" role="menuitem" onClick={choose({ do: 'start' })}>
                {look.opens.plain}
              </button>
            )}
            {look.opens?.ref && (
              <button type="button" role="menuitem" onClick={choose({ do: 'start', ref: 'window-poster' })}>
                {look.opens.ref}
              </button>
            )}
            <button type="button" role="menuitem" onClick={choose({ do: person.blocked ? 'unblock' : 'block' })}>
              {person.blocked ? 'Unblock the business' : 'Block the business'}
            </button>
          </div>
        </>
      )}
    </div>
  )
}

/** While the phone is in hand (clicked or focused, page visible) whatever arrives is seen, once each. */
function useLooking(bubbles: Bubble[], look: () => void) {
  const [inHand, setInHand] = useState(false)
  const seen = useRef<string>(undefined)
  const latest = bubbles.findLast(bubble => bubble.from === 'business' && bubble.ticks !== 'read')?.id
  useEffect(() => {
    if (!inHand || document.hidden || !latest || seen.current === latest) return
    seen.current = latest
    look()
  })
  return {
    onFocus: () => setInHand(true),
    onPointerDown: () => setInHand(true),
    onBlur: (event: React.FocusEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setInHand(false)
    },
  }
}

/** What could not be done, shown for a few seconds. */
function useTrouble() {
  const [trouble, setTrouble] = useState<string>()
  useEffect(() => {
    if (!trouble) return
    const timer = setTimeout(() => setTrouble(undefined), 5000)
    return () => clearTimeout(timer)
  }, [trouble])
  return [trouble, setTrouble] as const
}
