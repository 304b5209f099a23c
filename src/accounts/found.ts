import { type Database, transaction } from '../db/connect.ts'
import { insertKey } from './keys.ts'
import { hashToken } from './secrets.ts'
import { insertAgent, makeLink } from './store.ts'

/** What the first start made. `link` is the owner's one-time log-in, while nobody has used one yet. */
export interface Founded {
  workspaceId: string
  ownerId: string
  link: string | undefined
}

/** Makes workspace `default` and its owner when they are not there; safe to call at every start. */
export async function found(db: Database, bootstrapKey: string | undefined): Promise<Founded> {
  return transaction(db, async tx => {
    await tx.query('select pg_advisory_xact_lock(7120001)')
    const workspaceId = await workspace(tx)
    const owners = await tx.query<{ id: string; password_hash: string | null }>(
      `select id, password_hash from agents where workspace_id = $1 and role = 'owner' order by id limit 1`,
      [workspaceId],
    )
    const owner =
      owners.rows[0] ??
      (await insertAgent(tx, workspaceId, { email: 'owner@localhost', name: 'Owner', role: 'owner' }))!
    if (bootstrapKey) await bootstrap(tx, workspaceId, bootstrapKey)
    const link = owner.password_hash ? undefined : await makeLink(tx, { workspace_id: workspaceId, id: owner.id })
    return { workspaceId, ownerId: owner.id, link }
  })
}

type Tx = Parameters<Parameters<typeof transaction>[1]>[0]

async function workspace(tx: Tx): Promise<string> {
  const made = await tx.query<{ id: string }>(
    `insert into workspaces (slug, name) values ('default', 'My business') on conflict (slug) do nothing returning id`,
  )
  if (made.rows[0]) return made.rows[0].id
  const { rows } = await tx.query<{ id: string }>(`select id from workspaces where slug = 'default'`)
  return rows[0]!.id
}

async function bootstrap(tx: Tx, workspaceId: string, key: string): Promise<void> {
  const { rows } = await tx.query('select 1 from api_keys where key_hash = $1', [hashToken(key)])
  if (!rows.length) await insertKey(tx, workspaceId, { name: 'Bootstrap', token: key, by: null })
}
