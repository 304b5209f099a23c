import type { Conversation } from '../../src/api/shapes.ts'
import { grouped } from '../telephone.ts'

/**
 * An address as people would say it. A telephone number has at least 11 digits here: shorter ones cannot be told from
 * the ids that some networks give their users.
 */
export const spoken = (address: string): string =>
  /^\+?\d{11,15}$/.test(address) ? grouped(`+${address.replace('+', '')}`) : address

/** Where answers go: a name on the network, a telephone number, a mail address. The ids of machines tell nobody anything. */
export function placeOf({ contact, channelId, address }: Conversation): string {
  const here = contact.identities.filter(one => one.channelId === channelId)
  const name = here.find(one => one.username)?.username
  if (name) return `@${name.replace(/^@/, '')}`
  return (
    here.map(one => spoken(one.address)).find(words => words.startsWith('+')) ?? (address.includes('@') ? address : '')
  )
}
