import type { InboundEvent } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import type { Parley } from '../parley.ts'
import type { Heard } from './arrivals.ts'

/**
 * Some networks call one address for several accounts (numbers of one business, pages of one app): each event goes to the
 * channel of the account it names. What names an account nobody connected stays where it came in: it is not lost.
 */
export async function attribute(on: Parley, channel: Connected, events: readonly InboundEvent[]): Promise<Heard[]> {
  const own = channel.adapter.account?.(channel.settings)
  const others = new Set(events.map(e => e.account).filter(account => account !== undefined && account !== own))
  if (own === undefined || !others.size) return events.map(event => ({ channel, event }))
  const owners = new Map<string | undefined, Connected | undefined>()
  for (const account of others) owners.set(account, await on.channels.ofAccount(channel, account!))
  return events.map(event => ({ channel: owners.get(event.account) ?? channel, event }))
}
