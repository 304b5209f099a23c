import { type Json, maybe } from '../../src/channels/kit.ts'
import { aesKeyOf, seal, sha1, signed, xmlOf } from '../wechat/seal.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'

/** A customer, with what may still be said, who has the session (3: a person in WeCom), and a welcome that waits. */
export type Customer = Person & {
  quota?: { until: number; left: number }
  session?: 0 | 1 | 3 | 4
  welcome?: { code: string; until: number }
}

export const corpIdOf = (world: World): string => `ww${sha1([world.account.secret]).slice(0, 16)}`
export const openKfIdOf = (world: World): string => `wk${sha1([world.account.id]).slice(0, 28)}`

const hour = 3_600_000

/** A message lets the business answer five times in 48 hours. */
export function allow(person: Customer, world: World): void {
  const now = world.now().getTime()
  person.quota = { until: now + 48 * hour, left: 5 }
  person.wroteAt = now
}

interface Kept {
  number: number
  item: Json
}
const logs = new WeakMap<World, Kept[]>()

/** What `sync_msg` tells, oldest first. Not kept over a restart of the sandbox; the numbers go on. */
export function kept(world: World): Kept[] {
  const log = logs.get(world) ?? []
  logs.set(world, log)
  return log
}

export const nextMsgId = (world: World): string => `${sha1([world.account.id]).slice(0, 22)}${world.next()}`

/** Keeps an item and calls the business: there is news. */
export function tell(item: Json, world: World): void {
  const send_time = Math.floor(world.now().getTime() / 1000)
  kept(world).push({ number: world.next(), item: { msgid: nextMsgId(world), send_time, ...item } })
  world.emit(String(maybe(item.event).event_type ?? item.msgtype), callback(world))
}

/** A message of the customer (origin 3), or of somebody in WeCom (origin 5). */
export function said(
  origin: 3 | 5,
  content: Json & { msgid: string; msgtype: string },
  at: { person: Person; world: World },
): void {
  const head = { open_kfid: openKfIdOf(at.world), external_userid: at.person.id, origin }
  tell({ ...head, ...(origin === 5 && { servicer_userid: 'May' }), ...content }, at.world)
}

export function happened(event_type: string, fields: Json, at: { person: Person; world: World }): void {
  const event = { event_type, open_kfid: openKfIdOf(at.world), external_userid: at.person.id, ...fields }
  tell({ origin: 4, msgtype: 'event', event }, at.world)
}

const words = new WeakMap<World, Map<string, number>>()
const wordsOf = (world: World): Map<string, number> => {
  const known = words.get(world) ?? new Map<string, number>()
  words.set(world, known)
  return known
}
export const isWord = (word: string, world: World): boolean => (wordsOf(world).get(word) ?? 0) > world.now().getTime()

export function callback(world: World): string {
  const word = `ENC${sha1([world.account.token, String(world.next())])}`
  wordsOf(world).set(word, world.now().getTime() + 600_000)
  const CreateTime = Math.floor(world.now().getTime() / 1000)
  const inside = {
    ToUserName: corpIdOf(world),
    CreateTime,
    MsgType: 'event',
    Event: 'kf_msg_or_event',
    Token: word,
    OpenKfId: openKfIdOf(world),
  }
  return xmlOf({ ToUserName: corpIdOf(world), AgentID: '', Encrypt: seal(xmlOf(inside), corpIdOf(world), world) })
}

/** The address of one call: the signature is in its query. */
export function address(webhookUrl: string, body: Buffer, world: World): string {
  const url = new URL(webhookUrl)
  const { signature: _, ...asked } = signed(body, world)
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
  return url.href
}

/** What the console does when a callback is entered: it asks for a word that only the right key can open. */
export async function enterCallback(webhookUrl: string, world: World): Promise<boolean> {
  const word = String(world.next()).padStart(19, '7')
  const echostr = seal(word, corpIdOf(world), world)
  const url = new URL(address(webhookUrl, Buffer.from(`<Encrypt><![CDATA[${echostr}]]></Encrypt>`), world))
  url.searchParams.set('echostr', echostr)
  const answer = await fetch(url)
    .then(answered => answered.text())
    .catch(() => '')
  if (answer !== word) return false
  world.webhookUrl = webhookUrl
  return true
}

export const settingsOf = (world: World): Record<string, string> => ({
  corpId: corpIdOf(world),
  secret: world.account.secret,
  token: world.account.token,
  encodingAesKey: aesKeyOf(world),
  openKfId: openKfIdOf(world),
})
