import { createHash, randomBytes } from 'node:crypto'
import type { Channel } from '../api/shapes.ts'
import type { SignInAccount } from '../channels/contract.ts'
import { ioFor } from '../inbox/io.ts'
import type { Parley } from '../parley.ts'
import { type Connected as Connection, connectChannel, editChannel, setUp } from './connect.ts'

type Errors = { ok: false; errors: { field: string; message: string }[] }

export interface SignInBegun {
  kind: string
  name: string
  settings: Record<string, string>
  /** A channel to be connected anew: its history stays. */
  channelId?: string | undefined
}

export interface Signing {
  workspaceId: string
  /** Only the browser that began may finish; absent for an API key. */
  agentId: string | null
}

/** The page of the web app that the provider sends the browser back to. */
const backTo = (on: Parley): string => `${on.config.publicUrl}/settings/messengers/connect-back`
const patienceMinutes = 30
const hashOf = (state: string): Buffer => createHash('sha256').update(state).digest()

/** Where the browser goes to agree at the provider. */
export async function beginSignIn(
  on: Parley,
  { workspaceId, agentId }: Signing,
  begun: SignInBegun,
): Promise<{ ok: true; address: string; state: string } | Errors> {
  const signIn = on.channels.adapter(begun.kind)?.signIn
  if (!signIn) return fault('kind', 'This messenger has no sign-in. Fill in its settings instead.')
  const missing = signIn.needs.filter(name => !begun.settings[name])
  if (missing.length)
    return {
      ok: false,
      errors: missing.map(name => ({ field: `settings.${name}`, message: 'is needed before you sign in' })),
    }
  const state = randomBytes(32).toString('base64url')
  await on.db.query('delete from sign_ins where expires_at < $1', [on.now()])
  await on.db.query(
    `insert into sign_ins (workspace_id, state_hash, agent_id, kind, name, channel_id, given, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz + make_interval(mins => $9))`,
    [
      workspaceId,
      hashOf(state),
      agentId,
      begun.kind,
      begun.name,
      begun.channelId ?? null,
      on.seal.seal(begun.settings),
      on.now(),
      patienceMinutes,
    ],
  )
  return { ok: true, address: signIn.address(begun.settings, { redirectUri: backTo(on), state }), state }
}

const fault = (field: string, message: string): Errors => ({ ok: false, errors: [{ field, message }] })

interface Row {
  kind: string
  name: string
  channel_id: string | null
  given: Buffer
  accounts: Buffer | null
}

async function pending(on: Parley, { workspaceId, agentId }: Signing, state: string): Promise<Row | undefined> {
  const { rows } = await on.db.query<Row>(
    `select kind, name, channel_id, given, accounts from sign_ins
     where workspace_id = $1 and state_hash = $2 and agent_id is not distinct from $3::bigint and expires_at > $4`,
    [workspaceId, hashOf(state), agentId, on.now()],
  )
  return rows[0]
}

export interface Found {
  ok: true
  kind: string
  accounts: string[]
}

/** The browser is back: which accounts may be connected. Asked twice, it answers the same without asking the provider. */
export async function finishSignIn(
  on: Parley,
  by: Signing,
  { state, code }: { state: string; code: string },
): Promise<Found | Errors | undefined> {
  const row = await pending(on, by, state)
  const adapter = row && on.channels.adapter(row.kind)
  if (!row || !adapter?.signIn) return undefined
  const names = (accounts: SignInAccount[]): Found => ({
    ok: true,
    kind: row.kind,
    accounts: accounts.map(a => a.name),
  })
  if (row.accounts) return names(on.seal.open(row.accounts) as SignInAccount[])
  const settings = on.seal.open(row.given) as Record<string, string>
  // Not a channel yet: only its calls are needed.
  const likeOne = { id: '0', workspaceId: by.workspaceId, kind: row.kind, name: row.name, state: 'on' as const }
  const { http, now } = ioFor(on, { ...likeOne, adapter, settings }, AbortSignal.timeout(60_000))
  try {
    const accounts = await adapter.signIn.accounts(settings, { code, redirectUri: backTo(on) }, { http, now })
    await on.db.query('update sign_ins set accounts = $3 where workspace_id = $1 and state_hash = $2', [
      by.workspaceId,
      hashOf(state),
      on.seal.seal(accounts),
    ])
    return names(accounts)
  } catch (error) {
    return fault('code', (error as Error).message)
  }
}

/** Connects the chosen accounts and sets each up. The first one takes the place of the channel that is connected anew. */
export async function connectSignedIn(
  on: Parley,
  by: Signing,
  { state, chosen }: { state: string; chosen: readonly number[] },
): Promise<{ ok: true; channels: Channel[] } | Errors | undefined> {
  const row = await pending(on, by, state)
  if (!row?.accounts) return undefined
  const given = on.seal.open(row.given) as Record<string, string>
  const accounts = on.seal.open(row.accounts) as SignInAccount[]
  const channels: Channel[] = []
  for (const [i, n] of chosen.entries()) {
    const account = accounts[n]
    if (!account) return fault('accounts', `There is no account number ${n}.`)
    const settings = { ...given, ...account.settings }
    const name = chosen.length > 1 || !row.name ? account.name : row.name
    const connected = await place(on, by.workspaceId, { row, again: i === 0, name, settings })
    if (!connected.ok) return connected
    await setUp(on, by.workspaceId, connected.channel.id)
    channels.push(connected.channel)
  }
  await on.db.query('delete from sign_ins where workspace_id = $1 and state_hash = $2', [by.workspaceId, hashOf(state)])
  return { ok: true, channels }
}

interface Placed {
  row: Row
  /** This account may take the place of the channel that is connected anew. */
  again: boolean
  name: string
  settings: Record<string, unknown>
}

async function place(on: Parley, workspaceId: string, { row, again, name, settings }: Placed): Promise<Connection> {
  const anew = again && row.channel_id && (await editChannel(on, workspaceId, row.channel_id, { settings }))
  return anew || connectChannel(on, workspaceId, { kind: row.kind, name, settings })
}
