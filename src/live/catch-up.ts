import type { Change } from '../api/shapes.ts'
import { type Database, transaction } from '../db/connect.ts'
import { conversationsById, happeningsById, messagesById, notesById } from '../inbox/store.ts'
import { merged, type Refs } from './refs.ts'

/** More missed frames than this, or things that changed in them, and loading again is quicker than catching up. */
const frameLimit = 2000
const thingLimit = 20_000

/** All that changed after `after`, each thing once and as it is now. `reset` when too much was missed. */
export async function catchUp(
  db: Database,
  workspaceId: string,
  after: number,
): Promise<{ seq: number; changes: Change[]; reset: boolean }> {
  return transaction(db, async tx => {
    await tx.query('set transaction isolation level repeatable read read only')
    const { rows } = await tx.query<{ seq: string; oldest: string | null }>(
      'select h.seq, (select min(seq) from changes where workspace_id = $1) as oldest from live_heads h where workspace_id = $1',
      [workspaceId],
    )
    const head = Number(rows[0]?.seq ?? 0)
    const oldest = Number(rows[0]?.oldest ?? head + 1)
    if (after > head || head - after > frameLimit || (after < head && after + 1 < oldest))
      return { seq: head, changes: [], reset: true }
    const frames = await tx.query<{ refs: Refs }>(
      'select refs from changes where workspace_id = $1 and seq > $2 and seq <= $3 order by seq',
      [workspaceId, after, head],
    )
    const refs = merged(frames.rows.map(r => r.refs))
    const things = Object.values(refs).reduce((n, ids) => n + ids.length, 0)
    if (things > thingLimit) return { seq: head, changes: [], reset: true }
    return { seq: head, changes: await read(tx, workspaceId, refs), reset: false }
  })
}

async function read(tx: Parameters<typeof messagesById>[0], workspaceId: string, refs: Refs): Promise<Change[]> {
  const [messages, conversations] = [
    await messagesById(tx, workspaceId, refs.message ?? []),
    await conversationsById(tx, workspaceId, refs.conversation ?? []),
  ]
  const [notes, happenings] = [
    await notesById(tx, workspaceId, refs.note ?? []),
    await happeningsById(tx, workspaceId, refs.happening ?? []),
  ]
  return [
    ...messages.map(message => ({ type: 'message' as const, message })),
    ...notes.map(note => ({ type: 'note' as const, note })),
    ...happenings.map(happening => ({ type: 'happening' as const, happening })),
    ...conversations.map(conversation => ({ type: 'conversation' as const, conversation })),
    ...(refs.channel ?? []).map(channelId => ({ type: 'channel' as const, channelId })),
  ]
}

/** Nobody stays away for three days and then goes on where they were. */
export async function forgetOldChanges(db: Database): Promise<void> {
  await db.query(`delete from changes where at < now() - interval '3 days'`)
}
