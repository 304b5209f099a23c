import type { Conversation } from '../../src/api/shapes.ts'

/** Where answers go, as people would say it: a name on the network, a telephone number, else the address itself. */
export function placeOf({ contact, channelId, address }: Conversation): string {
  const here = contact.identities.filter(one => one.channelId === channelId)
  const name = here.find(one => one.username)?.username
  if (name) return `@${name.replace(/^@/, '')}`
  const number = here.find(one => /^\+?\d{10,15}$/.test(one.address))?.address
  return number ? `+${number.replace('+', '')}` : address
}
