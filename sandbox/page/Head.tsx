import { useEffect, useState } from 'react'
import { Icon } from './icons.tsx'
import type { Look } from './looks.ts'
import type { Deed, Person, WorldView } from './state.ts'
import { pictureUrl } from './things.ts'
import { clock, type Words } from './words.ts'

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

export interface HeadProps {
  world: WorldView
  person: Person
  look: Look
  words: Words
  send(deed: Deed): void
}

/** Above the chat: who it is with, and what can be done beside writing. */
export function Head({ world, person, look, words, send }: HeadProps) {
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
          <Choices look={look} blocked={person.blocked} choose={choose} />
        </>
      )}
    </div>
  )
}

function Choices(props: { look: Look; blocked: boolean; choose(deed: Deed): () => void }) {
  const { look, blocked, choose } = props
  return (
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
      <button type="button" role="menuitem" onClick={choose({ do: blocked ? 'unblock' : 'block' })}>
        {blocked ? 'Unblock the business' : 'Block the business'}
      </button>
    </div>
  )
}
