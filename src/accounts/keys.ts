import type { Queryable } from '../db/connect.ts'
import { hashToken } from './secrets.ts'

export interface KeyRow {
  workspace_id: string
  id: string
  name: string
}

export async function insertKey(
  db: Queryable,
  workspaceId: string,
  key: { name: string; token: string; by: string | null },
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'insert into api_keys (workspace_id, name, key_hash, hint, created_by) values ($1, $2, $3, $4, $5) returning id',
    [workspaceId, key.name, hashToken(key.token), key.token.slice(-4), key.by],
  )
  return rows[0]!.id
}

export async function keyOfToken(db: Queryable, token: string): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow & { stale: boolean }>(
    `select workspace_id, id, name, (used_at is null or used_at < now() - interval '1 minute') as stale from api_keys where key_hash = $1 and revoked_at is null`,
    [hashToken(token)],
    'key of token',
  )
  const row = rows[0]
  if (row?.stale)
    await db.query('update api_keys set used_at = now() where workspace_id = $1 and id = $2', [
      row.workspace_id,
      row.id,
    ])
  return row
}

export async function listKeys(db: Queryable, workspaceId: string) {
  const { rows } = await db.query<{ id: string; name: string; hint: string; created_at: Date; used_at: Date | null }>(
    'select id, name, hint, created_at, used_at from api_keys where workspace_id = $1 and revoked_at is null order by id',
    [workspaceId],
  )
  return rows.map(r => ({
    id: r.id,
    name: r.name,
    hint: r.hint,
    createdAt: r.created_at.toISOString(),
    usedAt: r.used_at?.toISOString() ?? null,
  }))
}

export async function revokeKey(db: Queryable, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update api_keys set revoked_at = now() where workspace_id = $1 and id = $2 and revoked_at is null',
    [workspaceId, id],
  )
  return rowCount === 1
}
