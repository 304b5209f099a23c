import type { Agent, Me } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import { freshToken, hashToken } from './secrets.ts'

export interface AgentRow {
  workspace_id: string
  id: string
  email: string
  name: string
  role: Agent['role']
  password_hash: string | null
  locale: string | null
  theme: string | null
  disabled_at: Date | null
}

const columns = 'workspace_id, id, email, name, role, password_hash, locale, theme, disabled_at'

export const asAgent = (row: AgentRow): Agent => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  joined: row.password_hash !== null,
})

export async function agentById(db: Queryable, workspaceId: string, id: string): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(
    `select ${columns} from agents where workspace_id = $1 and id = $2`,
    [workspaceId, id],
    'agent by id',
  )
  return rows[0]
}

/** One e-mail address may belong to agents of several workspaces; the password tells them apart. */
export async function agentsByEmail(db: Queryable, email: string): Promise<AgentRow[]> {
  const { rows } = await db.query<AgentRow>(
    `select ${columns} from agents where lower(email) = lower($1) and disabled_at is null order by id`,
    [email],
  )
  return rows
}

export async function listAgents(db: Queryable, workspaceId: string): Promise<Agent[]> {
  const { rows } = await db.query<AgentRow>(
    `select ${columns} from agents where workspace_id = $1 and disabled_at is null order by name, id`,
    [workspaceId],
  )
  return rows.map(asAgent)
}

/** Undefined when the workspace has an agent with this address already. */
export async function insertAgent(
  db: Queryable,
  workspaceId: string,
  agent: { email: string; name: string; role: Agent['role'] },
): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(
    `insert into agents (workspace_id, email, name, role) values ($1, $2, $3, $4) on conflict do nothing returning ${columns}`,
    [workspaceId, agent.email, agent.name, agent.role],
  )
  return rows[0]
}

export async function updateAgent(
  db: Queryable,
  workspaceId: string,
  id: string,
  to: { name?: string; email?: string; locale?: string; theme?: string; passwordHash?: string },
): Promise<AgentRow> {
  const { rows } = await db.query<AgentRow>(
    `update agents set name = coalesce($3, name), email = coalesce($4, email), locale = coalesce($5, locale), theme = coalesce($6, theme),
       password_hash = coalesce($7, password_hash) where workspace_id = $1 and id = $2 returning ${columns}`,
    [workspaceId, id, to.name ?? null, to.email ?? null, to.locale ?? null, to.theme ?? null, to.passwordHash ?? null],
  )
  return rows[0]!
}

export async function meOf({ db, demo }: { db: Queryable; demo: boolean }, row: AgentRow): Promise<Me> {
  const { rows } = await db.query<{ id: string; name: string }>('select id, name from workspaces where id = $1', [
    row.workspace_id,
  ])
  return {
    ...asAgent(row),
    workspace: { id: rows[0]!.id, name: rows[0]!.name },
    locale: row.locale,
    theme: row.theme,
    demo,
  }
}

const sessionDays = 30
const linkHours = 72

/** Answers the token for the cookie. */
export async function openSession(db: Queryable, agent: { workspace_id: string; id: string }): Promise<string> {
  const { token, tokenHash } = freshToken()
  await db.query(
    `insert into sessions (workspace_id, token_hash, agent_id, expires_at) values ($1, $2, $3, now() + make_interval(days => $4))`,
    [agent.workspace_id, tokenHash, agent.id, sessionDays],
  )
  return token
}

export async function agentOfSession(db: Queryable, token: string): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow & { stale: boolean }>(
    `select a.${columns.replaceAll(', ', ', a.')}, s.seen_at < now() - interval '1 hour' as stale from sessions s
     join agents a on a.workspace_id = s.workspace_id and a.id = s.agent_id
     where s.token_hash = $1 and s.expires_at > now() and a.disabled_at is null`,
    [hashToken(token)],
    'agent of session',
  )
  if (rows[0]?.stale)
    await db.query(
      `update sessions set seen_at = now(), expires_at = now() + make_interval(days => $2) where token_hash = $1`,
      [hashToken(token), sessionDays],
    )
  return rows[0]
}

export async function closeSession(db: Queryable, token: string): Promise<void> {
  await db.query('delete from sessions where token_hash = $1', [hashToken(token)])
}

/** Answers the token of a link that can be used once. */
export async function makeLink(db: Queryable, agent: { workspace_id: string; id: string }): Promise<string> {
  const { token, tokenHash } = freshToken()
  await db.query(
    `insert into one_time_links (workspace_id, token_hash, agent_id, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))`,
    [agent.workspace_id, tokenHash, agent.id, linkHours],
  )
  return token
}

export async function agentOfLink(db: Queryable, token: string): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(
    `select a.${columns.replaceAll(', ', ', a.')} from one_time_links l join agents a on a.workspace_id = l.workspace_id and a.id = l.agent_id
     where l.token_hash = $1 and l.used_at is null and l.expires_at > now() and a.disabled_at is null`,
    [hashToken(token)],
  )
  return rows[0]
}

/** False when somebody was quicker. */
export async function spendLink(db: Queryable, token: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update one_time_links set used_at = now() where token_hash = $1 and used_at is null and expires_at > now()',
    [hashToken(token)],
  )
  return rowCount === 1
}

export async function note(
  db: Queryable,
  workspaceId: string,
  by: { type: string; id: string | null; name: string },
  did: { action: string; target?: string; detail?: object },
): Promise<void> {
  await db.query(
    'insert into audit (workspace_id, actor_type, actor_id, actor_name, action, target, detail) values ($1, $2, $3, $4, $5, $6, $7)',
    [
      workspaceId,
      by.type,
      by.id,
      by.name,
      did.action,
      did.target ?? null,
      did.detail ? JSON.stringify(did.detail) : null,
    ],
  )
}
