import { hmacSha256Hex } from '../src/channels/kit.ts'
import type { Part } from '../src/domain/message.ts'
import { faceUrl } from './faces.ts'
import { isSubscribed, nextToken, tell, trackingFor } from './viber/account.ts'
import { api, refuse } from './viber/api.ts'
import { fileUrl } from './viber/phone.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** Viber's bot API: chatapi.viber.com, with its signed webhooks. */
export const viberWire: Wire = {
  kind: 'viber',
  routes: api,
  act,
  sign: (body, world) => ({ 'x-viber-content-signature': hmacSha256Hex(world.account.token, body) }),
  refuse: {
    rate: reply => refuse('tooManyRequests', reply),
    down: reply => reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>'),
    token: reply => refuse('invalidAuthToken', reply),
    blocked: reply => refuse('receiverNotSubscribed', reply),
  },
  unknownEvent: (person, world) => ({
    event: 'mini_app_closed',
    timestamp: world.now().getTime(),
    message_token: world.next(),
    user_id: person.id,
  }),
  settings: world => ({ token: world.account.token }),
  // "Several times during about an hour" (developers.viber.com FAQ); the steps are a guess.
  retryAfter: attempt => [10_000, 60_000, 300_000, 900_000][attempt] ?? 1_800_000,
}

function act(deed: Act, person: Person, world: World): void {
  switch (deed.do) {
    case 'text':
      return say({ type: 'text', text: deed.text }, [{ type: 'text', text: deed.text }], { person, world })
    case 'media':
      return sendFile(deed, person, world)
    case 'location': {
      const { lat, lon } = deed
      return say({ type: 'location', location: { lat, lon } }, [{ type: 'location', lat, lon }], { person, world })
    }
    case 'contact': {
      const contact = { name: deed.name, phone_number: deed.phone }
      const shown: Part = { type: 'contact', name: deed.name, phones: [deed.phone] }
      return say({ type: 'contact', contact }, [shown], { person, world })
    }
    case 'press':
      world.change(deed.bubble, { pressed: deed.choice })
      return say({ type: 'text', text: deed.choice }, [{ type: 'text', text: deed.choice }], { person, world })
    case 'start':
      return start(deed.ref, person, world)
    case 'block':
      person.blocked = true
      return tell('unsubscribed', { message_token: nextToken(world), user_id: person.id }, world)
    case 'unblock':
      person.blocked = false
      person.wroteAt ??= world.now().getTime()
      return tell('subscribed', { message_token: nextToken(world), user: userOf(person, world) }, world)
    case 'look':
      return look(person, world)
    default:
      throw new Error(`viber: bots are not told when a customer wants to ${deed.do}`)
  }
}

interface Where {
  person: Person
  world: World
}

/** A message of the customer. Writing subscribes, and answers whatever the bot asked last. */
function say(message: Record<string, unknown>, parts: Part[], { person, world }: Where): void {
  const tracking = trackingFor(person, world)
  const id = nextToken(world)
  const now = world.now().getTime()
  person.blocked = false
  person.wroteAt = now
  world.show({ id, person: person.id, from: 'customer', parts, at: now, reactions: [] })
  const said = tracking ? { ...message, tracking_data: tracking } : message
  tell('message', { message_token: id, sender: userOf(person, world), message: said, silent: false }, world)
}

const kinds = { image: 'picture', video: 'video', audio: 'file', file: 'file', sticker: 'sticker' } as const

function sendFile(deed: Act & { do: 'media' }, person: Person, world: World): void {
  if (deed.type === 'voice') throw new Error('viber: bots are not told of voice messages')
  const id = `in-${world.next()}`
  const { bytes, mime, name, caption, seconds } = deed
  world.files.set(id, { id, bytes, mime, name })
  const media = fileUrl(id, world)
  const shown: Part = {
    type: deed.type,
    url: media,
    ref: id,
    name,
    mime,
    bytes: bytes.length,
    ...(caption && { caption }),
  }
  if (deed.type === 'sticker') return say({ type: 'sticker', sticker_id: 40100 }, [shown], { person, world })
  const type = kinds[deed.type]
  const extra = type === 'file' ? { file_name: name } : { thumbnail: media, ...(caption && { text: caption }) }
  const length = type === 'video' ? { duration: seconds ?? 1 } : {}
  say({ type, media, size: bytes.length, ...extra, ...length }, [shown], { person, world })
}

/** Opening the chat subscribes nobody. */
function start(ref: string | undefined, person: Person, world: World): void {
  const context = ref ? { context: ref } : {}
  const user = userOf(person, world)
  const fields = { message_token: nextToken(world), type: 'open', ...context, user }
  tell('conversation_started', { ...fields, subscribed: isSubscribed(person) }, world)
}

function look(person: Person, world: World): void {
  for (const bubble of world.bubbles) {
    if (bubble.person !== person.id || bubble.from !== 'business' || bubble.ticks === 'read') continue
    world.change(bubble.id, { ticks: 'read' })
    tell('seen', { message_token: bubble.id, user_id: person.id }, world)
  }
}

const userOf = (person: Person, world: World) => ({
  id: person.id,
  name: person.name,
  avatar: faceUrl(world, person),
  language: person.language,
  country: 'UA',
  api_version: 10,
})
