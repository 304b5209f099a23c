import type { FastifyReply } from 'fastify'
import { isMedia, type Part } from '../src/domain/message.ts'
import { roleOf } from './cast.ts'
import { ordered } from './faults.ts'
import type { Bubble, Person } from './wire.ts'
import type { LogLine, World } from './world.ts'

/** A world as the page sees it: no credentials. */
export function pictureOf(world: World) {
  const { name, group, city } = roleOf(world.wire.kind)
  return {
    kind: world.wire.kind,
    messenger: name,
    group,
    city,
    account: world.account.name,
    without: [...(world.wire.without ?? [])],
    says: world.wire.says ?? { rate: '429', down: '503', token: '401' },
    connected: world.webhookUrl !== undefined,
    people: [...world.people.values()],
    bubbles: world.bubbles.map(bubble => shown(bubble, world)),
    log: world.log.slice(-60),
    menu: menuOf(world),
    ...troubles(world),
  }
}

const troubles = (world: World) => ({
  faults: { ...world.faults },
  ordered: ordered(world.faults, world.now().getTime()),
})

/** Null where there is none: the page forgets the one it had. */
function menuOf(world: World) {
  const menu = world.wire.menu?.(world)
  return menu
    ? { ...menu, ...(menu.picture && { picture: { ...menu.picture, url: fileUrl(menu.picture.file, world) } }) }
    : null
}

const fileUrl = (id: string, world: World): string => `/sandbox/api/files/${world.wire.kind}/${encodeURIComponent(id)}`

/** The bubble with addresses from which the page can load its files. */
function shown(bubble: Bubble, world: World): Bubble {
  return { ...bubble, parts: bubble.parts.map(part => withAddress(part, world)) }
}

function withAddress(part: Part, world: World): Part {
  if (!isMedia(part)) return part
  const id = [part.ref, part.media, part.url].find(name => name && world.files.has(name))
  // The simulator's own address may name another host or port than the one this page was loaded from.
  if (!id) return { ...part, url: part.url.replace(/^https?:\/\/[^/]+(?=\/sandbox\/providers\/)/, '') }
  return { ...part, url: fileUrl(id, world) }
}

/** Server-sent events to every open page. A page that reconnects asks for the whole state again. */
export function createLive(worlds: World[]) {
  const open = new Set<FastifyReply>()
  const tell = (event: object) => {
    const text = `data: ${JSON.stringify(event)}\n\n`
    for (const reply of open) reply.raw.write(text)
  }
  const listeners = worlds.flatMap(world => {
    const about = (fields: object) => tell({ kind: world.wire.kind, ...fields, ...troubles(world) })
    return [
      [world, 'bubble', (bubble: Bubble) => about({ bubble: shown(bubble, world) })],
      [world, 'person', (person: Person) => about({ person })],
      [world, 'log', (line: LogLine) => about({ line })],
      [world, 'profile', () => about({ menu: menuOf(world) })],
      [world, 'faults', () => about({})],
      [world, 'typing', (person?: Person) => about({ typing: person?.id })],
    ] as const
  })
  for (const [world, what, listen] of listeners) world.events.on(what, listen)
  return {
    tell,
    join(reply: FastifyReply) {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      reply.raw.write('retry: 1000\n\n')
      open.add(reply)
      reply.raw.on('close', () => open.delete(reply))
    },
    close() {
      for (const [world, what, listen] of listeners) world.events.off(what, listen)
      for (const reply of open) reply.raw.end()
    },
  }
}

export type Live = ReturnType<typeof createLive>
