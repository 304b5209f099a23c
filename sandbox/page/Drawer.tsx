import { useState } from 'react'
import { Icon, type IconName, Mark } from './icons.tsx'
import { act, happen, order, type Person, type WorldView } from './state.ts'
import { Wire } from './Wire.tsx'

/** Orders what the picked phone's provider does wrong, and shows what passes over its wire. */
export function Drawer({ world, person }: { world: WorldView; person: Person }) {
  return (
    <>
      <h2>What the provider does to us</h2>
      {offered(fromProvider, world).map(fault => (
        <FaultRow key={fault.of} fault={fault} now={{ world, person }} />
      ))}
      <h2>What our sending meets</h2>
      {offered(toProvider, world).map(fault => (
        <FaultRow key={fault.of} fault={fault} now={{ world, person }} />
      ))}
      <Wire log={world.log} />
    </>
  )
}

const offered = (faults: Fault[], { without }: WorldView): Fault[] =>
  faults.filter(({ of }) => !without.some(name => name === of))

interface Now {
  world: WorldView
  person: Person
}

/** One fault as the drawer offers it: with `button` it is ordered once, without it is a switch. */
interface Fault {
  of: string
  icon: IconName
  name: string | ((now: Now) => string)
  text(now: Now): string
  on(now: Now): boolean
  button?: string
  turn(now: Now, on: boolean): Promise<string | undefined>
}

const fromProvider: Fault[] = [
  {
    of: 'duplicate',
    icon: 'copy',
    name: 'Deliver twice',
    text: () => 'every event comes again after 2 s',
    on: ({ world }) => world.faults.duplicate > 0,
    turn: ({ world }, on) => order(world.kind, { duplicate: on ? 1 : 0 }),
  },
  {
    of: 'reorder',
    icon: 'swap',
    name: 'Reorder',
    text: ({ world: { faults } }) =>
      faults.reorder ? `${faults.reorder} more, then last first` : 'the next five come last first',
    on: ({ world }) => world.faults.reorder > 0,
    button: 'Next 5',
    turn: ({ world }) => order(world.kind, { reorder: 5 }),
  },
  {
    of: 'lateMs',
    icon: 'clock',
    name: 'Late',
    text: () => 'events wait 30 s at the provider',
    on: ({ world }) => world.faults.lateMs > 0,
    turn: ({ world }, on) => order(world.kind, { lateMs: on ? 30_000 : 0 }),
  },
  {
    of: 'forge',
    icon: 'key',
    name: 'Wrong signature',
    text: () => 'signed with another key',
    on: ({ world }) => world.faults.forge !== 0,
    button: 'Once',
    turn: ({ world }) => order(world.kind, { forge: 1 }),
  },
  {
    of: 'unknown',
    icon: 'ask',
    name: 'Unknown kind',
    text: () => 'one that nobody documented',
    on: () => false,
    button: 'Once',
    turn: ({ world, person }) => happen(world.kind, person.id, 'unknown'),
  },
]

const toProvider: Fault[] = [
  {
    of: 'loseAnswer',
    icon: 'eye',
    name: 'Lost answer',
    text: () => 'accepted, reply never comes',
    on: ({ world }) => world.faults.loseAnswer !== 0,
    button: 'Next',
    turn: ({ world }) => order(world.kind, { loseAnswer: 1 }),
  },
  {
    of: 'rate',
    icon: 'gauge',
    name: ({ world }) => `${world.says.rate}, slow down`,
    text: () => 'asks for a pause, then fine',
    on: ({ world: { faults } }) => faults.rateUntil > Date.now() || faults.rate !== 0,
    button: 'For 20 s',
    turn: ({ world }) => order(world.kind, { rateForSeconds: 20 }),
  },
  {
    of: 'down',
    icon: 'server',
    name: ({ world }) => `${world.says.down}, down`,
    text: () => 'until switched off',
    on: ({ world }) => world.faults.down !== 0,
    turn: ({ world }, on) => order(world.kind, { down: on ? -1 : 0 }),
  },
  {
    of: 'token',
    icon: 'lock',
    name: ({ world }) => (world.says.token === '401' ? 'Token expired' : 'Password refused'),
    text: ({ world }) => `${world.says.token} until reconnected`,
    on: ({ world }) => world.faults.token,
    turn: ({ world }, on) => order(world.kind, { token: on }),
  },
  {
    of: 'blocked',
    icon: 'stop',
    name: 'Customer blocked us',
    text: () => 'as this customer would do',
    on: ({ person }) => person.blocked,
    turn: ({ world, person }, on) => act(world.kind, person.id, { do: on ? 'block' : 'unblock' }),
  },
  {
    of: 'window',
    icon: 'mail',
    name: 'Window shut',
    text: () => '24 hours pass at once',
    on: () => false,
    button: 'Skip 24 h',
    turn: ({ world, person }) => happen(world.kind, person.id, 'window'),
  },
]

/** The row tells in place of its text why an order could not be given. */
function FaultRow({ fault, now }: { fault: Fault; now: Now }) {
  const [trouble, setTrouble] = useState<string>()
  const on = fault.on(now)
  const name = typeof fault.name === 'string' ? fault.name : fault.name(now)
  const turn = () => void fault.turn(now, !on).then(setTrouble)
  return (
    <div className={on ? 'flt on' : 'flt'}>
      <Icon name={fault.icon} />
      <div>
        <div>{name}</div>
        <p>{trouble ?? fault.text(now)}</p>
      </div>
      {fault.button ? (
        <button type="button" className="once" aria-label={`${name}: ${fault.button}`} onClick={turn}>
          {fault.button}
        </button>
      ) : (
        <button type="button" className="sw" role="switch" aria-checked={on} aria-label={name} onClick={turn} />
      )}
    </div>
  )
}

/** A chosen tab comes wholly into sight in its row. */
const show = (tab: HTMLElement | null) => void tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

/** Whose faults these are. */
export function Tabs(props: {
  tabs: { key: string; kind: string; name: string }[]
  on: string
  pick(key: string): void
}) {
  return (
    <div className="seg" role="tablist" aria-label="Phones">
      {props.tabs.map(tab => (
        <button
          type="button"
          role="tab"
          key={tab.key}
          ref={tab.key === props.on ? show : undefined}
          aria-selected={tab.key === props.on}
          className={tab.key === props.on ? 'on' : ''}
          onClick={() => props.pick(tab.key)}
        >
          <Mark kind={tab.kind} />
          <span className="cut">{tab.name}</span>
        </button>
      ))}
    </div>
  )
}
