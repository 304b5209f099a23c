import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Look } from './looks.ts'
import { type Doing, Said } from './Said.tsx'
import type { Bubble, Person } from './state.ts'
import { clock, dayName, sameDay, type Words } from './words.ts'

interface ChatProps {
  bubbles: Bubble[]
  look: Look
  words: Words
  person: Person
  business: string
  doing: Doing
}

/** After so long a silence the time is told anew. */
const isLater = (bubble: Bubble, before: Bubble | undefined) => bubble.at - (before?.at ?? 0) > 5 * 60_000

/** The bubbles of one phone, the newest in sight. */
export function Chat({ bubbles, look, words, person, business, doing }: ChatProps) {
  const box = useRef<HTMLDivElement>(null)
  const last = bubbles.at(-1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new or changed last bubble is what scrolls the chat down
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [bubbles.length, last])
  useEffect(() => {
    const down = new ResizeObserver(([entry]) => entry?.target.scrollTo({ top: entry.target.scrollHeight }))
    if (box.current) down.observe(box.current)
    return () => down.disconnect()
  }, [])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard
    <div className={`chat ${look.times}`} ref={box} role="log" aria-label="Chat" tabIndex={0}>
      {bubbles.map((bubble, at) => {
        const before = bubbles[at - 1]
        const newDay = !before || !sameDay(before.at, bubble.at)
        return (
          <div className="turn" key={bubble.id}>
            {newDay && <div className="ctr">{dayName(bubble.at, person.language)}</div>}
            {look.times === 'between' && (newDay || isLater(bubble, before)) && (
              <div className="ctr at num">{clock(bubble.at, person.language)}</div>
            )}
            <Said
              bubble={bubble}
              quoted={bubble.replyTo ? bubbles.find(other => other.id === bubble.replyTo) : undefined}
              first={!newDay && before?.from !== bubble.from}
              look={look}
              words={words}
              language={person.language}
              business={business}
              doing={doing}
            />
          </div>
        )
      })}
    </div>
  )
}
