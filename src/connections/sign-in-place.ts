import type { SignIn, SignInAccount } from '../channels/contract.ts'
import { inWorkspace } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { type Connected, connectChannel, editChannel } from './connect.ts'
import { changedSettings } from './settings.ts'
import { textsOf } from './sign-in-of.ts'
import { channelRows } from './store.ts'

interface Placed {
  kind: string
  signIn: SignIn
  account: SignInAccount
  /** Settings of the application. */
  brings: Record<string, string>
  /** The channel that is to be connected anew. */
  again: string | null
}

/**
 * Where a signed-in account goes: to the channel that it has already, with all its history, else to a new one. A channel
 * that was to be connected anew never becomes another account's.
 */
export async function placeAccount(
  on: Parley,
  workspaceId: string,
  { kind, signIn, account, brings, again }: Placed,
): Promise<Connected> {
  const settings = { ...brings, ...account.settings }
  const channels = await openChannels(on, workspaceId, kind)
  const asked = again ? channels.find(channel => channel.id === again) : undefined
  if (asked && !accountsChannel(signIn, account, [asked]))
    return { ok: false, errors: [{ field: 'accounts', message: another(signIn, account, asked) }] }
  const own = asked ?? accountsChannel(signIn, account, channels)
  const edited = own && (await editChannel(on, workspaceId, own.id, { settings }))
  return (
    edited || connectChannel(on, workspaceId, { kind, name: account.name, settings: changedSettings({}, settings) })
  )
}

interface Open {
  id: string
  settings: unknown
}

async function openChannels(on: Parley, workspaceId: string, kind: string): Promise<Open[]> {
  const rows = await inWorkspace(on.db, workspaceId, tx => channelRows(tx, workspaceId))
  return rows.filter(row => row.kind === kind).map(({ id, settings }) => ({ id, settings: on.seal.open(settings) }))
}

/** The channel that is this account's, if any. */
export function accountsChannel<T extends Open>(
  { identifies }: SignIn,
  { settings }: SignInAccount,
  channels: readonly T[],
): T | undefined {
  const mine = String(settings[identifies] ?? '').toLowerCase()
  return channels.find(channel => mine && textsOf(channel.settings)[identifies]?.toLowerCase() === mine)
}

const another = ({ identifies }: SignIn, { name, settings }: SignInAccount, channel: Open): string =>
  `You signed in as ${name} (${String(settings[identifies])}), but this channel is for ${textsOf(channel.settings)[identifies]}. Sign in with that account, or connect the other one as a channel of its own.`
