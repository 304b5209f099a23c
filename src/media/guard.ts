import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import ipaddr from 'ipaddr.js'
import { Agent } from 'undici'

/** Outgoing requests: they reach the open internet, and inside addresses only where an administrator named them. */
export interface Guard {
  /** Like `fetch`; `inside` lists origins that may be inside the network, `ca` further authorities (PEM). Rejects with code ERR_INSIDE otherwise. */
  fetch(url: string, init: RequestInit & { inside: readonly string[]; ca?: string }): Promise<Response>
  close(): Promise<void>
}

export class InsideAddress extends Error {
  code = 'ERR_INSIDE'
}

/** Is this address one that outsiders must not make us call? Everything but plain unicast is. */
export function isInside(address: string): boolean {
  if (!ipaddr.isValid(address)) return true
  const parsed = ipaddr.process(address)
  return parsed.range() !== 'unicast'
}

type Lookup = NonNullable<NonNullable<ConstructorParameters<typeof Agent>[0]>['connect']>

export function createGuard(): Guard {
  const pools = { connections: 64, pipelining: 1, keepAliveTimeout: 10_000, connectTimeout: 10_000 }
  const open = new Agent({ ...pools, connect: { timeout: 10_000 } as Lookup })
  // The address is checked where it is used, at connect: a name that answers differently the second time gains nothing.
  const closed = new Agent({ ...pools, connect: { timeout: 10_000, lookup: lookupOutside } as Lookup })
  const further = new Map<string, Agent>()
  /** A pool for each certificate authority and reach; there are few. */
  const trusting = (ca: string, trusted: boolean): Agent => {
    const key = `${trusted} ${ca}`
    const connect = { timeout: 10_000, ca: [...rootCertificates, ca], ...(!trusted && { lookup: lookupOutside }) }
    const agent = further.get(key) ?? new Agent({ ...pools, connect: connect as Lookup })
    further.set(key, agent)
    return agent
  }
  return {
    async fetch(url, { inside, ca, ...init }) {
      const target = new URL(url)
      if (target.protocol !== 'http:' && target.protocol !== 'https:')
        throw new InsideAddress(`Addresses like ${target.protocol} are not called.`)
      const trusted = inside.includes(target.origin)
      const host = target.hostname.replace(/^\[|\]$/g, '')
      if (!trusted && isIP(host) && isInside(host))
        throw new InsideAddress(`${host} is an address inside the network and is not called.`)
      const dispatcher = ca ? trusting(ca, trusted) : trusted ? open : closed
      return fetch(target, { ...init, dispatcher } as RequestInit)
    },
    close: async () => {
      await Promise.all([open, closed, ...further.values()].map(agent => agent.close()))
    },
  }
}

type Found = (error: Error | null, address: unknown, family?: number) => void

function lookupOutside(hostname: string, options: object, found: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, [])
    const bad = addresses.find(a => isInside(a.address))
    if (bad)
      return found(
        new InsideAddress(`${hostname} leads to ${bad.address}, an address inside the network, and is not called.`),
        [],
      )
    if ((options as { all?: boolean }).all) return found(null, addresses)
    found(null, addresses[0]!.address, addresses[0]!.family)
  })
}
