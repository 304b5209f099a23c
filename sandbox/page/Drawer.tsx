import { useState } from 'react'
import { Icon, type IconName, Mark } from './icons.tsx'
import { act, happen, order, type Person, type WorldView } from './state.ts'
import { Wire } from './Wire.tsx'

/** Orders what the picked phone's provider does wrong, and shows what passes over its wire. */
export function Drawer({ world, person }: { world: WorldView; person: Person }) {
  return (
    <>
      <FromProvider world={world} person={person} />
      <ToProvider world={world} person={person} />
      <Wire log={world.log} />
    </>
  )
}

function FromProvider({ world, person }: { world: WorldView; person: Person }) {
  const { kind, faults } = world
  return (
    <>
      <h2>What the provider does to us</h2>
      <Switch
        icon="copy"
        name="Deliver twice"
        text="every event comes again after 2 s"
        on={faults.duplicate > 0}
        turn={on => order(kind, { duplicate: on ? 1 : 0 })}
      />
      <Once
        icon="swap"
        name="Reorder"
        text={faults.reorder ? `${faults.reorder} more, then last first` : 'the next five come last first'}
        button="Next 5"
        on={faults.reorder > 0}
        run={() => order(kind, { reorder: 5 })}
      />
      <Switch
        icon="clock"
        name="Late"
        text="events wait 30 s at the provider"
        on={faults.lateMs > 0}
        turn={on => order(kind, { lateMs: on ? 30_000 : 0 })}
      />
      <Once
        icon="key"
        name="Wrong signature"
        text="signed with another key"
        button="Once"
        on={faults.forge !== 0}
        run={() => order(kind, { forge: 1 })}
      />
      <Once
        icon="ask"
        name="Unknown kind"
        text="one that nobody documented"
        button="Once"
        on={false}
        run={() => happen(kind, person.id, 'unknown')}
      />
    </>
  )
}

function ToProvider({ world, person }: { world: WorldView; person: Person }) {
  const { kind, faults } = world
  return (
    <>
      <h2>What our sending meets</h2>
      <Once
        icon="eye"
        name="Lost answer"
        text="accepted, reply never comes"
        button="Next"
        on={faults.loseAnswer !== 0}
        run={() => order(kind, { loseAnswer: 1 })}
      />
      <Once
        icon="gauge"
        name="429, slow down"
        text="Retry-After 20, then fine"
        button="For 20 s"
        on={faults.rateUntil > Date.now() || faults.rate !== 0}
        run={() => order(kind, { rateForSeconds: 20 })}
      />
      <Switch
        icon="server"
        name="503, down"
        text="until switched off"
        on={faults.down !== 0}
        turn={on => order(kind, { down: on ? -1 : 0 })}
      />
      <Switch
        icon="lock"
        name="Token expired"
        text="401 until reconnected"
        on={faults.token}
        turn={on => order(kind, { token: on })}
      />
      <Switch
        icon="stop"
        name="Customer blocked us"
        text="as this customer would do"
        on={person.blocked}
        turn={on => act(kind, person.id, { do: on ? 'block' : 'unblock' })}
      />
      <Once
        icon="mail"
        name="Window shut"
        text="24 hours pass at once"
        button="Skip 24 h"
        on={false}
        run={() => happen(kind, person.id, 'window')}
      />
    </>
  )
}

interface Row {
  icon: IconName
  name: string
  text: string
  on: boolean
}

function Switch({ icon, name, text, on, turn }: Row & { turn(on: boolean): Promise<string | undefined> }) {
  const [trouble, setTrouble] = useState<string>()
  return (
    <div className={on ? 'flt on' : 'flt'}>
      <Icon name={icon} />
      <div>
        <div>{name}</div>
        <p>{trouble ?? text}</p>
      </div>
      <button
        type="button"
        className="sw"
        role="switch"
        aria-checked={on}
        aria-label={name}
        onClick={() => void turn(!on).then(setTrouble)}
      />
    </div>
  )
}

function Once({ icon, name, text, on, button, run }: Row & { button: string; run(): Promise<string | undefined> }) {
  const [trouble, setTrouble] = useState<string>()
  return (
    <div className={on ? 'flt on' : 'flt'}>
      <Icon name={icon} />
      <div>
        <div>{name}</div>
        <p>{trouble ?? text}</p>
      </div>
      <button
        type="button"
        className="once"
        aria-label={`${name}: ${button}`}
        onClick={() => void run().then(setTrouble)}
      >
        {button}
      </button>
    </div>
  )
}

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
