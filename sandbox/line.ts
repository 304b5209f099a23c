import { text } from '../src/channels/kit.ts'
import { signature } from '../src/channels/line/verify.ts'
import type { Part } from '../src/domain/message.ts'
import { envelope, eventOf, messageId, quoteToken, readToken, replyToken, tell } from './line/account.ts'
import { api, refuse, unauthorized } from './line/api.ts'
import { menu, tapped } from './line/menu.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** LINE's Messaging API: api.line.me, api-data.line.me and the shop of stickers, with its signed webhooks. */
export const lineWire: Wire = {
  kind: 'line',
  routes: api,
  act,
  menu,
  sign: (body, world) => ({ 'x-line-signature': signature(body, world.account.secret) }),
  refuse: {
    // LINE gives no hint when to come back.
    rate: reply => refuse(reply, 429, 'The API rate limit has been exceeded. Try again later.'),
    down: reply => refuse(reply, 500, 'Internal server error'),
    token: unauthorized,
    blocked: reply => refuse(reply, 400, 'Failed to send messages'),
  },
  unknownEvent: (person, world) =>
    envelope([eventOf('things', { things: { type: 'link' } }, { person, world })], world),
  settings: world => ({ channelSecret: world.account.secret, channelAccessToken: world.account.token }),
  // "Redelivered for a certain period of time, not disclosed": a guess.
  retryAfter: attempt => [60_000, 300_000, 900_000][attempt] ?? 1_800_000,
}

interface Where {
  person: Person
  world: World
}

function act(deed: Act, person: Person, world: World): void {
  const at = { person, world }
  const token = () => ({ replyToken: replyToken(person, world) })
  switch (deed.do) {
    case 'text':
      return say({ type: 'text', text: deed.text, ...quoting(deed.replyTo) }, { type: 'text', text: deed.text }, at)
    case 'media':
      return sendFile(deed, at)
    case 'location':
      return sendPlace(deed, at)
    case 'press':
      return press(deed, at)
    case 'menu':
      return tap(deed.entry, at)
    case 'delete':
      world.change(deed.bubble, { deleted: true })
      return tell('unsend', { unsend: { messageId: deed.bubble } }, at)
    case 'start':
      // A link that adds the account carries no ref.
      return tell('follow', { ...token(), follow: { isUnblocked: false } }, at)
    case 'block':
      person.blocked = true
      return tell('unfollow', {}, at)
    case 'unblock':
      person.blocked = false
      return tell('follow', { ...token(), follow: { isUnblocked: true } }, at)
    case 'look':
      return look(at)
    default:
      throw new Error(`line: accounts are not told when a customer wants to ${deed.do}`)
  }
}

const quoting = (bubble: string | undefined) => (bubble ? { quotedMessageId: bubble } : {})

/** A message of the customer, with the tokens that an answer, a quote and a read mark will need. */
function say(message: Record<string, unknown>, part: Part, { person, world }: Where): void {
  const id = (message.id as string | undefined) ?? messageId(world)
  const at = world.now().getTime()
  const replyTo = message.quotedMessageId as string | undefined
  person.wroteAt = at
  world.show({ id, person: person.id, from: 'customer', parts: [part], at, reactions: [], ...(replyTo && { replyTo }) })
  const quotable = ['text', 'image', 'video', 'sticker'].includes(String(message.type))
  const tokens = { ...(quotable && { quoteToken: quoteToken(id, world) }), markAsReadToken: readToken(id, world) }
  const fields = { timestamp: at, replyToken: replyToken(person, world), message: { ...message, id, ...tokens } }
  tell('message', fields, { person, world })
}

const kinds = { image: 'image', video: 'video', audio: 'audio', voice: 'audio', file: 'file' } as const

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { bytes, mime, name, seconds = 1, type } = deed
  const id = messageId(at.world)
  const url = `${at.world.baseUrl}/v2/bot/message/${id}/content`
  const shown: Part = { type, url, ref: id, name, mime, bytes: bytes.length }
  if (type === 'sticker') {
    const sticker = { packageId: '446', stickerId: '1988', stickerResourceType: 'STATIC', keywords: ['hi'] }
    return say({ id, type, ...sticker }, shown, at)
  }
  at.world.files.set(id, { id, bytes, mime, name })
  const kind = kinds[type]
  const fields = kind === 'file' ? { fileName: name, fileSize: bytes.length } : { contentProvider: { type: 'line' } }
  const length = kind === 'video' || kind === 'audio' ? { duration: seconds * 1000 } : {}
  return say({ id, type: kind, ...fields, ...length }, shown, at)
}

function sendPlace({ lat, lon, name }: Act & { do: 'location' }, at: Where): void {
  const words = { ...(name && { title: name }), address: `${lat}, ${lon}` }
  const shown: Part = { type: 'location', lat, lon, ...(name && { name }) }
  say({ type: 'location', ...words, latitude: lat, longitude: lon }, shown, at)
}

/** What the button says stands in the chat as the customer's words; the business gets the data only. */
function press({ bubble, choice }: Act & { do: 'press' }, { person, world }: Where): void {
  const offer = world.bubble(bubble)?.parts.find(part => part.type === 'choices')
  const label = offer?.choices.find(c => c.id === choice)?.label ?? choice
  world.change(bubble, { pressed: choice })
  const at = world.now().getTime()
  const parts: Part[] = [{ type: 'text', text: label }]
  world.show({ id: messageId(world), person: person.id, from: 'customer', parts, at, reactions: [] })
  tell('postback', { replyToken: replyToken(person, world), postback: { data: choice } }, { person, world })
}

/** A place on the rich menu: the customer says it, or the business is told by a postback. */
function tap(entry: number, at: Where): void {
  const action = tapped(entry, at.world)
  const words = text(action.text ?? action.displayText)
  if (action.type === 'message') return say({ type: 'text', text: words }, { type: 'text', text: words ?? '' }, at)
  if (action.type !== 'postback') throw new Error(`line: the business is not told of a ${text(action.type)}`)
  const { person, world } = at
  const shown = { id: messageId(world), person: person.id, at: world.now().getTime(), reactions: [] }
  if (words) world.show({ ...shown, from: 'customer', parts: [{ type: 'text', text: words }] })
  tell('postback', { replyToken: replyToken(person, world), postback: { data: text(action.data) } }, at)
}

/** Accounts are not told who has read what. */
function look({ person, world }: Where): void {
  for (const { id, person: whose, from } of world.bubbles)
    if (whose === person.id && from === 'business') world.change(id, { ticks: 'read' })
}
