import { setTimeout as pause } from 'node:timers/promises'
import type { Channel, Conversation, SayablePart } from '../src/api/shapes.ts'
import { customers, shopName } from './people.ts'
import { type Answer, jpegOf, type Line } from './story.ts'
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
 * the webhooks. Answers the channels' ids by kind. Safe to call at every start.
 */
export async function connectChannels(api: Api, worlds: World[]): Promise<Record<string, string>> {
  const { items } = await api<{ items: Channel[] }>('GET', '/channels')
  const ids: Record<string, string> = {}
  for (const world of worlds) {
    const { kind } = world.wire
    const known = items.find(c => c.kind === kind && c.settings.baseUrl?.includes('/sandbox/providers/'))
    const settings = { ...world.wire.settings(world), baseUrl: world.baseUrl }
    const channel =
      known ?? (await api<Channel>('POST', '/channels', { json: { kind, name: names[kind] ?? kind, settings } }))
    if (known && known.settings.baseUrl !== world.baseUrl)
      await api('PATCH', `/channels/${known.id}`, { json: { settings: { baseUrl: world.baseUrl } } })
    await api('POST', `/channels/${channel.id}/setup`)
    ids[kind] = channel.id
  }
  const site = items.find(c => c.kind === 'site') ?? (await api<Channel>('POST', '/channels', { json: siteChannel }))
  return { ...ids, site: site.id }
}

const names: Record<string, string> = { whatsapp: 'WhatsApp', telegram: 'Telegram', viber: 'Viber' }
const siteChannel = {
  kind: 'site',
  name: 'Website',
  settings: { title: shopName, answerTime: 'Usually within 10 minutes, 8 to 18' },
}

/** Answers in the story as the owner would, in the conversation of that customer. */
export function answerThrough(api: Api, channels: Record<string, string>): Answer {
  return async (kind, customer, line) => {
    const conversation = await conversationOf(api, channels[kind]!, customer)
    const parts = [await partOf(api, line)]
    const headers = { 'idempotency-key': crypto.randomUUID() }
    await api('POST', `/conversations/${conversation.id}/read`)
    await api('POST', `/conversations/${conversation.id}/messages`, { json: { parts }, headers })
  }
}

/** It exists a moment after the customer's first words: a webhook is stored first and worked on afterwards. */
async function conversationOf(api: Api, channel: string, customer: string): Promise<Conversation> {
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await api<{ items: Conversation[] }>('GET', '/conversations?view=all&limit=100')
    const theirs = items.filter(conversation => conversation.channelId === channel)
    const found = theirs.find(conversation => conversation.contact.name === customer) ?? theirs[0]
    if (found) return found
    await pause(100)
  }
  throw new Error(`${customer} has no conversation yet.`)
}

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

/** The phones' owners as the first run finds them. */
export const firstPeople = (kind: string) => {
  const person = customers[kind as keyof typeof customers]
  return person ? [{ ...person, blocked: false }] : []
}
