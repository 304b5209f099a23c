import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { shopKey, useChosen } from './choosing.ts'
import { Drawer, Tabs } from './Drawer.tsx'
import { StatusBar } from './Head.tsx'
import { Icon, Mark } from './icons.tsx'
import { Phone } from './Phone.tsx'
import { Picker } from './Picker.tsx'
import { current, phonesOf, type Sandbox, subscribe } from './state.ts'
import { Top } from './Top.tsx'

/** The table with the phones, the shop's page, and the drawer of faults. */
export function App() {
  const sandbox = useSyncExternalStore(subscribe, current)
  return sandbox ? <Desk sandbox={sandbox} /> : <Empty />
}

/** The table before the phones are there: in the final shape, so that nothing jumps. */
function Empty() {
  return (
    <div className="desk" aria-busy="true">
      <header className="top">
        <h1>Sandbox</h1>
      </header>
      <nav className="picker" />
      <main className="stage">
        {['wa', 'tg', 'vb'].map(css => (
          <div key={css} className="slot">
            <div className="cap">&nbsp;</div>
            <div className={`ph ${css}`} />
          </div>
        ))}
      </main>
      <aside className="drawer" />
    </div>
  )
}

function Desk({ sandbox }: { sandbox: Sandbox }) {
  const { shown, picked, pick, lay } = useChosen(sandbox)
  useFollowing(sandbox, pick)
  const [faultsOpen, setFaultsOpen] = useState(false)
  const phones = phonesOf(sandbox)
  const chosen = phones.find(phone => phone.key === picked)
  return (
    <div className={faultsOpen ? 'desk faults' : 'desk'} data-picked={picked}>
      <Top sandbox={sandbox} people={phones.length} added={pick} faults={() => setFaultsOpen(!faultsOpen)} />
      <Picker sandbox={sandbox} shown={shown} picked={picked} pick={pick} lay={lay} />
      <main className="stage">
        {shown.map(key => {
          const phone = phones.find(other => other.key === key)
          const common = { key, picked: key === picked, pick: () => key !== picked && pick(key) }
          if (key === shopKey) return <Shop {...common} />
          return phone && <Phone {...common} world={phone.world} person={phone.person} />
        })}
      </main>
      <aside className="drawer" aria-label="Faults">
        <div className="drawer-h">
          <b className="grow">Faults and wire</b>
          <button type="button" className="tool" aria-label="Close" onClick={() => setFaultsOpen(false)}>
            <Icon name="x" />
          </button>
        </div>
        <Tabs tabs={tabsOf(shown, sandbox)} on={picked} pick={pick} />
        {chosen ? (
          <Drawer key={chosen.key} world={chosen.world} person={chosen.person} />
        ) : (
          <p className="note">The website speaks to Parley itself: no provider stands between, so none can fail.</p>
        )}
      </aside>
    </div>
  )
}

/** While one customer is followed, the phone she writes on is taken in hand. */
function useFollowing(sandbox: Sandbox, pick: (key: string) => void): void {
  const said = sandbox.story === 'following' ? newestOf(sandbox) : undefined
  const followed = useRef(said?.key)
  useEffect(() => {
    if (!said || said.key === followed.current) return
    followed.current = said.key
    // What was said before the journey began does not count.
    if (said.at > Date.now() - 10_000) pick(said.key)
  })
}

const newestOf = (sandbox: Sandbox) =>
  sandbox.worlds
    .flatMap(({ kind, bubbles }) => {
      const last = bubbles.findLast(({ from }) => from === 'customer')
      return last ? [{ key: `${kind}:${last.person}`, at: last.at }] : []
    })
    .toSorted((one, other) => other.at - one.at)[0]

/** The phones on the table by their owners. */
function tabsOf(shown: string[], sandbox: Sandbox) {
  const owners = phonesOf(sandbox).map(({ key, world, person }) => ({ key, kind: world.kind, name: person.name }))
  const all = [...owners, { key: shopKey, kind: 'site', name: 'Shop' }]
  return shown.flatMap(key => all.find(tab => tab.key === key) ?? [])
}

function Shop({ picked, pick }: { picked: boolean; pick(): void }) {
  return (
    <section
      className={picked ? 'slot pick' : 'slot'}
      aria-label="Shop, website"
      data-phone={shopKey}
      onPointerDownCapture={pick}
    >
      <div className="cap">
        <Mark kind="site" />
        <b>Shop</b>
        <span className="dim">Website</span>
        <i className="grow" />
        <a className="small" href="/sandbox/shop/" target="_blank" rel="noreferrer">
          Open in a tab
        </a>
      </div>
      <div className="ph shop">
        <StatusBar language="en" />
        <iframe title="Demo shop" src="/sandbox/shop/" />
      </div>
    </section>
  )
}
