import type { Database } from '../db/connect.ts'
import { conversationOf } from './history.ts'
import { type Proven, proven } from './identity.ts'
import type { Claim } from './shapes.ts'
import { admit, anonymous, describe, dismiss, type SiteChannel, type Visitor, visitorOf } from './visitors.ts'

export interface Arrival {
  token?: string | undefined
  identity?: Claim | undefined
  language?: string | undefined
}

export interface Session {
  token: string
  visitor: Visitor
  /** The anonymous address whose conversation goes on under the visitor's proven one: tell the inbox. */
  movedFrom?: string
}

interface House {
  db: Database
  channel: SiteChannel & { settings: { identitySecret?: string | undefined } }
  now: Date
}

/**
 * Whose session this is. Three rules: a proof leads to the user's own conversation; without one nobody ever comes to a
 * user's conversation; and what somebody said before signing in goes along, unless the user already has a conversation.
 * @throws Refused 401 for a wrong proof.
 */
export async function begin(arrival: Arrival, house: House): Promise<Session> {
  const { db, channel, now } = house
  const proof = proven(arrival.identity, { secret: channel.settings.identitySecret, channelId: channel.id, now })
  const known = arrival.token ? await visitorOf(db, channel, arrival.token) : undefined
  const current = known && arrival.token ? { token: arrival.token, visitor: known } : undefined
  if (proof) return recognise(proof, current, { house, arrival })
  const stranger = current?.visitor.verified && namesSomebodyElse(arrival.identity, current.visitor)
  if (!current || stranger) return enter(described(anonymous(), arrival), house)
  const visitor = current.visitor.verified ? current.visitor : described(current.visitor, arrival)
  if (JSON.stringify(visitor) !== JSON.stringify(current.visitor))
    await describe(db, channel, { token: current.token, visitor })
  return { token: current.token, visitor }
}

const addressOf = (subject: string): string => `user:${subject}`

const namesSomebodyElse = (claim: Claim | undefined, visitor: Visitor): boolean =>
  claim?.identifier !== undefined && addressOf(claim.identifier) !== visitor.address

async function recognise(
  proof: Proven,
  current: { token: string; visitor: Visitor } | undefined,
  { house, arrival }: { house: House; arrival: Arrival },
): Promise<Session> {
  const { db, channel } = house
  const user = described(
    { ...anonymous(), address: addressOf(proof.subject), verified: true },
    { ...arrival, identity: proof },
  )
  if (current?.visitor.address === user.address) {
    await describe(db, channel, { token: current.token, visitor: user })
    return { token: current.token, visitor: { ...user, earlier: current.visitor.earlier } }
  }
  const movedFrom = current && !current.visitor.verified ? await continued(current.visitor, user, house) : undefined
  // A new token: whoever saw the anonymous one must not become the user.
  const session = await enter({ ...user, earlier: movedFrom ?? null }, house)
  if (current && !current.visitor.verified) await dismiss(db, channel, current.token)
  return movedFrom ? { ...session, movedFrom } : session
}

async function continued(before: Visitor, user: Visitor, { db, channel }: House): Promise<string | undefined> {
  const mine = await conversationOf(db, channel, [before.address])
  if (!mine || (await conversationOf(db, channel, [user.address]))) return undefined
  return before.address
}

async function enter(visitor: Visitor, { db, channel }: House): Promise<Session> {
  return { token: await admit(db, channel, visitor), visitor }
}

function described(
  visitor: Visitor,
  { identity, language }: Pick<Arrival, 'language'> & { identity?: Partial<Proven> | undefined },
): Visitor {
  return {
    ...visitor,
    name: identity?.name ?? visitor.name,
    email: identity?.email ?? visitor.email,
    phone: identity?.phone ?? visitor.phone,
    language: language ?? visitor.language,
  }
}
