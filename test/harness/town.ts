import { randomUUID } from 'node:crypto'
import { after } from 'node:test'
import type { Act, Bubble, Person } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'
import type { Channel, Conversation, Message, SayablePart } from '../../src/api/shapes.ts'
import { everyItem } from './api.ts'
import { type Server, type ServerOptions, startParley } from './server.ts'
import { until } from './until.ts'
import { addressOf } from './words.ts'
import { connectWorld, type Messenger, mountWorlds, type WorldsOptions } from './worlds.ts'

/** The people of the journeys, one for each messenger. */
export const folk = {
  whatsapp: { id: '358405550101', name: 'Katja', phone: '358405550101', language: 'fi', blocked: false },
  telegram: { id: '710044202', name: 'Дмитрий', phone: '79215550134', language: 'ru', blocked: false },
  viber: { id: 'k2mJ7nCq0vVd5wXyZ==', name: 'Päivi', phone: '358505550177', language: 'fi', blocked: false },
  messenger: { id: '7412098365021177', name: 'Liza Santos', phone: '639175550112', language: 'en', blocked: false },
  instagram: {
    id: '7412098365021188',
    name: 'Maya',
    username: 'maya.w',
    phone: '13125550143',
    language: 'en',
    blocked: false,
  },
  vk: { id: '210700286', name: 'Анна', phone: '79115550110', language: 'ru', blocked: false },
} as const satisfies Record<Messenger, Person>

export interface TownOptions extends Partial<WorldsOptions> {
  server?: ServerOptions
}
export type Town = Awaited<ReturnType<typeof openTown>>

/** The real server in its own process, simulated providers in this one, connected. It ends with the test file. */
export async function openTown(options: TownOptions = {}) {
  let close = async () => {}
  after(() => close())
  const people = options.people ?? { whatsapp: [folk.whatsapp], telegram: [folk.telegram], viber: [folk.viber] }
  const [server, mounted] = await Promise.all([startParley(options.server), mountWorlds({ ...options, people })])
  close = async () => {
    await mounted.close()
    await server.stop()
  }
  const worlds = new Map(mounted.worlds.map(world => [world.wire.kind, world]))
  const channels = new Map<string, string>()
  for (const world of mounted.worlds) channels.set(world.wire.kind, await connectWorld(server.api, world))
  const site = await server.api<Channel>('POST', '/channels', { kind: 'site', name: 'Website', settings: {} })
  channels.set('site', site.id)
  return {
    server,
    api: server.api,
    world: (kind: Messenger): World => worlds.get(kind)!,
    channel: (kind: string): string => channels.get(kind)!,
    ...deeds(server, worlds, channels),
    close,
  }
}

function deeds(server: Server, worlds: Map<string, World>, channels: Map<string, string>) {
  const { api } = server
  const world = (kind: Messenger) => worlds.get(kind)!

  /** The conversation that this address leads to, if there is one. */
  async function conversationAt(kind: string, address: string): Promise<Conversation | undefined> {
    const all = await everyItem<Conversation>(api, '/conversations?view=all&limit=200')
    return all.find(c => c.contact.identities.some(i => i.channelId === channels.get(kind) && i.address === address))
  }
  const thread = async (conversation: Conversation) =>
    (await everyItem<Message>(api, `/conversations/${conversation.id}/messages?limit=200`, 'before')).reverse()

  return {
    conversationAt,
    /** All messages of a conversation, oldest first. */
    thread,
    channelNow: (kind: string) => api<Channel>('GET', `/channels/${channels.get(kind)}`),
    act: (kind: Messenger, act: Act, person: Person = folk[kind]) => world(kind).act(person.id, act),
    /** Waits for the conversation of this person. */
    conversation: (kind: Messenger, person: Person = folk[kind]) =>
      until(`${person.name} has a conversation on ${kind}`, () => conversationAt(kind, addressOf(world(kind), person))),
    /** Answers as the business; resolves once it is stored. */
    answer: (
      conversation: Conversation,
      parts: string | SayablePart[],
      also: { replyTo?: string; key?: string } = {},
    ) =>
      api<Message>(
        'POST',
        `/conversations/${conversation.id}/messages`,
        { parts: typeof parts === 'string' ? [{ type: 'text', text: parts }] : parts, replyTo: also.replyTo },
        { 'idempotency-key': also.key ?? randomUUID() },
      ),
    /** Waits for a message of this conversation that fits. */
    message: (conversation: Conversation, what: string, fits: (message: Message) => boolean) =>
      until(what, async () => (await thread(conversation)).findLast(fits)),
    /** Waits for a bubble on this person's phone. */
    bubble: (kind: Messenger, what: string, fits: (bubble: Bubble) => boolean, person: Person = folk[kind]) =>
      until(what, () => world(kind).bubbles.findLast(b => b.person === person.id && fits(b))),
  }
}
