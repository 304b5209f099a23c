import { createHash, randomBytes } from 'node:crypto'
import { type Database, inWorkspace } from '../db/connect.ts'

/** The channel as the book of channels gives it. */
export interface SiteChannel {
  id: string
  workspaceId: string
}

export interface Visitor {
  address: string
  /** The anonymous address from before the visitor was recognised. */
  earlier: string | null
  verified: boolean
  name: string | null
  email: string | null
  phone: string | null
  language: string | null
}

export const anonymous = (): Visitor => ({
  address: `visitor:${randomBytes(8).toString('hex')}`,
  earlier: null,
  verified: false,
  name: null,
  email: null,
  phone: null,
  language: null,
})

const columns = 'address, earlier, verified, name, email, phone, language'
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The visitor who holds this token, or undefined. */
export async function visitorOf(db: Database, channel: SiteChannel, token: string): Promise<Visitor | undefined> {
  const { rows } = await inWorkspace(db, channel.workspaceId, tx =>
    tx.query<Visitor & Record<string, unknown>>(
      `update visitors set seen_at = now() where workspace_id = $1 and channel_id = $2 and token_hash = $3 returning ${columns}`,
      [channel.workspaceId, channel.id, hashOf(token)],
      'site-visitor',
    ),
  )
  return rows[0]
}

/** Gives the visitor a token of 128 random bits. Only its hash is kept. */
export async function admit(db: Database, channel: SiteChannel, visitor: Visitor): Promise<string> {
  const token = randomBytes(16).toString('base64url')
  const v = visitor
  await inWorkspace(db, channel.workspaceId, tx =>
    tx.query(
      `insert into visitors (workspace_id, channel_id, token_hash, ${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        channel.workspaceId,
        channel.id,
        hashOf(token),
        v.address,
        v.earlier,
        v.verified,
        v.name,
        v.email,
        v.phone,
        v.language,
      ],
    ),
  )
  return token
}

/** Keeps what the site or the browser says about the visitor now. */
export async function describe(
  db: Database,
  channel: SiteChannel,
  who: { token: string; visitor: Visitor },
): Promise<void> {
  const { name, email, phone, language } = who.visitor
  await inWorkspace(db, channel.workspaceId, tx =>
    tx.query(
      'update visitors set name = $4, email = $5, phone = $6, language = $7 where workspace_id = $1 and channel_id = $2 and token_hash = $3',
      [channel.workspaceId, channel.id, hashOf(who.token), name, email, phone, language],
    ),
  )
}

/** The token opens nothing any more. */
export async function dismiss(db: Database, channel: SiteChannel, token: string): Promise<void> {
  await inWorkspace(db, channel.workspaceId, tx =>
    tx.query('delete from visitors where workspace_id = $1 and channel_id = $2 and token_hash = $3', [
      channel.workspaceId,
      channel.id,
      hashOf(token),
    ]),
  )
}
