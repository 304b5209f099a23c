import type { Io, Link } from '../../src/channels/contract.ts'

/** What an `Io` keeps for an adapter, in memory. Renewed settings are written into `settings`. */
export function keeping<S>(settings: S): Pick<Io<S>, 'webhookUrl' | 'token' | 'forgetToken' | 'open' | 'drop'> {
  const tokens = new Map<string, { value: string; expiresAt: Date }>()
  const links = new Map<string, Promise<Link>>()
  return {
    webhookUrl: 'https://parley.example/hooks/1',
    async token(name, renew, marginMs = 60_000) {
      const known = tokens.get(name)
      if (known && known.expiresAt.getTime() > Date.now() + marginMs) return known.value
      const { value, expiresAt, settings: renewed } = await renew({ settings, ...(known && { ends: known.expiresAt }) })
      tokens.set(name, { value, expiresAt })
      Object.assign(settings as object, renewed)
      return value
    },
    forgetToken: async name => void tokens.delete(name),
    open<T extends Link>(name: string, make: () => Promise<T>): Promise<T> {
      const link = links.get(name) ?? make()
      links.set(name, link)
      link.catch(() => links.delete(name))
      return link as Promise<T>
    },
    async drop(name) {
      const link = links.get(name)
      links.delete(name)
      await (await link)?.close()
    },
  }
}
