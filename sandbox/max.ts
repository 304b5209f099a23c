import type { Part } from '../src/domain/message.ts'
import { chatOf, keptOf, messageId, newToken, tell, userOf, wireJson } from './max/account.ts'
import { api, refuse, unauthorized } from './max/api.ts'
import { fileUrl, messageOf } from './max/message.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** MAX's Bot API: platform-api2.max.ru, with the secret of the subscription in its webhooks. */
export const maxWire: Wire = {
  kind: 'max',
  routes: api,
  act,
  sign: (body, world) => ({ 'x-max-bot-api-secret': secretFor(body, world) }),
  refuse: {
    rate: (reply, world) =>
      refuse(reply.header('retry-after', world.faults.retryAfter), 429, ['too.many.requests', 'Too many requests']),
    down: reply => refuse(reply, 503, ['service.unavailable', 'Service unavailable']),
    token: unauthorized,
    blocked: reply => refuse(reply, 403, ['chat.denied', 'error.dialog.suspended']),
  },
  unknownEvent: (person, world) =>
    wireJson({
      update_type: 'story_viewed',
      timestamp: world.now().getTime(),
      chat_id: chatOf(person),
      user: userOf(person, world),
    }),
  settings: world => ({ token: world.account.token, secret: world.account.secret }),
  // 60 seconds, then two and a half times as long each time (dev.max.ru, POST /subscriptions).
  retryAfter: attempt => 60_000 * 2.5 ** Math.min(attempt, 9),
}

/** Nothing is signed here. A forged update, which ends in a space more than it should, comes with another secret. */
function secretFor(body: Buffer, world: World): string {
  const secret = keptOf(world).subscriptions[0]?.secret ?? world.account.secret
  return body.at(-1) === 0x20 ? `not-${secret}` : secret
}

interface Where {
  person: Person
  world: World
}

function act(deed: Act, person: Person, world: World): void {
  const at = { person, world }
  switch (deed.do) {
    case 'text':
      return say({ type: 'text', text: deed.text }, at, deed.replyTo)
    case 'media':
      return sendFile(deed, at)
    case 'location':
      return say({ type: 'location', lat: deed.lat, lon: deed.lon }, at)
    case 'contact':
      return say({ type: 'contact', name: deed.name, phones: [deed.phone] }, at)
    case 'press':
      return press(deed, at)
    case 'edit':
      world.change(deed.bubble, { parts: [{ type: 'text', text: deed.text }], edited: true })
      return tell('message_edited', { message: messageOf(world.bubble(deed.bubble)!, world) }, at)
    case 'delete': {
      world.change(deed.bubble, { deleted: true })
      const { user_id } = userOf(person, world)
      return tell('message_removed', { message_id: deed.bubble, chat_id: chatOf(person), user_id, post_id: null }, at)
    }
    case 'start':
      return start(deed.ref, at)
    case 'block':
      person.blocked = true
      return tell('bot_stopped', { chat_id: chatOf(person), user: userOf(person, world) }, at)
    case 'unblock':
      person.blocked = false
      return start(undefined, at)
    case 'look':
      return look(at)
    default:
      throw new Error(`max: bots are not told when a customer wants to ${deed.do}`)
  }
}

function say(part: Part, { person, world }: Where, replyTo?: string): void {
  const id = messageId(world)
  const at = world.now().getTime()
  person.wroteAt = at
  world.show({ id, person: person.id, from: 'customer', parts: [part], at, reactions: [], ...(replyTo && { replyTo }) })
  tell('message_created', { message: messageOf(world.bubble(id)!, world) }, { person, world })
}

function sendFile({ type, bytes, mime, name, caption, seconds }: Act & { do: 'media' }, at: Where): void {
  const ref = newToken()
  at.world.files.set(ref, { id: ref, bytes, mime, name })
  const facts = { url: fileUrl(ref, at.world), ref, mime, name, bytes: bytes.length }
  say({ type, ...facts, ...(caption && { caption }), ...(seconds && { seconds }) }, at)
}

/** The press is shown on the button; nothing is said in the chat. */
function press({ bubble, choice }: Act & { do: 'press' }, { person, world }: Where): void {
  const shown = world.bubble(bubble)
  world.change(bubble, { pressed: choice })
  const callback_id = newToken()
  keptOf(world).pressed.set(callback_id, { bubble })
  const callback = { timestamp: world.now().getTime(), callback_id, payload: choice, user: userOf(person, world) }
  tell('message_callback', { callback, message: shown ? messageOf(shown, world) : null }, { person, world })
}

function start(ref: string | undefined, { person, world }: Where): void {
  person.wroteAt ??= world.now().getTime()
  const fields = { chat_id: chatOf(person), user: userOf(person, world), ...(ref && { payload: ref }) }
  tell('bot_started', fields, { person, world })
}

/** Bots are not told who has read what. */
function look({ person, world }: Where): void {
  for (const { id, person: whose, from } of world.bubbles)
    if (whose === person.id && from === 'business') world.change(id, { ticks: 'read' })
}
