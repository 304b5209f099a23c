import { useEffect, useState } from 'react'
import type { PhoneEntry } from '../wire.ts'
import type { Menu } from './state.ts'

/** Whether the menu is unfolded; a new menu begins as the business wants it. */
export function useUnfolded(menu: Menu | null) {
  const [open, setOpen] = useState(!!menu?.open)
  const which = menu && JSON.stringify(menu)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a menu that only came again stays as it was left
  useEffect(() => setOpen(!!menu?.open), [which])
  return [open, setOpen] as const
}

interface Props {
  menu: Menu
  tap(entry: number): void
}

/** A page is opened by the phone itself; everything else is told to the messenger. */
function Entry({ at, entry, tap, children, ...more }: EntryProps) {
  const { opens, label } = entry
  if (opens)
    return (
      <a {...more} href={opens} target="_blank" rel="noreferrer" aria-label={label}>
        {children}
      </a>
    )
  return (
    <button {...more} type="button" aria-label={label} onClick={() => tap(at)}>
      {children}
    </button>
  )
}

interface EntryProps {
  at: number
  entry: PhoneEntry
  tap: Props['tap']
  children?: React.ReactNode
  className?: string
  style?: React.CSSProperties
}

/** Their place in the whole list is what the messenger is told. */
const numbered = ({ entries }: Menu, starter: boolean) =>
  entries.map((entry, at) => ({ entry, at })).filter(({ entry }) => !!entry.starter === starter)

/** A picture below the field, folded away under its bar, with places to tap. */
export function RichMenu({ menu, open, turn, tap }: Props & { open: boolean; turn(): void }) {
  const { picture, title } = menu
  if (!picture) return null
  const { url, width, height } = picture
  const part = (size: number, of: number) => `${(size / of) * 100}%`
  return (
    <div className="richmenu">
      <button type="button" className="richbar" aria-expanded={open} onClick={turn}>
        {title} {open ? '▾' : '▴'}
      </button>
      {open && (
        <div className="richpic" style={{ aspectRatio: `${width} / ${height}` }}>
          <img src={url} alt="" />
          {numbered(menu, false).map(({ entry, at }) => {
            const { x = 0, y = 0, width: w = 0, height: h = 0 } = entry.place ?? {}
            const place = { left: part(x, width), top: part(y, height), width: part(w, width), height: part(h, height) }
            return <Entry key={at} at={at} entry={entry} tap={tap} style={place} />
          })}
        </div>
      )}
    </div>
  )
}

/** Above the field, behind its button: lines, or commands with what they are for. */
export function MenuList({ menu, tap, close }: Props & { close(): void }) {
  return (
    <>
      <button type="button" className="veil" aria-label="Close" onClick={close} />
      <div className={`menulist ${menu.shape}`}>
        {numbered(menu, false).map(({ entry, at }) => (
          <Entry key={at} at={at} entry={entry} tap={tap}>
            {entry.hint && <span className="grow cut">{entry.hint}</span>}
            <span className={entry.hint ? 'hint' : 'grow cut'}>{entry.label}</span>
            {entry.opens && <span aria-hidden="true">↗</span>}
          </Entry>
        ))}
      </div>
    </>
  )
}

/** In place of the keyboard: tabs in a row. */
export function MenuTabs({ menu, tap }: Props) {
  return (
    <div className="menutabs">
      {numbered(menu, false).map(({ entry, at }) => (
        <Entry key={at} at={at} entry={entry} tap={tap}>
          <span className="cut">{entry.label}</span>
        </Entry>
      ))}
    </div>
  )
}

/** What an empty chat shows: words of greeting, and questions that may be tapped. */
export function Starters({ menu, name, tap }: Props & { name: string }) {
  const questions = numbered(menu, true)
  if (!questions.length && !menu.greeting) return null
  const [first = ''] = name.split(' ')
  return (
    <div className="starters">
      {menu.greeting && <p>{menu.greeting.replaceAll('{{user_first_name}}', first)}</p>}
      {questions.map(({ entry, at }) => (
        <Entry key={at} at={at} entry={entry} tap={tap}>
          {entry.label}
        </Entry>
      ))}
    </div>
  )
}
