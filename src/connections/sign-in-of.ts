import type { Adapter, SignIn } from '../channels/contract.ts'
import type { Parley } from '../parley.ts'

/** The settings that are texts, which is all that a sign-in has to do with. */
export const textsOf = (settings: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(settings as object).filter(([, value]) => typeof value === 'string' && value))

/** By which sign-in a channel can be connected again at one press: where its application is known. */
export function signInOf(adapter: Adapter, settings: unknown): { id: string; at: string } | null {
  const given = textsOf(settings)
  const way = adapter.signIns?.find(({ needs, fits }) => needs.every(name => given[name]) && (fits?.(given) ?? true))
  return way ? { id: way.id, at: way.at } : null
}

/** What one wants to connect, in a few words. */
interface Wish {
  kind: string
  way?: string | undefined
  channelId?: string | undefined
  like?: string | undefined
}

/** What Parley knows already: all of a channel that is connected anew, or the application of one like it. */
export async function knownTo(on: Parley, { workspaceId }: { workspaceId: string }, { kind, channelId, like }: Wish) {
  const id = channelId ?? like
  if (!id) return { with: {}, brings: {} }
  const channel = await on.channels.byId(id)
  if (channel?.workspaceId !== workspaceId || channel.kind !== kind) return undefined
  const texts = textsOf(channel.settings)
  return channelId ? { with: texts, brings: {} } : { with: texts, brings: texts }
}

export const pick = (from: Record<string, string>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))

export function wayOf(on: Parley, { kind, way }: Wish, given: Record<string, string>): SignIn | undefined {
  const ways = on.channels.adapter(kind)?.signIns ?? []
  return way ? ways.find(one => one.id === way) : (ways.find(one => one.fits?.(given)) ?? ways[0])
}
