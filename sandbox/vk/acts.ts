import { type Json, maybe, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Act, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { cmidOf, communityOf, groupOf, jsonIn, nextCmid, type Said, seconds, tell } from './account.ts'
import { commentOn, editComment, numberOf } from './comments.ts'
import { addressOf, docObject, keyOf, photoObject, store, voiceObject } from './files.ts'
import { reactions } from './messages.ts'

interface Where {
  person: Person
  world: World
}

/** What VK tells the community when a customer does this. */
export function act(deed: Act, person: Person, world: World): void {
  const at = { person, world }
  switch (deed.do) {
    case 'text':
      return say([{ type: 'text', text: deed.text }], { text: deed.text, ...quoting(deed.replyTo, world) }, at)
    case 'comment':
      return void commentOn(deed.text, { person, ...(deed.replyTo && { answer: numberOf(deed.replyTo) }) }, world)
    case 'media':
      return sendFile(deed, at)
    case 'location': {
      const coordinates = { latitude: deed.lat, longitude: deed.lon }
      const geo = { type: 'point', coordinates, ...(deed.name && { place: { title: deed.name } }) }
      const { lat, lon, name } = deed
      return say([{ type: 'location', lat, lon, ...(name && { name }) }], { geo }, at)
    }
    case 'press':
      return press(deed, at)
    case 'react':
      return react(deed, at)
    case 'edit':
      return edit(deed, at)
    case 'start': {
      const ref = deed.ref ? { ref: deed.ref, ref_source: 'link' } : {}
      return say([{ type: 'text', text: 'Начать' }], { text: 'Начать', payload: '{"command":"start"}', ...ref }, at)
    }
    case 'block':
      person.blocked = true
      return tell('message_deny', { user_id: Number(person.id) }, world)
    case 'unblock':
      person.blocked = false
      person.wroteAt ??= world.now().getTime()
      return tell('message_allow', { user_id: Number(person.id), key: '' }, world)
    case 'look':
      return look(at)
    default:
      throw new Error(`vk: communities are not told when a customer wants to ${deed.do}`)
  }
}

const client_info = {
  button_actions: ['text', 'vkpay', 'open_app', 'location', 'open_link', 'callback'],
  keyboard: true,
  inline_keyboard: true,
  carousel: true,
  lang_id: 0,
}

/** A message of the customer: whoever writes allows answers. */
function say(parts: Part[], fields: Json, { person, world }: Where): void {
  const cmid = nextCmid(person.id, world)
  const at = world.now().getTime()
  person.wroteAt = at
  person.blocked = false
  const { replyTo, ...told } = fields
  const quote = text(replyTo) ? { replyTo: text(replyTo)! } : {}
  world.show({ id: `${person.id}:${cmid}`, person: person.id, from: 'customer', parts, at, reactions: [], ...quote })
  tell('message_new', { message: message(cmid, told, { person, world }), client_info }, world)
}

function message(cmid: number, fields: Json, { person, world }: Where): Json {
  const peer = Number(person.id)
  const ids = {
    id: 100_000 + cmid,
    conversation_message_id: cmid,
    peer_id: peer,
    from_id: peer,
    version: 10_000 + cmid,
  }
  const rest = { attachments: [], fwd_messages: [], important: false, is_hidden: false, random_id: 0, text: '', out: 0 }
  return { date: seconds(world), ...ids, ...rest, ...fields }
}

function quoting(id: string | undefined, world: World): Json {
  const quoted = id ? world.bubble(id) : undefined
  if (!quoted) return {}
  const from_id = quoted.from === 'customer' ? Number(quoted.person) : -groupOf(world)
  const ids = {
    id: 100_000 + cmidOf(quoted.id),
    conversation_message_id: cmidOf(quoted.id),
    peer_id: Number(quoted.person),
  }
  const words = quoted.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
  const reply_message = { date: Math.floor(quoted.at / 1000), from_id, text: words, ...ids, attachments: [] }
  return { reply_message, replyTo: quoted.id }
}

const kinds = {
  image: 'photo',
  file: 'doc',
  voice: 'audio_message',
  audio: 'audio',
  video: 'video',
  sticker: 'sticker',
}

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { bytes, mime, name, caption, seconds: length = 1 } = deed
  const type = kinds[deed.type]
  const stored = store(type, { bytes, mime, name }, { owner: Number(at.person.id), world: at.world })
  const url = addressOf(stored.name, at.world)
  const { id, owner_id } = stored
  const objects: Record<string, () => Json> = {
    photo: () => photoObject(stored, at.world),
    doc: () => docObject(stored, at.world),
    audio_message: () => voiceObject(stored, length),
    audio: () => ({ id, owner_id, artist: at.person.name, title: name, duration: length, url }),
    video: () => ({ id, owner_id, title: name, duration: length, access_key: keyOf(id), can_add: 0, type: 'video' }),
    sticker: () => ({
      inner_type: 'base_sticker_new',
      sticker_id: 163,
      product_id: 4,
      images: [{ url, width: 128, height: 128 }],
    }),
  }
  const shown: Part = { type: deed.type, url, ref: stored.name, name, mime, bytes: bytes.length }
  const parts: Part[] = caption ? [{ type: 'text', text: caption }, shown] : [shown]
  say(parts, { text: caption ?? '', attachments: [{ type, [type]: objects[type]!() }] }, at)
}

/** A text button is a message; a callback button tells the program alone. */
function press({ bubble: id, choice }: Act & { do: 'press' }, at: Where): void {
  const { person, world } = at
  const buttons = ((world.bubble(id) as Said | undefined)?.buttons ?? []).map(button => maybe(button.action))
  const button = buttons.find(({ payload, label }) => choice === payload || choice === label)
  if (!button) throw new Error(`vk: no button ${choice} there`)
  world.change(id, { pressed: choice })
  const { payload, label } = button
  if (button.type === 'text') return say([{ type: 'text', text: text(label)! }], { text: label, payload }, at)
  const event_id = Buffer.from(`press-${world.next()}`).toString('hex')
  communityOf(world).presses.add(`${person.id}:${person.id}:${event_id}`)
  const ids = { user_id: Number(person.id), peer_id: Number(person.id), event_id }
  tell('message_event', { ...ids, payload: jsonIn(payload), conversation_message_id: cmidOf(id) }, world)
}

function react({ bubble: id, emoji }: Act & { do: 'react' }, { person, world }: Where): void {
  const reaction = reactions.indexOf(emoji) + 1
  if (emoji && !reaction) throw new Error(`vk: there is no reaction ${emoji}`)
  const others = (world.bubble(id)?.reactions ?? []).filter(one => one.from !== 'customer')
  world.change(id, { reactions: emoji ? [...others, { emoji, from: 'customer' }] : others })
  const who = { reacted_id: Number(person.id), peer_id: Number(person.id), cmid: cmidOf(id) }
  tell('message_reaction_event', { ...who, ...(emoji && { reaction_id: reaction }) }, world)
}

function edit({ bubble: id, text: said }: Act & { do: 'edit' }, at: Where): void {
  if (at.world.bubble(id)?.comment) return editComment(id, said, at.world)
  at.world.change(id, { parts: [{ type: 'text', text: said }], edited: true })
  tell('message_edit', message(cmidOf(id), { text: said, update_time: seconds(at.world) }, at), at.world)
}

/** One event for everything up to the last message. */
function look({ person, world }: Where): void {
  const unread = world.bubbles.filter(
    bubble => bubble.person === person.id && bubble.from === 'business' && bubble.ticks && bubble.ticks !== 'read',
  )
  const last = unread.at(-1)
  if (!last) return
  for (const { id } of unread) world.change(id, { ticks: 'read' })
  const cmid = cmidOf(last.id)
  const ids = { from_id: Number(person.id), peer_id: Number(person.id) }
  tell('message_read', { ...ids, read_message_id: 100_000 + cmid, conversation_message_id: cmid }, world)
}
