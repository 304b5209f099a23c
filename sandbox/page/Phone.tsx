import { useEffect, useRef, useState } from 'react'
import { choicesOf, Keys } from './Buttons.tsx'
import { Chat } from './Chat.tsx'
import { Head, type HeadProps, StatusBar } from './Head.tsx'
import { Mark } from './icons.tsx'
import { lookOf } from './looks.ts'
import { Mailbox } from './Mail.tsx'
import { MenuList, MenuTabs, RichMenu, Starters, useUnfolded } from './Menu.tsx'
import type { Doing } from './Said.tsx'
import { act, type Bubble, type Deed, type Person, type WorldView } from './state.ts'
import { type Purpose, Write } from './Write.tsx'
import { wordsFor } from './words.ts'

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
  const { menu } = world
  const [open, setOpen] = useUnfolded(menu)
  const tap = (entry: number) => {
    if (menu?.shape !== 'picture') setOpen(false)
    send({ do: 'menu', entry })
  }
  const behind = menu?.shape === 'list' || menu?.shape === 'commands'
  return (
    <>
      <Head world={world} person={person} look={look} words={words} send={send} />
      {menu && !bubbles.length && <Starters menu={menu} name={person.name} tap={tap} />}
      <Chat bubbles={bubbles} look={look} words={words} person={person} business={world.account} doing={doing} />
      {trouble && (
        <div className="trouble" role="alert">
          {trouble}
        </div>
      )}
      {look.buttons === 'pills' && <Offered css="pills" last={bubbles.at(-1)} press={doing.press} />}
      {menu && behind && open && <MenuList menu={menu} tap={tap} close={() => setOpen(false)} />}
      <Write
        {...{ look, words, purpose, send }}
        turnTo={setPurpose}
        fail={setTrouble}
        {...(menu && behind && { unfold: () => setOpen(!open) })}
      />
      {menu?.shape === 'tabs' && <MenuTabs menu={menu} tap={tap} />}
      {menu?.shape === 'picture' && <RichMenu menu={menu} open={open} turn={() => setOpen(!open)} tap={tap} />}
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
