import type { Person } from './wire.ts'

export const shopName = 'Rowan & Rye'
export const ownerName = 'Aino Korhonen'

/** The customers of the demo, by the messenger they use. */
export const customers = {
  whatsapp: { id: '358405550101', name: 'Katja', phone: '358405550101', language: 'en' },
  telegram: { id: '710044202', name: 'Дмитрий', username: 'dm_orlov', phone: '79215550134', language: 'ru' },
  viber: { id: '358505550177', name: 'Päivi', phone: '358505550177', language: 'fi' },
} as const satisfies Record<string, Omit<Person, 'blocked'>>

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
  const id = kind === 'telegram' ? `71${digits}` : phone
  if (known.some(person => person.id === id)) return stranger(kind, known, random)
  return { id, name: who.name, phone, language: who.language, blocked: false }
}
