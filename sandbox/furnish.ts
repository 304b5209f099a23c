import { setTimeout as pause } from 'node:timers/promises'
import type { Channel, Conversation, SayablePart } from '../src/api/shapes.ts'
import { roleOf } from './cast.ts'
import { menuFor } from './menus.ts'
import { shopName } from './people.ts'
import { type Answer, jpegOf } from './story.ts'
import type { Line } from './tales.ts'
import type { Person } from './wire.ts'
import type { World } from './world.ts'

/** The public API as one agent's browser calls it. Throws with the problem's own words. */
export type Api = <T>(
  method: string,
  path: string,
  given?: { json?: object; file?: Buffer; headers?: object },
) => Promise<T>

/** `session` is the value of the session cookie. */
export function apiAs(session: string, url: string): Api {
  return async (method, path, { json, file, headers } = {}) => {
    const own = { cookie: `parley_session=${session}`, 'x-parley': '1' }
    const body = file ? new Uint8Array(file) : json && JSON.stringify(json)
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...own, ...(json && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as never
  }
}

/**
 * Connects what is not connected yet: one channel for each simulated account and one for the website, and registers
 * the webhooks. Answers the channels' ids by kind; `warn` hears of one that cannot be had. Safe to call at every start.
 */
export async function connectChannels(
  api: Api,
  worlds: World[],
  warn: (trouble: string) => void,
): Promise<Record<string, string>> {
  const { items } = await api<{ items: Channel[] }>('GET', '/channels')
  const ids: Record<string, string> = {}
  for (const world of worlds) {
    try {
      ids[world.wire.kind] = await connectOne(api, world, items)
    } catch (error) {
      warn(`${roleOf(world.wire.kind).name} could not be connected: ${(error as Error).message}`)
    }
  }
  const site = items.find(c => c.kind === 'site') ?? (await api<Channel>('POST', '/channels', { json: siteChannel }))
  return { ...ids, site: site.id }
}

async function connectOne(api: Api, world: World, items: Channel[]): Promise<string> {
  const { kind } = world.wire
  // A wire with a server of its own names its address itself.
  const settings: Record<string, string> = { baseUrl: world.baseUrl, ...world.wire.settings(world) }
  const known = items.find(channel => channel.kind === kind && isSimulated(channel))
  const made = async () => ({ kind, name: roleOf(kind).name, settings: { ...settings, ...(await menuFor(kind, api)) } })
  const channel = known ?? (await api<Channel>('POST', '/channels', { json: await made() }))
  const moved = known && changed(known.settings, settings)
  if (moved) await api('PATCH', `/channels/${known.id}`, { json: { settings: moved } })
  await api('POST', `/channels/${channel.id}/setup`)
  return channel.id
}

/** One that a visitor connected to a real account is left alone. */
const isSimulated = ({ settings }: Channel): boolean =>
  Object.values(settings).some(value => /\/sandbox\/providers\/|\b127\.0\.0\.1\b/.test(value))

/** What reads differently from what it shall be, as far as it is shown: another port after a restart. */
function changed(shown: Record<string, string>, wanted: Record<string, string>): Record<string, string> | undefined {
  const differs = Object.entries(wanted).filter(
    ([name, value]) => shown[name] !== undefined && !shown[name].startsWith('••••') && shown[name] !== value,
  )
  return differs.length ? Object.fromEntries(differs) : undefined
}

const siteChannel = {
  kind: 'site',
  name: 'Website',
  settings: { title: shopName, answerTime: 'Usually within 10 minutes, 8 to 18' },
}

/** Answers in the story as the owner would, in the conversation of that customer. */
export function answerThrough(api: Api, channels: Record<string, string>): Answer {
  return async (kind, customer, line) => {
    const channel = channels[kind]
    if (!channel) throw new Error(`${roleOf(kind).name} is not connected.`)
    const conversation = await conversationOf(api, channel, customer)
    const parts = [await partOf(api, line)]
    const headers = { 'idempotency-key': crypto.randomUUID() }
    await api('POST', `/conversations/${conversation.id}/read`)
    await api('POST', `/conversations/${conversation.id}/messages`, { json: { parts }, headers })
  }
}

/** So many looks; after them the channel's only customer will be meant, under an address we do not know. */
const patience = 20

/** It exists a moment after the customer's first words: a webhook is stored first and worked on afterwards. */
async function conversationOf(api: Api, channel: string, customer: Person): Promise<Conversation> {
  for (let tries = 0; tries < 60; tries++) {
    const { items } = await api<{ items: Conversation[] }>('GET', '/conversations?view=all&limit=100')
    const theirs = items.filter(conversation => conversation.channelId === channel)
    const found =
      theirs.find(conversation => isWith(conversation, customer)) ?? (tries > patience ? theirs[0] : undefined)
    if (found) return found
    await pause(200)
  }
  throw new Error(`${customer.name} has no conversation yet.`)
}

/** Some networks tell a name, others only a number. */
const isWith = ({ contact }: Conversation, { id, name, phone }: Person): boolean =>
  contact.name === name || contact.identities.some(({ address }) => address.endsWith(id) || address.endsWith(phone))

async function partOf(api: Api, line: Line): Promise<SayablePart> {
  if ('text' in line) return { type: 'text', text: line.text }
  if ('ask' in line)
    return { type: 'choices', prompt: line.ask, choices: line.choices.map(label => ({ id: label, label })) }
  const file = await jpegOf(line.picture)
  const stored = await api<{ url: string; media: string; mime: string; name: string }>(
    'POST',
    `/media?name=${line.picture}.jpg`,
    { file, headers: { 'content-type': 'image/jpeg' } },
  )
  const { url, media, mime, name } = stored
  return { type: 'image', url, media, mime, name, caption: line.caption }
}
