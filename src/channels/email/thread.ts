import { createHmac } from 'node:crypto'
import { same } from '../kit.ts'

/**
 * How an answer finds its conversation, whoever writes it: our Message-IDs and our reply addresses name the person they
 * were sent to and are signed, so that nobody can write himself into somebody else's conversation.
 */

export interface OwnId {
  key: string
  /** Whom we wrote to. */
  person: string
}

/** The same for every try of one piece. */
export function messageIdOf({ key, person }: OwnId, from: string, secret: string): string {
  const name = Buffer.from(person).toString('base64url')
  return `parley.${key}.${name}.${mac(`${key} ${person}`, secret)}@${domainOf(from)}`
}

const own = /^parley\.([^.@\s]{1,36})\.([\w-]*)\.([0-9a-f]{16})@[^\s@]+$/

/** Whether it looks like ours. Only `ownId` proves it. */
export function claimedId(id: string): OwnId | undefined {
  const [, key, name] = own.exec(id) ?? []
  return key && name !== undefined ? { key, person: Buffer.from(name, 'base64url').toString() } : undefined
}

export function ownId(id: string, secret: string): OwnId | undefined {
  const claimed = claimedId(id)
  const signed = own.exec(id)?.[3] ?? ''
  return claimed && same(signed, mac(`${claimed.key} ${claimed.person}`, secret)) ? claimed : undefined
}

/** `shop+r<person>-<mac>@…`, where it fits into the 64 characters a local part may have (RFC 5321, 4.5.3.1.1). */
export function replyAddressOf(from: string, person: string, secret: string): string | undefined {
  const [local, domain] = [from.slice(0, from.lastIndexOf('@')), domainOf(from)]
  const tagged = `${local}+r${base32(person)}-${mac(`reply ${person}`, secret).slice(0, 12)}`
  return tagged.length <= 64 ? `${tagged}@${domain}` : undefined
}

/** The person a reply address was made for. Case does not matter: some servers change it. */
export function personIn(address: string, secret: string): string | undefined {
  const [, name, signed] = /\+r([a-z2-7]+)-([0-9a-f]{12})@/.exec(address.toLowerCase()) ?? []
  const person = name && unbase32(name)
  return person && signed && same(signed, mac(`reply ${person}`, secret).slice(0, 12)) ? person : undefined
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** All ids between angle brackets, in their order; of programs that forget the brackets too. */
export const idsIn = (value: string): string[] =>
  value
    .slice(0, 20_000)
    .split(/[\s<>,]+/)
    .filter(id => id.length > 2)

const mac = (text: string, secret: string): string =>
  createHmac('sha256', secret).update(text).digest('hex').slice(0, 16)

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

function base32(text: string): string {
  let bits = ''
  for (const byte of Buffer.from(text)) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map(five => letters[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

function unbase32(text: string): string {
  const bits = [...text].map(letter => letters.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2))).toString()
}
