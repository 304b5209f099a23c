import type { Queryable } from '../db/connect.ts'
import type { Failure, Status } from '../domain/message.ts'
import { advance, withIds } from '../domain/status.ts'
import { storable } from './storable.ts'

/** Pieces that their network gave several ids: the parts of a long SMS, an album. */

interface Sent {
  workspaceId: string
  channelId: string
  messageId: string
  n: number
  key: string
}

/** Keeps all ids of one piece. One that another piece has already stays with that. */
export async function keepIds(tx: Queryable, sent: Sent, ids: readonly string[]): Promise<void> {
  await tx.query(
    `insert into piece_ids (workspace_id, channel_id, external_id, message_id, n, key, status)
     select $1, $2, e, p.message_id, p.n, $5, case when p.external_id = e and p.key = $5 then p.status else 'sent' end
     from unnest($6::text[]) e join pieces p on p.workspace_id = $1 and p.message_id = $3 and p.n = $4
     where not exists (select from pieces o where o.workspace_id = $1 and o.channel_id = $2 and o.external_id = e and (o.message_id, o.n) <> ($3, $4))
     on conflict do nothing`,
    [sent.workspaceId, sent.channelId, sent.messageId, sent.n, sent.key, ids],
    'keep ids of a piece',
  )
}

/** A receipt with the piece it is about; `n` is null for a message without pieces. */
export interface Told {
  message_id: string
  n: number | null
  external_id: string
  status: Status
  failure: Failure | null
}

/** Where a piece, or a message without pieces, stands from now on. */
export interface Step {
  m: string
  n: number | null
  s: Status
  f: Failure | null
}

interface Piece {
  message_id: string
  n: number
  key: string
  status: Status
}
type Id = Piece & { external_id: string }

/** Moves each id forward. Answers the pieces that are thereby further, or failed. */
export async function moveIds(tx: Queryable, workspaceId: string, told: readonly Told[]): Promise<Step[]> {
  if (!told.length) return []
  const pieces = await lockPieces(tx, workspaceId, told)
  const ids = await tx.query<Id>(
    `select message_id, n, key, external_id, status from piece_ids where workspace_id = $1 and message_id = any($2::bigint[]) order by external_id`,
    [workspaceId, told.map(t => t.message_id)],
    'ids of pieces',
  )
  const toldOf = Map.groupBy(told, idOf)
  const after = ids.rows.map(id => ({ id, ...hearing(id.status, toldOf.get(idOf(id)) ?? []) }))
  await tx.query(
    `update piece_ids x set status = r.s from jsonb_to_recordset($2::jsonb) r(m bigint, n smallint, e text, s text)
     where x.workspace_id = $1 and x.message_id = r.m and x.n = r.n and x.external_id = r.e`,
    [
      workspaceId,
      storable(
        after.flatMap(({ id, s }) => (s === id.status ? [] : [{ m: id.message_id, n: id.n, e: id.external_id, s }])),
      ),
    ],
    'move ids',
  )
  const idsOf = Map.groupBy(after, ({ id }) => tryOf(id))
  return pieces.flatMap(piece => stepOf(piece, idsOf.get(tryOf(piece)) ?? []))
}

const idOf = ({ message_id, external_id }: Told | Id): string => `${message_id} ${external_id}`
const tryOf = ({ message_id, n, key }: Piece): string => `${message_id} ${n} ${key}`

/** Locked before their ids are read: of two transactions that each hear of one part, the later one sees both. */
async function lockPieces(tx: Queryable, workspaceId: string, told: readonly Told[]): Promise<Piece[]> {
  const { rows } = await tx.query<Piece>(
    `select message_id, n, key, status from pieces where workspace_id = $1 and message_id = any($2::bigint[])
       and message_id || ' ' || n = any($3::text[]) order by message_id, n for update`,
    [workspaceId, told.map(t => t.message_id), told.map(t => `${t.message_id} ${t.n}`)],
    'lock pieces',
  )
  return rows
}

function stepOf(piece: Piece, ids: readonly Pick<Step, 's' | 'f'>[]): Step[] {
  const s = withIds(
    piece.status,
    ids.map(id => id.s),
  )
  if (s === piece.status) return []
  return [{ m: piece.message_id, n: piece.n, s, f: ids.find(id => id.f)?.f ?? null }]
}

/** The status after all of these, with the failure that ended it. */
export function hearing(now: Status, told: readonly Pick<Told, 'status' | 'failure'>[]): Pick<Step, 's' | 'f'> {
  let [s, f]: [Status, Failure | null] = [now, null]
  for (const { status, failure } of told) {
    const next = advance(s, status)
    if (next === 'failed' && s !== 'failed') f = failure
    s = next
  }
  return { s, f }
}
