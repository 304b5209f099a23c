import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { instagramWire } from '../../sandbox/instagram.ts'
import { messengerWire } from '../../sandbox/messenger.ts'
import { telegramWire } from '../../sandbox/telegram.ts'
import { viberWire } from '../../sandbox/viber.ts'
import { vkWire } from '../../sandbox/vk.ts'
import { whatsappWire } from '../../sandbox/whatsapp/index.ts'
import type { Person } from '../../sandbox/wire.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import type { Channel } from '../../src/api/shapes.ts'
import type { Api } from './api.ts'

export const wires = {
  whatsapp: whatsappWire,
  telegram: telegramWire,
  viber: viberWire,
  messenger: messengerWire,
  instagram: instagramWire,
  vk: vkWire,
} as const
export type Messenger = keyof typeof wires

export interface WorldsOptions {
  /** Who has a phone with each messenger; a messenger without people is not built. */
  people: Partial<Record<Messenger, Person[]>>
  /** Divides the providers' retry pauses. */
  haste?: number
  random?: () => number
  now?: () => Date
  name?: string
}

/** Simulated providers in this process, on a port of their own. `close` ends them. */
export async function mountWorlds(options: WorldsOptions) {
  const { people, haste = 20, random, now, name = 'Rowan & Rye' } = options
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 120_000_000 })
  const worlds = Object.entries(people).map(([kind, persons]) =>
    createWorld(wires[kind as Messenger], {
      name,
      people: persons,
      haste,
      ...(random && { random }),
      ...(now && { now }),
    }),
  )
  for (const world of worlds) {
    const prefix = `/sandbox/providers/${world.wire.kind}`
    await app.register(async scope => world.mount(scope, prefix), { prefix })
  }
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  for (const world of worlds) world.baseUrl = `${url}/sandbox/providers/${world.wire.kind}`
  return {
    worlds,
    url,
    async close() {
      for (const world of worlds) world.close()
      await app.close()
    },
  }
}

/** Connects one account to Parley as an administrator would: settings first, then the webhook at the provider. */
export async function connectWorld(api: Api, world: World): Promise<string> {
  const { kind } = world.wire
  const settings = { ...world.wire.settings(world), baseUrl: world.baseUrl }
  const channel = await api<Channel>('POST', '/channels', { kind, name: `${world.account.name} ${kind}`, settings })
  await api('POST', `/channels/${channel.id}/setup`)
  // WhatsApp's address is registered by hand for the whole app, unless Meta is asked to override it.
  world.webhookUrl ??= channel.webhookUrl
  return channel.id
}
