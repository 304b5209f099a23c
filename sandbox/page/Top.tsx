import { useEffect, useRef, useState } from 'react'
import { Icon, Mark } from './icons.tsx'
import { addPerson, phonesOf, replay, type Sandbox } from './state.ts'
import { switchTheme } from './theme.ts'

const counts = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine']
const customersIn = (people: number) =>
  `${counts[people] ?? people} ${people === 1 ? 'customer' : 'customers'}, simulated providers, nothing leaves this machine`

interface TopProps {
  sandbox: Sandbox
  people: number
  added(key: string): void
  faults(): void
}

/** What concerns all phones: the look, the drawer on narrow screens, a new phone, the story, the inbox. */
export function Top({ sandbox, people, added, faults }: TopProps) {
  const playing = sandbox.story === 'playing' || sandbox.story === 'following'
  return (
    <header className="top">
      <h1>Sandbox</h1>
      <span className="dim cut grow tell">{customersIn(people)}</span>
      <ThemeSwitch />
      <button type="button" className="tool only-narrow" aria-label="Faults" onClick={faults}>
        <Icon name="gauge" />
      </button>
      <AddPhone sandbox={sandbox} added={added} />
      {sandbox.story !== 'none' && (
        <button
          type="button"
          className="btn"
          aria-label={playing ? 'Playing…' : 'Replay the story'}
          disabled={playing}
          onClick={() => void replay()}
        >
          <Icon name="repeat" />
          <span>{playing ? 'Playing…' : 'Replay the story'}</span>
        </button>
      )}
      <a className="btn main" href="/" target="parley-inbox" aria-label="Open inbox beside" onClick={openBeside}>
        <span>Open inbox beside</span>
        <Icon name="out" />
      </a>
    </header>
  )
}

/** On a screen wide enough the inbox takes the left half of it, in its own window. */
function openBeside(event: React.MouseEvent): void {
  const { availWidth, availHeight } = screen
  if (availWidth < 1000) return
  const place = `popup,left=0,top=0,width=${Math.round(availWidth / 2)},height=${availHeight}`
  if (window.open('/', 'parley-inbox', place)) event.preventDefault()
}

function ThemeSwitch() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme)
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      className="tool"
      aria-label={`Switch to the ${other} look`}
      onClick={() => setTheme(switchTheme())}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  )
}

function AddPhone({ sandbox, added }: { sandbox: Sandbox; added(key: string): void }) {
  const [open, setOpen] = useState(false)
  const wanted = useNewPerson(sandbox, added)
  const add = (kind: string) => {
    setOpen(false)
    wanted()
    void addPerson(kind)
  }
  return (
    <div className="menu">
      <button
        type="button"
        className="btn"
        aria-label="Add a phone"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="plus" />
        <span>Add a phone</span>
      </button>
      {open && (
        <>
          <button type="button" className="veil" aria-label="Close" onClick={() => setOpen(false)} />
          <div className="pop" role="menu">
            {sandbox.worlds.map(({ kind, messenger }) => (
              <button type="button" role="menuitem" key={kind} onClick={() => add(kind)}>
                <Mark kind={kind} />
                {messenger}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  )
}

/** Goes to the phone that this page added, when it has arrived. */
function useNewPerson(sandbox: Sandbox, added: (key: string) => void): () => void {
  const known = useRef<Set<string>>(undefined)
  useEffect(() => {
    const fresh = known.current && phonesOf(sandbox).find(phone => !known.current?.has(phone.key))
    if (!fresh) return
    known.current = undefined
    added(fresh.key)
  })
  return () => {
    known.current = new Set(phonesOf(sandbox).map(phone => phone.key))
  }
}
