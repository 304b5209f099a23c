import type { Template } from '../channels/contract.ts'
import { ioFor } from '../inbox/io.ts'
import type { Parley } from '../parley.ts'

/** Reviews take minutes at the provider; asking for each keystroke of a composer would meet its rate limits. */
const believedMs = 60_000
type Known = Map<string, { templates: Promise<Template[]>; until: number }>
const knownTo = new WeakMap<object, Known>()

/** The texts approved by the network, as it lists them now. Undefined when the channel is not of this workspace. */
export async function listTemplates(
  on: Parley,
  workspaceId: string,
  id: string,
): Promise<Template[] | 'no-templates' | undefined> {
  const channel = await on.channels.byId(id)
  if (!channel || channel.workspaceId !== workspaceId) return undefined
  if (!channel.adapter.templates) return 'no-templates'
  const known: Known = knownTo.get(on.db) ?? new Map()
  knownTo.set(on.db, known)
  const entry = known.get(id)
  if (entry && entry.until > performance.now()) return entry.templates
  const templates = channel.adapter.templates(ioFor(on, channel, AbortSignal.timeout(30_000)))
  known.set(id, { templates, until: performance.now() + believedMs })
  templates.catch(() => known.delete(id))
  return templates
}
