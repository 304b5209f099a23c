import { createHash, randomBytes } from 'node:crypto'
import type { Channel } from '../api/shapes.ts'
import type { SignIn, SignInAccount } from '../channels/contract.ts'
import { ioFor } from '../inbox/io.ts'
import type { Parley } from '../parley.ts'
import { setUp } from './connect.ts'
import { knownTo, pick, wayOf } from './sign-in-of.ts'
import { accountsChannel, placeAccount } from './sign-in-place.ts'

type Errors = { ok: false; errors: { field: string; message: string }[] }

export interface SignInBegun {
  kind: string
  /** Which provider, where a kind has several. */
  way?: string | undefined
  name: string
  settings: Record<string, string>
  /** A channel to be connected anew: its history stays. */
  channelId?: string | undefined
  /** A channel of the same kind, whose application serves for another account. */
  like?: string | undefined
}

/** What a sign-in needs to know when the browser is back. Sealed in the database. */
interface Given {
  way: string
  verifier: string
  /** With which the provider is asked. */
  with: Record<string, string>
  /** Goes into the settings of what is connected. */
  brings: Record<string, string>
}

export interface Signing {
  workspaceId: string
  /** Only the browser that began may finish; absent for an API key. */
  agentId: string | null
}

/** The page of the web app that the provider sends the browser back to. */
export const backTo = (on: Parley): string => `${on.config.publicUrl}/settings/messengers/connect-back`
const patienceMinutes = 30
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()
const random = (): string => randomBytes(32).toString('base64url')

/** Where the browser goes to agree at the provider. */
export async function beginSignIn(
  on: Parley,
  by: Signing,
  begun: SignInBegun,
): Promise<{ ok: true; address: string; state: string } | Errors> {
  const known = await knownTo(on, by, begun)
  if (!known) return fault('channelId', 'There is no channel of this messenger with this id.')
  const given = { ...known.with, ...begun.settings }
  const signIn = wayOf(on, begun, given)
  if (!signIn) return fault('kind', 'This messenger has no sign-in. Fill in its settings instead.')
  const missing = signIn.needs.filter(name => !given[name])
  if (missing.length)
    return {
      ok: false,
      errors: missing.map(name => ({ field: `settings.${name}`, message: 'is needed before you sign in' })),
    }
  const [state, verifier] = [random(), random()]
  const application = pick(known.brings, [...signIn.needs, ...(signIn.takes ?? [])])
  const brings = { ...application, ...begun.settings }
  await keep(on, by, { begun, state, given: { way: signIn.id, verifier, with: given, brings } })
  const challenge = hashOf(verifier).toString('base64url')
  return { ok: true, address: signIn.address(given, { redirectUri: backTo(on), state, challenge }), state }
}

const fault = (field: string, message: string): Errors => ({ ok: false, errors: [{ field, message }] })

interface Kept {
  begun: SignInBegun
  state: string
  given: Given
}

async function keep(on: Parley, { workspaceId, agentId }: Signing, { begun, state, given }: Kept): Promise<void> {
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
      on.seal.seal(given),
      on.now(),
      patienceMinutes,
    ],
  )
}

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
  /** The channel that is connected anew, and which of the accounts is its own. */
  channelId: string | null
  own: number | null
}

/** The browser is back: which accounts may be connected. Asked twice, it answers the same without asking the provider. */
export async function finishSignIn(
  on: Parley,
  by: Signing,
  { state, code }: { state: string; code: string },
): Promise<Found | Errors | undefined> {
  const row = await pending(on, by, state)
  const adapter = row && on.channels.adapter(row.kind)
  const given = row && (on.seal.open(row.given) as Given)
  const signIn = adapter?.signIns?.find(one => one.id === given?.way)
  if (!row || !adapter || !given || !signIn) return undefined
  if (row.accounts) return found(on, { row, signIn, accounts: on.seal.open(row.accounts) as SignInAccount[] })
  // Not a channel yet: only its calls are needed.
  const likeOne = { id: '0', workspaceId: by.workspaceId, kind: row.kind, name: row.name, state: 'on' as const }
  const { http, now } = ioFor(
    on,
    { ...likeOne, revision: 0, adapter, settings: given.with },
    AbortSignal.timeout(60_000),
  )
  try {
    const answer = { code, redirectUri: backTo(on), verifier: given.verifier }
    const accounts = await signIn.accounts(given.with, answer, { http, now })
    await on.db.query('update sign_ins set accounts = $3 where workspace_id = $1 and state_hash = $2', [
      by.workspaceId,
      hashOf(state),
      on.seal.seal(accounts),
    ])
    return await found(on, { row, signIn, accounts })
  } catch (error) {
    return fault('code', (error as Error).message)
  }
}

async function found(
  on: Parley,
  { row, signIn, accounts }: { row: Row; signIn: SignIn; accounts: SignInAccount[] },
): Promise<Found> {
  const channel = row.channel_id ? await on.channels.byId(row.channel_id) : undefined
  const own = channel ? accounts.findIndex(account => accountsChannel(signIn, account, [channel])) : -1
  const names = accounts.map(account => account.name)
  return { ok: true, kind: row.kind, accounts: names, channelId: channel?.id ?? null, own: own < 0 ? null : own }
}

/** Connects the chosen accounts and sets each up. One that is connected already keeps its channel. */
export async function connectSignedIn(
  on: Parley,
  by: Signing,
  { state, chosen }: { state: string; chosen: readonly number[] },
): Promise<{ ok: true; channels: Channel[] } | Errors | undefined> {
  const row = await pending(on, by, state)
  if (!row?.accounts) return undefined
  const given = on.seal.open(row.given) as Given
  const signIn = on.channels.adapter(row.kind)?.signIns?.find(one => one.id === given.way)
  if (!signIn) return undefined
  const accounts = on.seal.open(row.accounts) as SignInAccount[]
  const channels: Channel[] = []
  for (const n of chosen) {
    const account = accounts[n]
    if (!account) return fault('accounts', `There is no account number ${n}.`)
    const named = { ...account, name: chosen.length > 1 || !row.name ? account.name : row.name }
    const { kind, channel_id: again } = row
    const connected = await placeAccount(on, by.workspaceId, {
      kind,
      signIn,
      account: named,
      brings: given.brings,
      again,
    })
    if (!connected.ok) return connected
    await setUp(on, by.workspaceId, connected.channel.id)
    channels.push(connected.channel)
  }
  await on.db.query('delete from sign_ins where workspace_id = $1 and state_hash = $2', [by.workspaceId, hashOf(state)])
  return { ok: true, channels }
}
