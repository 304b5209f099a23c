import { useEffect, useRef, useState } from 'react'
import { shopKey } from './choosing.ts'
import { Tabs } from './Drawer.tsx'
import { Icon, Mark } from './icons.tsx'
import { followOne, phonesOf, type Sandbox } from './state.ts'

export interface Offer {
  key: string
  kind: string
  /** The messenger, or the person where it is not the first one with it. */
  title: string
  under: string
  group: string
  /** A further phone with a messenger that has one already. */
  further: boolean
  /** The newest thing the business said there. */
  last: string | undefined
}

/** Every phone that can be laid on the table, in the order of the stage. */
export function offersOf(sandbox: Sandbox): Offer[] {
  const offers = phonesOf(sandbox).map(({ key, world, person }): Offer => {
    const first = world.people[0]?.id === person.id
    return {
      key,
      kind: world.kind,
      title: first ? world.messenger : person.name,
      under: [first ? person.name : world.messenger, first && world.city].filter(Boolean).join(', '),
      group: world.group,
      further: !first,
      last: world.bubbles.findLast(bubble => bubble.person === person.id && bubble.from === 'business')?.id,
    }
  })
  const page = { key: shopKey, kind: 'site', title: 'Website', under: 'Shop' }
  const shop: Offer = { ...page, group: 'Worldwide', further: false, last: undefined }
  const after = offers.findLastIndex(offer => offer.group === shop.group) + 1
  return sandbox.shop ? offers.toSpliced(after, 0, shop) : offers
}

interface Props {
  sandbox: Sandbox
  shown: string[]
  picked: string
  pick(key: string): void
  lay(key: string): void
}

/** All phones by region, those on the table marked. On a narrow screen a sheet behind a button, and the last three beside it. */
export function Picker({ sandbox, shown, picked, pick, lay }: Props) {
  const [open, setOpen] = useState(false)
  const [query, setQuery] = useState('')
  const [all, setAll] = useState(false)
  const offers = offersOf(sandbox)
  const news = useNews(offers, shown)
  const found = offers.filter(offer => matches(offer, query))
  const near = found.filter(
    ({ key, further }) => all || open || query || !further || shown.includes(key) || news.has(key),
  )
  const choose = (offer: Offer) => {
    setQuery('')
    if (shown.includes(offer.key) && !open) return lay(offer.key)
    setOpen(false)
    pick(offer.key)
  }
  const tabs = offers
    .filter(({ key }) => shown.includes(key))
    .map(({ key, kind, title }) => ({ key, kind, name: title }))
  return (
    <nav className={open ? 'picker open' : 'picker'} aria-label="Phones">
      <div className="now">
        <button type="button" className="btn" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'x' : 'grid'} />
          <span>{offers.length} phones</span>
          {news.size > 0 && <i className="news" />}
        </button>
        {!open && <Tabs tabs={tabs} on={picked} pick={pick} />}
      </div>
      <div className="choice">
        <Find query={query} setQuery={setQuery} enter={() => found[0] && choose(found[0])} />
        <Groups offers={near} shown={shown} news={news} choose={choose} />
        {near.length < found.length && (
          <button type="button" className="follow" onClick={() => setAll(true)}>
            {found.length - near.length} more
          </button>
        )}
        {sandbox.story !== 'none' && <Follow story={sandbox.story} begin={() => setOpen(false)} />}
      </div>
    </nav>
  )
}

/** Begins one customer's way through all messengers; the page goes with her. */
function Follow({ story, begin }: { story: Sandbox['story']; begin(): void }) {
  const start = () => {
    begin()
    void followOne()
  }
  return (
    <button type="button" className="follow" disabled={story !== 'ready'} onClick={start}>
      <Icon name="people" small />
      {story === 'following' ? 'Following Katja…' : 'Follow one customer through all'}
    </button>
  )
}

function Find({ query, setQuery, enter }: { query: string; setQuery(query: string): void; enter(): void }) {
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') enter()
    if (event.key === 'Escape') setQuery('')
  }
  return (
    <label className="find">
      <Icon name="find" small />
      <input
        type="search"
        placeholder="Find a phone"
        aria-label="Find a phone"
        value={query}
        onChange={event => setQuery(event.target.value)}
        onKeyDown={keys}
      />
    </label>
  )
}

function Groups(props: { offers: Offer[]; shown: string[]; news: Set<string>; choose(offer: Offer): void }) {
  const { offers, shown, news, choose } = props
  const groups = [...new Set(offers.map(offer => offer.group))]
  if (!groups.length) return <p className="dim none">No phone like that. Messengers, names and cities are searched.</p>
  return groups.map(group => (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form
    <div key={group} className="group" role="group" aria-label={group}>
      <span className="dim small">{group}</span>
      {offers
        .filter(offer => offer.group === group)
        .map(offer => (
          <Chip
            key={offer.key}
            offer={offer}
            on={shown.includes(offer.key)}
            news={news.has(offer.key)}
            choose={choose}
          />
        ))}
    </div>
  ))
}

function Chip(props: { offer: Offer; on: boolean; news: boolean; choose(offer: Offer): void }) {
  const { offer, on, news, choose } = props
  const title = `${offer.title}: ${offer.under}${news ? ', something new' : ''}`
  return (
    <button
      type="button"
      className={on ? 'chip on' : 'chip'}
      aria-pressed={on}
      aria-label={title}
      title={title}
      onClick={() => choose(offer)}
    >
      <Mark kind={offer.kind} />
      <span className="cut">{offer.title}</span>
      <small className="cut">{offer.under}</small>
      {news && <i className="news" />}
    </button>
  )
}

const matches = ({ title, under, group, kind }: Offer, query: string): boolean =>
  `${title} ${under} ${group} ${kind}`.toLowerCase().includes(query.trim().toLowerCase())

/** Phones that lie apart and heard something since they were last seen, or since the page was opened. */
function useNews(offers: Offer[], shown: string[]): Set<string> {
  const [seen, setSeen] = useState(() => new Map(offers.map(({ key, last }) => [key, last])))
  const known = useRef(seen)
  useEffect(() => {
    const stale = offers.filter(({ key, last }) => shown.includes(key) && known.current.get(key) !== last)
    if (!stale.length) return
    known.current = new Map([...known.current, ...stale.map(({ key, last }) => [key, last] as const)])
    setSeen(known.current)
  })
  return new Set(
    offers.filter(({ key, last }) => !shown.includes(key) && last && seen.get(key) !== last).map(o => o.key),
  )
}
