import { useEffect, useState } from 'react'
import { phonesOf, type Sandbox } from './state.ts'

/** The website's page beside the phones. */
export const shopKey = 'shop'

/** The phones on the table, each in its place, and in which order they were last taken in hand (latest first). */
export interface Chosen {
  slots: string[]
  recent: string[]
}

/** Takes a phone in hand. Where the table is full, it takes the place of the one that was longest not touched. */
export function take({ slots, recent }: Chosen, key: string, room: number): Chosen {
  const latest = [key, ...recent.filter(other => other !== key)]
  if (slots.includes(key)) return { slots, recent: latest }
  const shown = fitting({ slots, recent }, room)
  if (shown.length < room) return { slots: [...shown, key], recent: latest }
  const oldest = latest.findLast(other => shown.includes(other))!
  return { slots: shown.map(other => (other === oldest ? key : other)), recent: latest.filter(k => k !== oldest) }
}

/** Lays a phone away; the last one stays. */
export function lay({ slots, recent }: Chosen, key: string): Chosen {
  if (slots.length < 2) return { slots, recent }
  return { slots: slots.filter(other => other !== key), recent: recent.filter(other => other !== key) }
}

/** As many as there is room for, each in its place: the latest stay. */
export function fitting({ slots, recent }: Chosen, room: number): string[] {
  const age = (key: string) => (recent.includes(key) ? recent.indexOf(key) : recent.length + slots.indexOf(key))
  const kept = slots.toSorted((one, other) => age(one) - age(other)).slice(0, room)
  return slots.filter(key => kept.includes(key))
}

/** `line` is the first phone with LINE; `line:U4af` that very phone; `shop` the website. */
export function named(names: string[], sandbox: Sandbox): string[] {
  const phones = phonesOf(sandbox)
  const keyOf = (name: string) =>
    name === shopKey && sandbox.shop
      ? shopKey
      : phones.find(({ key, world }) => key === name || world.kind === name)?.key
  return [...new Set(names.map(keyOf).filter(key => key !== undefined))]
}

function nameOf(key: string, sandbox: Sandbox): string {
  const kind = key.split(':')[0]!
  return named([kind], sandbox)[0] === key ? kind : key
}

const kept = 'parley.phones'
/** The one in hand among them. */
const keptHand = 'parley.phone'

/** From the address, else as this browser left it, else the first three. */
function atFirst(sandbox: Sandbox): Chosen {
  const asked = new URLSearchParams(location.search).get('phone') ?? localStorage.getItem(kept) ?? ''
  const slots = named(asked.split(','), sandbox)
  const first = phonesOf(sandbox)
    .slice(0, 3)
    .map(phone => phone.key)
  const all = slots.length ? slots : first.length ? first : [shopKey]
  const hand = asked === localStorage.getItem(kept) ? localStorage.getItem(keptHand) : null
  return { slots: all, recent: all.toSorted((one, other) => Number(other === hand) - Number(one === hand)) }
}

function remember({ slots, recent }: Chosen, sandbox: Sandbox): void {
  const names = slots.map(key => nameOf(key, sandbox)).join(',')
  localStorage.setItem(kept, names)
  if (recent[0]) localStorage.setItem(keptHand, recent[0])
  const url = new URL(location.href)
  url.searchParams.set('phone', names)
  // Commas may stand in an address as they are, and then a person can read it.
  history.replaceState(null, '', url.href.replaceAll('%2C', ',').replaceAll('%3A', ':'))
}

/** Which phones lie on the table. */
export function useChosen(sandbox: Sandbox) {
  const [chosen, setChosen] = useState(() => atFirst(sandbox))
  const room = useRoom()
  const change = (next: Chosen) => {
    setChosen(next)
    remember(next, sandbox)
  }
  const shown = fitting(chosen, room)
  return {
    shown,
    picked: chosen.recent.find(key => shown.includes(key)) ?? shown[0]!,
    pick: (key: string) => change(take(chosen, key, room)),
    lay: (key: string) => change(lay(chosen, key)),
  }
}

const phoneWidth = 332
const gap = 32

/** How many phones lie side by side. In the hand one is seen at a time and three are kept ready. */
function roomOn(width: number): number {
  if (width <= 640) return 3
  const stage = width - (width > 1100 ? 312 : 0)
  return Math.max(1, Math.min(4, Math.floor((stage - 2 * gap) / (phoneWidth + gap) + gap / (phoneWidth + gap))))
}

function useRoom(): number {
  const [room, setRoom] = useState(() => roomOn(innerWidth))
  useEffect(() => {
    const measure = () => setRoom(roomOn(innerWidth))
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  return room
}
