import { useCallback, useRef, useSyncExternalStore } from 'react'
import type { Agent, Channel, Me } from '../../src/api/shapes.ts'
import type { Capabilities, Place } from '../../src/domain/capabilities.ts'
import type { MenuLimits } from '../../src/domain/menu.ts'
import type { Template } from '../inbox/template-text.ts'
import { empty, type State } from './apply.ts'
import { readDrafts } from './drafts.ts'
import type { Line } from './live.ts'
import type { Reach, View } from './views.ts'

/** A field of a kind's settings, from its JSON Schema. */
export interface SettingField {
  title?: string
  description?: string
  secret?: boolean
  default?: unknown
  enum?: string[]
  type?: string
  format?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  /** It is a menu under the chat, with these limits. */
  menu?: MenuLimits
}

/** A provider at which a kind can be connected by signing in. */
export interface SignInWay {
  id: string
  at: string
  needs: string[]
  /** What the application at the provider has to allow. */
  redirectUri: string
}

export interface ChannelKind {
  kind: string
  name: string
  settings: { properties?: Record<string, SettingField>; required?: string[] }
  capabilities: Capabilities
  places: (Omit<Place, 'can'> & { capabilities: Capabilities })[]
  setup: boolean
  createsTemplates: boolean
  uncalled: boolean
  signIns: SignInWay[]
}

export interface Counts {
  open: number
  mine: number
  unassigned: number
  unread: number
}

/** Everything the screens share. */
export interface World extends State {
  me: Me | null
  /** `asking` until the server said who we are. */
  session: 'asking' | 'in' | 'out' | 'unreachable'
  line: Line
  channels: Channel[] | null
  kinds: ChannelKind[]
  agents: Agent[]
  counts: Counts | null
  /** By channel; null when the list could not be had. */
  templates: Readonly<Record<string, readonly Template[] | null>>
  reaches: Partial<Record<View, Reach>>
  /** Said politely to screen readers. */
  spoken: string
  drafts: Readonly<Record<string, string>>
}

let world: World = {
  ...empty,
  me: null,
  session: 'asking',
  line: 'connecting',
  channels: null,
  kinds: [],
  agents: [],
  counts: null,
  templates: {},
  reaches: {},
  spoken: '',
  drafts: readDrafts(),
}
const listeners = new Set<() => void>()

export const now = (): World => world

export function change(next: (world: World) => World): void {
  const before = world
  world = next(world)
  if (world !== before) for (const listener of listeners) listener()
}

export const set = (part: Partial<World>): void => change(w => ({ ...w, ...part }))

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Reads a part of the world and draws again when it changes. Arrays that hold the same things count as the same. */
export function useWorld<T>(pick: (world: World) => T): T {
  const last = useRef<{ value: T } | null>(null)
  const read = useCallback(() => {
    const value = pick(world)
    if (last.current && alike(last.current.value, value)) return last.current.value
    last.current = { value }
    return value
  }, [pick])
  return useSyncExternalStore(subscribe, read)
}

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
}
