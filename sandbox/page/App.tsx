import { useRef, useState, useSyncExternalStore } from 'react'
import { Drawer, Tabs } from './Drawer.tsx'
import { Icon, Mark } from './icons.tsx'
import { Phone, StatusBar } from './Phone.tsx'
import { current, phonesOf, type Sandbox, subscribe } from './state.ts'
import { Top } from './Top.tsx'

const shopKey = 'shop'

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
  const phones = phonesOf(sandbox)
  const [picked, setPicked] = useState(phones[0]?.key ?? shopKey)
  const [faultsOpen, setFaultsOpen] = useState(false)
  const stage = useRef<HTMLElement>(null)
  const chosen = phones.find(phone => phone.key === picked)
  const pick = (key: string) => {
    setPicked(key)
    const slot = stage.current?.querySelector(`[data-phone="${CSS.escape(key)}"]`)
    slot?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  const tabs = phones.map(({ key, world, person }) => ({ key, kind: world.kind, name: person.name }))
  if (sandbox.shop) tabs.push({ key: shopKey, kind: 'site', name: 'Shop' })
  return (
    <div className={faultsOpen ? 'desk faults' : 'desk'} data-picked={picked}>
      <Top sandbox={sandbox} people={phones.length} added={pick} faults={() => setFaultsOpen(!faultsOpen)} />
      <nav className="switcher">
        <Tabs tabs={tabs} on={picked} pick={pick} />
      </nav>
      <main className="stage" ref={stage}>
        {phones.map(({ world, person, key }) => (
          <Phone key={key} world={world} person={person} picked={key === picked} pick={() => setPicked(key)} />
        ))}
        {sandbox.shop && <Shop picked={picked === shopKey} pick={() => setPicked(shopKey)} />}
      </main>
      <aside className="drawer" aria-label="Faults">
        <div className="drawer-h">
          <b className="grow">Faults and wire</b>
          <button type="button" className="tool" aria-label="Close" onClick={() => setFaultsOpen(false)}>
            <Icon name="x" />
          </button>
        </div>
        <Tabs tabs={tabs} on={picked} pick={pick} />
        {chosen ? (
          <Drawer key={chosen.key} world={chosen.world} person={chosen.person} />
        ) : (
          <p className="note">The website speaks to Parley itself: no provider stands between, so none can fail.</p>
        )}
      </aside>
    </div>
  )
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
