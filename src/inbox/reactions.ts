import type { Queryable } from '../db/connect.ts'
import { storable } from './storable.ts'

/** `who` tells one person's reaction from another's; it is not shown. */
export interface StoredReaction {
  emoji: string
  by: 'contact' | 'agent'
  name: string
  who: string
}

interface Reacted {
  workspaceId: string
  messageId: string
  before: { reactions: StoredReaction[] | null }
}

/** One person has one reaction to a message: a new one replaces it, an empty one takes it away. */
export async function react(
  tx: Queryable,
  { workspaceId, messageId, before }: Reacted,
  reaction: StoredReaction,
): Promise<void> {
  const others = (before.reactions ?? []).filter(r => r.who !== reaction.who || r.by !== reaction.by)
  before.reactions = reaction.emoji ? [...others, reaction] : others
  await tx.query('update messages set reactions = $3::jsonb where workspace_id = $1 and id = $2', [
    workspaceId,
    messageId,
    storable(before.reactions),
  ])
}
