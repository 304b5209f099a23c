import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { aesKeyOf, type Fields, seal, sha1, signed, xmlOf } from './seal.ts'

/** A customer, with what the account may still say and has been allowed. */
export type Follower = Person & { quota?: { until: number; left: number }; allowed?: string[] }

export const appIdOf = (world: World): string => `wx${sha1([world.account.secret]).slice(0, 16)}`
const originalId = (world: World): string => `gh_${sha1([world.account.id]).slice(0, 12)}`

const hour = 3_600_000

/** What the customer did lets the account answer: five times in 48 hours, or three times in a minute. */
export function allow(person: Follower, why: 'wrote' | 'touched', world: World): void {
  const now = world.now().getTime()
  const fresh = why === 'wrote' ? { until: now + 48 * hour, left: 5 } : { until: now + 60_000, left: 3 }
  const { quota } = person
  if (!quota || quota.until <= fresh.until || quota.left < fresh.left) person.quota = fresh
  if (why === 'wrote') person.wroteAt = now
}

/** Beyond 2^53, as WeChat counts. */
export const nextMsgId = (world: World): string => String(24_876_340_532_170_000n + BigInt(world.next()))

/** Queues a message or an event of this customer, encrypted. */
export function tell(type: string, fields: Fields, at: { person: Person; world: World }): void {
  const { person, world } = at
  const head = {
    ToUserName: originalId(world),
    FromUserName: person.id,
    CreateTime: Math.floor(world.now().getTime() / 1000),
    MsgType: type,
  }
  world.emit(String(fields.Event ?? type), sealed({ ...head, ...fields }, world))
}

export const sealed = (fields: Fields, world: World): string =>
  xmlOf({ ToUserName: originalId(world), Encrypt: seal(xmlOf(fields), appIdOf(world), world) })

/** The address of one delivery: the signature is in its query. */
export function address(webhookUrl: string, body: Buffer, world: World): string {
  const url = new URL(webhookUrl)
  for (const [name, value] of Object.entries({ ...signed(body, world), encrypt_type: 'aes' }))
    url.searchParams.set(name, value)
  return url.href
}

/** What the console does when the owner of the account enters a server address: it asks once, and takes it or not. */
export async function enterServer(webhookUrl: string, world: World): Promise<boolean> {
  const url = new URL(webhookUrl)
  const { signature, timestamp, nonce } = signed(Buffer.from(''), world)
  const echostr = String(world.next()).padStart(19, '7')
  for (const [name, value] of Object.entries({ signature, timestamp, nonce, echostr }))
    url.searchParams.set(name, value)
  const said = await fetch(url)
    .then(answer => answer.text())
    .catch(() => '')
  if (said !== echostr) return false
  world.webhookUrl = webhookUrl
  return true
}

export const settingsOf = (world: World): Record<string, string> => ({
  appId: appIdOf(world),
  appSecret: world.account.secret,
  token: world.account.token,
  encodingAesKey: aesKeyOf(world),
})
