import type { Io, Renewed, Renewing } from '../channels/contract.ts'
import { type Queryable, transaction } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'
import { keepRenewed, settingsNow } from './renewed.ts'

interface Token {
  value: string
  expiresAt: Date
}

interface Named {
  on: Parley
  channel: Connected
  name: string
  /** It counts as expired so long before its end. */
  marginMs: number
}

/** Nobody is handed a token that is about to expire on its way. */
const leastMarginMs = 60_000
/** Channel and name, then the settings it was obtained with. */
const inMemory = new WeakMap<Parley['channels'], Map<string, Token & { revision: number }>>()

/** Short-lived secrets of a channel that all workers share. One of them renews, the others wait for it. */
export function tokensOf(on: Parley, channel: Connected): Pick<Io<unknown>, 'token' | 'forgetToken'> {
  const known = inMemory.get(on.channels) ?? new Map()
  inMemory.set(on.channels, known)
  const { revision } = channel
  return {
    async token(name, renew, marginMs = leastMarginMs) {
      const named = { on, channel, name, marginMs }
      const key = `${channel.id} ${name}`
      const mine = known.get(key)
      const token =
        fresh(named, mine?.revision === revision ? mine : undefined) ??
        fresh(named, await read(named, on.db)) ??
        (await renewed(named, renew))
      known.set(key, { ...token, revision })
      return token.value
    },
    async forgetToken(name) {
      const key = `${channel.id} ${name}`
      const used = known.get(key)
      known.delete(key)
      // Another worker may have renewed it already: only the one that was refused is forgotten.
      await on.db.query(
        'delete from channel_tokens where workspace_id = $1 and channel_id = $2 and name = $3 and ($4::timestamptz is null or expires_at = $4)',
        [channel.workspaceId, channel.id, name, used?.expiresAt ?? null],
      )
    },
  }
}

/** When the settings change, what was obtained with the old ones is worth nothing. */
export async function forgetTokens(on: Parley, tx: Queryable, by: { workspaceId: string; id: string }): Promise<void> {
  for (const key of inMemory.get(on.channels)?.keys() ?? [])
    if (key.startsWith(`${by.id} `)) inMemory.get(on.channels)!.delete(key)
  await tx.query('delete from channel_tokens where workspace_id = $1 and channel_id = $2', [by.workspaceId, by.id])
}

const fresh = ({ on, marginMs }: Named, token: Token | undefined): Token | undefined =>
  token && token.expiresAt.getTime() > on.now().getTime() + marginMs ? token : undefined

async function read({ on, channel, name }: Named, db: Queryable): Promise<Token | undefined> {
  const { rows } = await db.query<{ value: Buffer; expires_at: Date }>(
    'select value, expires_at from channel_tokens where workspace_id = $1 and channel_id = $2 and name = $3',
    [channel.workspaceId, channel.id, name],
  )
  return rows[0] && { value: String(on.seal.open(rows[0].value)), expiresAt: rows[0].expires_at }
}

/** Under a lock of all processes: some networks make the older token worthless with each new one. */
async function renewed(named: Named, renew: (at: Renewing<unknown>) => Promise<Renewed<unknown>>): Promise<Token> {
  const { on, channel, name } = named
  const token = await transaction(on.db, async tx => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`parley token ${channel.id} ${name}`])
    const last = await read(named, tx)
    const meanwhile = fresh(named, last)
    if (meanwhile) return meanwhile
    const used = await settingsNow(on, tx, channel)
    const given = await renew({ settings: used.settings, ...(last && { ends: last.expiresAt }) })
    const { isCurrent } = await keepRenewed(on, tx, { channel, used, renewed: given.settings ?? {} })
    // What the database keeps has whole milliseconds, so that it can be found by its time again.
    const token = { value: given.value, expiresAt: new Date(Math.floor(given.expiresAt.getTime())) }
    // Obtained with settings that are no longer: good for this one call.
    if (isCurrent) await keep(named, tx, token)
    return token
  })
  on.channels.forget(channel.id)
  return token
}

async function keep({ on, channel, name }: Named, tx: Queryable, { value, expiresAt }: Token): Promise<void> {
  await tx.query(
    `insert into channel_tokens (workspace_id, channel_id, name, value, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, channel_id, name) do update set value = excluded.value, expires_at = excluded.expires_at`,
    [channel.workspaceId, channel.id, name, on.seal.seal(value), expiresAt],
  )
}
