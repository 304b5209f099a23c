import type { Io, Link } from '../channels/contract.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

interface Open {
  /** With which settings they were made. */
  revision: number
  links: Map<string, Promise<Link>>
}
const inProcess = new WeakMap<Parley['channels'], Map<string, Open>>()

/** Connections that this process keeps open for a channel; other settings close them. */
export function linksOf(on: Parley, channel: Connected): Pick<Io<unknown>, 'open' | 'drop'> {
  const all = inProcess.get(on.channels) ?? new Map<string, Open>()
  inProcess.set(on.channels, all)
  return {
    open<T extends Link>(name: string, make: () => Promise<T>): Promise<T> {
      const { links } = current(all, channel)
      const known = links.get(name)
      if (known) return known as Promise<T>
      const made = make()
      links.set(name, made)
      made.catch(() => links.get(name) === made && links.delete(name))
      return made
    },
    async drop(name) {
      const links = all.get(channel.id)?.links
      const link = links?.get(name)
      links?.delete(name)
      await close(link)
    },
  }
}

function current(all: Map<string, Open>, channel: Connected): Open {
  const { revision } = channel
  const open = all.get(channel.id)
  if (open?.revision === revision) return open
  for (const link of open?.links.values() ?? []) void close(link)
  const fresh = { revision, links: new Map() }
  all.set(channel.id, fresh)
  return fresh
}

/** A link that was never made, or does not close, is nobody's trouble any more. */
const close = async (link: Promise<Link> | undefined): Promise<void> => {
  await link?.then(l => l.close()).catch(() => {})
}

export async function closeLinks(on: Parley): Promise<void> {
  const all = inProcess.get(on.channels)
  inProcess.delete(on.channels)
  await Promise.all([...(all?.values() ?? [])].flatMap(open => [...open.links.values()].map(close)))
}
