import { setTimeout as delay } from 'node:timers/promises'
import type { ProofFound, ProofKind } from '../channels/contract.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'
import { knock } from './knock.ts'
import { wasReached } from './reached.ts'
import { notice, takeBack } from './standing.ts'

/** What shows that events will arrive, or why they will not. The words are for whoever pressed the button. */
export type Proof = { by: ProofKind; words: string } | { failed: string }

const words: Readonly<Record<ProofKind, string>> = {
  event: 'The messenger reached us.',
  answer: 'The messenger says that it reaches our address.',
  knock: 'Our address answers from here. Whether the messenger reaches it shows with the first message.',
  connection: 'The connection stands.',
}
const proven = (by: ProofKind): Proof => ({ by, words: words[by] })

/** Proves a channel that was set up at `since`, and lets its health line say what failed. */
export async function prove(
  on: Parley,
  channel: Connected,
  { found, since }: { found: ProofFound | undefined; since: Date },
): Promise<Proof> {
  const { proof: declared = 'knock' } = channel.adapter
  // Only `setup` hears the provider's answer; where that says nothing, we ask ourselves.
  const wanted = found ?? (declared === 'answer' ? 'knock' : declared)
  const proof = typeof wanted === 'object' ? wanted : await ways[wanted](on, channel, since)
  if (!('failed' in proof)) await takeBack(on, channel, 'unproven')
  // Of a connection the listener itself tells, and takes it back when it stands.
  else if (wanted !== 'connection') await notice(on, channel, { text: `unproven: ${proof.failed}`, level: 'warning' })
  return proof
}

type Way = (on: Parley, channel: Connected, since: Date) => Promise<Proof>

const ways: Readonly<Record<ProofKind, Way>> = {
  event,
  answer,
  knock: byKnock,
  connection,
}

/** Most call while they register, so that the call is here already. */
const calledMs = 4000

async function event(on: Parley, channel: Connected, since: Date): Promise<Proof> {
  if (await wasReached(on, channel, { since, patienceMs: calledMs })) return proven('event')
  const failed =
    (await knock(on, channel)) ??
    'The messenger did not call us when asked, though our address answers from here. Look whether a firewall keeps it out.'
  return { failed }
}

/** `setup` has heard it. That the provider called is still better to know. */
async function answer(on: Parley, channel: Connected, since: Date): Promise<Proof> {
  return proven((await wasReached(on, channel, { since, patienceMs: 0 })) ? 'event' : 'answer')
}

async function byKnock(on: Parley, channel: Connected): Promise<Proof> {
  const failed = await knock(on, channel)
  return failed === undefined ? proven('knock') : { failed }
}

/** Channels are given to listeners every two seconds, and signing in takes its time. */
const connectedMs = 10_000
const lookMs = 250

async function connection(on: Parley, channel: Connected): Promise<Proof> {
  for (const end = performance.now() + connectedMs; performance.now() < end; await delay(lookMs)) {
    const { rows } = await on.db.query<{ stands: boolean; trouble: string | null }>(
      `select h.connected_at is not null and l.until > now() as stands, substring(h.notice from '^not-connected: (.*)$') as trouble
       from channel_health h left join channel_listeners l using (workspace_id, channel_id)
       where h.workspace_id = $1 and h.channel_id = $2`,
      [channel.workspaceId, channel.id],
    )
    if (rows[0]?.trouble) return { failed: `The connection does not stand: ${rows[0].trouble}` }
    if (rows[0]?.stands) return proven('connection')
  }
  return { failed: 'The connection does not stand yet. The health line says when it does.' }
}
