import { cast, roleOf } from './cast.ts'
import type { Person } from './wire.ts'

export const shopName = 'Rowan & Rye'
export const ownerName = 'Aino Korhonen'

type Kind = keyof typeof cast

/** The customers of the demo, by the messenger they use. */
export const customers = Object.fromEntries(Object.entries(cast).map(([kind, { person }]) => [kind, person])) as {
  [K in Kind]: (typeof cast)[K]['person']
}

const strangers = [
  { name: 'Maria', language: 'en', code: '44' },
  { name: 'Oliver', language: 'en', code: '44' },
  { name: 'Ingrid', language: 'en', code: '47' },
  { name: 'Jonas', language: 'en', code: '49' },
  { name: 'Оксана', language: 'ru', code: '380' },
  { name: 'Тимур', language: 'ru', code: '7' },
  { name: 'Елена', language: 'ru', code: '372' },
  { name: 'Aino-Maija', language: 'fi', code: '358' },
  { name: 'Eero', language: 'fi', code: '358' },
  { name: 'Sanna', language: 'fi', code: '358' },
] as const

/** Somebody new with a phone: a name nobody here has yet, as long as there is one, and a number that is nobody's. */
export function stranger(kind: string, taken: Iterable<Person>, random: () => number): Person {
  const known = [...taken]
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const free = strangers.filter(s => !known.some(person => person.name === s.name))
  const who = pick(free.length ? free : strangers)
  const digits = String(Math.floor(random() * 1e7)).padStart(7, '0')
  const phone = `${who.code}55${digits}`
  const id = roleOf(kind).idOf?.(digits) ?? phone
  if (known.some(person => person.id === id)) return stranger(kind, known, random)
  return { id, name: who.name, phone, language: who.language, blocked: false }
}

/** The phones' owners as the first run finds them. */
export function firstPeople(kind: string, random: () => number): Person[] {
  const { person } = roleOf(kind)
  return [person ? { ...person, blocked: false } : stranger(kind, [], random)]
}
