import type { Json } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Act, Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { changeComment, commentOn } from './comments.ts'
import { addressOf, store } from './files.ts'
import { flavourOf } from './flavour.ts'
import { mid } from './ids.ts'
import { emojis } from './messages.ts'
import { tapped } from './profile.ts'
import { fromPerson } from './tell.ts'

/** What the customer does with the phone, and what Meta tells the business about it. */
export function act(what: Act, person: Person, world: World): void {
  switch (what.do) {
    case 'block':
    case 'unblock':
      // Meta tells the business nothing: its messages fail from now on.
      person.blocked = what.do === 'block'
      world.events.emit('person', person)
      return
    case 'look':
      return look(person, world)
    case 'text':
      return say(person, world, {
        wire: { text: what.text },
        parts: [{ type: 'text', text: what.text }],
        ...(what.replyTo && { replyTo: what.replyTo }),
      })
    case 'comment':
      return void commentOn(world, person.id, what)
    case 'media':
      return say(person, world, file(what, world))
    case 'press':
      return press(what, person, world)
    case 'react':
      return react(what, person, world)
    case 'edit':
    case 'delete':
      return change(what, person, world)
    case 'menu':
      return tap(what.entry, person, world)
    case 'start':
      return start(what.ref, person, world)
    default:
      throw new Error(`${world.wire.kind}: people cannot send a ${what.do} here`)
  }
}

export interface Said {
  /** The fields of `message` besides its id. */
  wire: Json
  parts: Part[]
  replyTo?: string
}

export function say(person: Person, world: World, { wire, parts, replyTo }: Said): void {
  if (person.blocked) throw new Error(`${person.name} blocked this business`)
  const id = mid(world)
  const at = world.now().getTime()
  person.wroteAt = at
  world.show({ id, person: person.id, from: 'customer', parts, at, reactions: [], ...(replyTo && { replyTo }) })
  const message = { mid: id, ...wire, ...(replyTo && { reply_to: { mid: replyTo } }) }
  fromPerson(world, person, { field: 'messages', body: { message } })
}

function file({ type, bytes, mime, name, caption }: Act & { do: 'media' }, world: World): Said {
  const stored = store(world, { bytes, mime, name })
  const url = addressOf(world, stored)
  if (type === 'sticker' && flavourOf(world).object === 'instagram')
    throw new Error('Instagram does not tell apps of stickers')
  const payload = type === 'sticker' ? { url, sticker_id: 369239263222822 } : { url }
  const wire = {
    attachments: [{ type: type === 'voice' ? 'audio' : type, payload }],
    ...(caption && { text: caption }),
  }
  const part: Part = { type, url: stored.id, mime, name, bytes: bytes.length }
  return { wire, parts: [...(caption ? [{ type: 'text' as const, text: caption }] : []), part] }
}

/** A quick reply comes as a message, a button as a postback; both show their words in the chat. */
function press({ bubble: id, choice }: Act & { do: 'press' }, person: Person, world: World): void {
  const offer = ours(id, 'business', world).parts.find(p => p.type === 'choices')
  const picked = offer?.type === 'choices' ? offer.choices.find(c => c.id === choice) : undefined
  if (offer?.type !== 'choices' || !picked) throw new Error(`nothing under ${id} is called ${choice}`)
  world.change(id, { pressed: choice })
  const parts: Part[] = [{ type: 'chosen', choice, label: picked.label }]
  // Cards have no question of their own, and buttons only a short one.
  if (offer.prompt && (offer.choices.length > 3 || [...offer.prompt].length > 640))
    return say(person, world, { wire: { text: picked.label, quick_reply: { payload: choice } }, parts })
  const at = world.now().getTime()
  person.wroteAt = at
  const postback = { mid: mid(world), title: picked.label, payload: choice }
  world.show({ id: postback.mid, person: person.id, from: 'customer', parts, at, reactions: [] })
  fromPerson(world, person, { field: 'messaging_postbacks', body: { postback } })
}

/** A line of the menu or a question of an empty chat comes as a postback, and its words stand in the chat. */
function tap(entry: number, person: Person, world: World): void {
  if (person.blocked) throw new Error(`${person.name} blocked this business`)
  const { title, payload } = tapped(entry, world)
  const at = world.now().getTime()
  person.wroteAt = at
  const postback = { mid: mid(world), title, payload }
  const parts: Part[] = [{ type: 'chosen', choice: payload, label: title }]
  world.show({ id: postback.mid, person: person.id, from: 'customer', parts, at, reactions: [] })
  fromPerson(world, person, { field: 'messaging_postbacks', body: { postback } })
}

function react({ bubble: id, emoji }: Act & { do: 'react' }, person: Person, world: World): void {
  const bubble = world.bubble(id)
  if (!bubble) throw new Error(`no message ${id} on this phone`)
  const before = bubble.reactions.find(r => r.from === 'customer')?.emoji ?? ''
  const others = bubble.reactions.filter(r => r.from !== 'customer')
  world.change(id, { reactions: emoji ? [...others, { emoji, from: 'customer' }] : others })
  const shown = emoji || before
  const name = Object.entries(emojis).find(([, e]) => e === shown)?.[0] ?? 'other'
  const reaction = { mid: id, action: emoji ? 'react' : 'unreact', emoji: shown, reaction: name }
  fromPerson(world, person, { field: 'message_reactions', body: { reaction } })
}

const edits = new WeakMap<Bubble, number>()

function change(what: Act & { do: 'edit' | 'delete' }, person: Person, world: World): void {
  const bubble = ours(what.bubble, 'customer', world)
  const instagram = flavourOf(world).object === 'instagram'
  if (bubble.comment) return changeComment(world, bubble.id, what.do === 'edit' ? what.text : undefined)
  if (what.do === 'edit') {
    const num_edit = (edits.get(bubble) ?? 0) + 1
    edits.set(bubble, num_edit)
    world.change(bubble.id, { edited: true, parts: [{ type: 'text', text: what.text }] })
    const message_edit = { mid: bubble.id, text: what.text, num_edit }
    return fromPerson(world, person, { field: instagram ? 'message_edit' : 'message_edits', body: { message_edit } })
  }
  if (!instagram) throw new Error('Messenger does not tell pages that something was unsent')
  world.change(bubble.id, { deleted: true })
  fromPerson(world, person, { field: 'messages', body: { message: { mid: bubble.id, is_deleted: true } } })
}

/** By a link: into a new chat with "Get started" (Messenger), into an old one at once. */
function start(ref: string | undefined, person: Person, world: World): void {
  const instagram = flavourOf(world).object === 'instagram'
  const source = instagram ? 'IGME-SOURCE-LINK' : 'SHORTLINK'
  const referral = ref && { ref, source, type: 'OPEN_THREAD' }
  if (person.wroteAt === undefined && !instagram) {
    person.wroteAt = world.now().getTime()
    const postback = { mid: mid(world), title: 'Get started', payload: 'GET_STARTED', ...(referral && { referral }) }
    return fromPerson(world, person, { field: 'messaging_postbacks', body: { postback } })
  }
  if (!referral) throw new Error('Meta says nothing when a known person opens the chat; give a ref to come by a link')
  person.wroteAt = world.now().getTime()
  fromPerson(world, person, { field: instagram ? 'messaging_referral' : 'messaging_referrals', body: { referral } })
}

/** Everything becomes read: Messenger tells until when, Instagram names the newest message. */
function look(person: Person, world: World): void {
  const unread = world.bubbles.filter(b => b.person === person.id && b.from === 'business' && b.ticks === 'delivered')
  for (const bubble of unread) world.change(bubble.id, { ticks: 'read' })
  const newest = unread.at(-1)
  if (!newest) return
  const instagram = flavourOf(world).object === 'instagram'
  const read = instagram ? { mid: newest.id } : { watermark: world.now().getTime() }
  fromPerson(world, person, { field: instagram ? 'messaging_seen' : 'message_reads', body: { read } })
}

function ours(id: string, from: Bubble['from'], world: World): Bubble {
  const bubble = world.bubble(id)
  if (bubble?.from !== from || bubble.deleted) throw new Error(`no message ${id} of the ${from} on this phone`)
  return bubble
}
