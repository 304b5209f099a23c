import addressparser from 'nodemailer/lib/addressparser'
import { headerText } from './charset.ts'
import type { Entity } from './mime.ts'

export interface Person {
  /** With the domain in lower case; before the `@` case may matter (RFC 5321, 2.4). */
  address: string
  name: string
}

/** The people in a header. Names are read after the commas between them: a name may hold one. */
export function peopleIn(of: Pick<Entity, 'headers'>, name: string): Person[] {
  return of.headers
    .filter(([known]) => known === name)
    .flatMap(([, raw]) => addressparser(raw.slice(0, 20_000), { flatten: true }))
    .map(({ address, name: said }) => ({ address: withLowerDomain(headerText(address)), name: headerText(said) }))
    .filter(person => isAddress(person.address))
}

export const named = ({ name }: Person): { name: string } => ({ name })

/** As people write them: `Anna <anna@example.org>`. */
export const shown = ({ address, name }: Person): string =>
  name && name !== address ? `${name} <${address}>` : address

const isAddress = (value: string): boolean => value.length <= 254 && /^[^\s@<>"',;]+@[^\s@<>"',;]+$/.test(value)

const withLowerDomain = (address: string): string => {
  const at = address.lastIndexOf('@')
  return address.slice(0, at) + address.slice(at).toLowerCase()
}
