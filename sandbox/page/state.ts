import type { Faults } from '../faults.ts'
import type { Act, Bubble, Person, PhoneMenu } from '../wire.ts'
import type { LogLine } from '../world.ts'

export type { Bubble, Faults, LogLine, Person }

/** The account's own menu, with the address of its picture. */
export type Menu = Omit<PhoneMenu, 'picture'> & { picture?: { url: string; width: number; height: number } }

/** One simulated account as this page sees it. */
export interface WorldView {
  kind: string
  messenger: string
  /** Where the picker puts it, and where its first customer lives. */
  group: string
  city: string
  account: string
  connected: boolean
  /** Faults it cannot have, and how its answers say the others. */
  without: (keyof Faults | 'window')[]
  says: Record<'rate' | 'down' | 'token', string>
  people: Person[]
  bubbles: Bubble[]
  log: LogLine[]
  menu: Menu | null
  faults: Faults
  /** Faults in force now. */
  ordered: number
  /** By person: until when the business is seen typing there, ms. */
  typing?: Record<string, number>
}

export interface Sandbox {
  worlds: WorldView[]
  story: 'none' | 'ready' | 'playing' | 'following'
  /** Is there a demo shop at /sandbox/shop? */
  shop: boolean
}

/** Every phone with its account; `key` is unique on the page. */
export const phonesOf = ({ worlds }: Sandbox) =>
  worlds.flatMap(world => world.people.map(person => ({ world, person, key: `${world.kind}:${person.id}` })))

/** One live event: the new state of one thing. */
export interface Told {
  kind?: string
  bubble?: Bubble
  person?: Person
  line?: LogLine
  menu?: Menu | null
  faults?: Faults
  ordered?: number
  story?: Sandbox['story']
  /** On whose phone the business is seen typing. */
  typing?: string
}

/** Applying an event twice changes nothing: it carries the whole new state of its thing. */
export function apply(sandbox: Sandbox, told: Told): Sandbox {
  const story = told.story ?? sandbox.story
  const worlds = sandbox.worlds.map(world => (world.kind === told.kind ? changed(world, told) : world))
  return { ...sandbox, worlds, story }
}

function changed(world: WorldView, { bubble, person, line, menu, faults, ordered, typing }: Told): WorldView {
  const latest = world.log.at(-1)
  const isNew = line && !(latest && latest.at === line.at && latest.what === line.what && latest.way === line.way)
  return {
    ...world,
    bubbles: bubble ? put(world.bubbles, bubble) : world.bubbles,
    people: person ? put(world.people, person) : world.people,
    log: isNew ? [...world.log, line].slice(-60) : world.log,
    menu: menu === undefined ? world.menu : menu,
    faults: faults ?? world.faults,
    ordered: ordered ?? world.ordered,
    ...(typing && { typing: { ...world.typing, [typing]: Date.now() + 6000 } }),
    ...(bubble?.from === 'business' && { typing: { ...world.typing, [bubble.person]: 0 } }),
  }
}

function put<T extends { id: string }>(list: T[], thing: T): T[] {
  const at = list.findLastIndex(other => other.id === thing.id)
  return at < 0 ? [...list, thing] : list.with(at, thing)
}

let sandbox: Sandbox | undefined
const listeners = new Set<() => void>()

function set(next: Sandbox): void {
  sandbox = next
  for (const listener of listeners) listener()
}

export const current = (): Sandbox | undefined => sandbox

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Follows the sandbox for as long as the page is open. After a lost connection everything is read again. */
export function follow(): void {
  const source = new EventSource('/sandbox/api/live')
  let early: Told[] | undefined
  source.onopen = async () => {
    early = []
    const state = (await (await fetch('/sandbox/api/state')).json()) as Sandbox
    set(early.reduce(apply, state))
    early = undefined
  }
  source.onmessage = ({ data }) => {
    const told = JSON.parse(data) as Told
    if (early) early.push(told)
    else if (sandbox) set(apply(sandbox, told))
  }
}

/** Resolves with what went wrong, in words, or with nothing. */
async function call(method: string, path: string, body?: object): Promise<string | undefined> {
  try {
    const answer = await fetch(`/sandbox/api${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (answer.ok) return undefined
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string }
    return problem.detail ?? `The sandbox answered ${answer.status}.`
  } catch {
    return 'The sandbox does not answer. Is it running?'
  }
}

type MediaAct = Extract<Act, { do: 'media' }>
/** An act as the API takes it: files in base64. */
export type Deed = Exclude<Act, { do: 'media' }> | (Omit<MediaAct, 'bytes'> & { base64: string })

export const act = (kind: string, person: string, deed: Deed) => call('POST', '/act', { kind, person, act: deed })
export const order = (kind: string, faults: Partial<Faults> & { rateForSeconds?: number }) =>
  call('PATCH', '/faults', { kind, ...faults })
export const happen = (kind: string, person: string, what: 'unknown' | 'window') =>
  call('POST', '/happen', { kind, person, what })
export const addPerson = (kind: string) => call('POST', '/people', { kind })
export const replay = () => call('POST', '/story')
/** One customer's way through all messengers. */
export const followOne = () => call('POST', '/story', { which: 'journey' })
