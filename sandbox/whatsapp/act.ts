import type { Part } from '../../src/domain/message.ts'
import type { Act, Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { said, tellMessage, type Value } from './events.ts'
import { downloadUrl, hashOf, store } from './files.ts'
import { displayNumber, wamid } from './ids.ts'
import { readAll } from './statuses.ts'

/** What the customer does with the phone, and what Meta tells the business about it. */
export function act(what: Act, person: Person, world: World): void {
  if (what.do === 'block' || what.do === 'unblock') return block(person, what.do === 'block', world)
  if (what.do === 'look') return readAll(world, person)
  if (person.blocked)
    throw new Error(`${person.name} blocked this business: WhatsApp asks to unblock it before writing`)
  if (what.do === 'react' || what.do === 'edit' || what.do === 'delete') return change(what, person, world)
  if (what.do === 'press') return press(what, person, world)
  if (what.do === 'start' && !what.ref)
    throw new Error('WhatsApp says nothing when a chat is opened; give a ref to come from an ad')
  say(person, world, content(what, world))
}

// Meta tells the business nothing: its messages fail from now on.
function block(person: Person, blocked: boolean, world: World): void {
  person.blocked = blocked
  world.events.emit('person', person)
}

interface Said {
  /** The body of the webhook's message, with its `type`. */
  wire: Value
  parts: Part[]
  replyTo?: string | undefined
}

function say(person: Person, world: World, { wire, parts, replyTo }: Said): void {
  const id = wamid(world, person, 'in')
  person.wroteAt = world.now().getTime()
  world.show({
    id,
    person: person.id,
    from: 'customer',
    parts,
    at: person.wroteAt,
    reactions: [],
    ...(replyTo && { replyTo }),
  })
  tellMessage(world, person, {
    ...(replyTo && { context: quote(replyTo, person, world) }),
    ...said(world, person, id),
    ...wire,
  })
}

function quote(id: string, person: Person, world: World): Value {
  const mine = world.bubble(id)?.from === 'customer'
  return { from: mine ? person.phone : displayNumber(world), id }
}

function content(what: Act, world: World): Said {
  switch (what.do) {
    case 'text':
      return {
        wire: { type: 'text', text: { body: what.text } },
        parts: [{ type: 'text', text: what.text }],
        replyTo: what.replyTo,
      }
    case 'media':
      return file(what, world)
    case 'location': {
      const { lat, lon, name } = what
      const wire = { latitude: lat, longitude: lon, ...(name && { name, address: name }) }
      return {
        wire: { type: 'location', location: wire },
        parts: [{ type: 'location', lat, lon, ...(name && { name }) }],
      }
    }
    case 'contact':
      return card(what)
    case 'start':
      return fromAd(what.ref ?? '')
    default:
      throw new Error(`WhatsApp's phone cannot ${what.do}`)
  }
}

function file(what: Extract<Act, { do: 'media' }>, world: World): Said {
  const { type, mime, name, caption, seconds, bytes } = what
  const stored = store(world, { bytes, mime, name })
  const wireType = type === 'file' ? 'document' : type === 'voice' ? 'audio' : type
  const captioned = caption && wireType !== 'audio' && wireType !== 'sticker' ? { caption } : {}
  const wire = {
    ...captioned,
    ...(type === 'file' && { filename: name }),
    mime_type: type === 'voice' ? 'audio/ogg; codecs=opus' : mime,
    sha256: hashOf(stored, 'base64'),
    id: stored.id,
    url: downloadUrl(world, stored),
    ...(wireType === 'audio' && { voice: type === 'voice' }),
    ...(type === 'sticker' && { animated: false }),
  }
  const part: Part = { type, url: stored.id, mime, name, ...captioned, ...(seconds && { seconds }) }
  return { wire: { type: wireType, [wireType]: wire }, parts: [part] }
}

function card({ name, phone }: { name: string; phone: string }): Said {
  const [first_name, ...rest] = name.split(' ')
  const wire = {
    name: { first_name, ...(rest.length && { last_name: rest.join(' ') }), formatted_name: name },
    phones: [{ phone: `+${phone}`, wa_id: phone, type: 'CELL' }],
  }
  return { wire: { type: 'contacts', contacts: [wire] }, parts: [{ type: 'contact', name, phones: [`+${phone}`] }] }
}

/** The customer tapped an ad or a post that opens WhatsApp, and sent the words it proposes. */
function fromAd(ref: string): Said {
  const text = 'Hello! Can I get more info on this?'
  const referral = {
    source_url: `https://fb.me/${encodeURIComponent(ref)}`,
    source_id: ref,
    source_type: 'ad',
    body: 'Summer is here',
    headline: 'Chat with us',
    media_type: 'image',
    image_url: 'https://scontent.xx.fbcdn.net/v/ad.jpg',
    ctwa_clid: `Aff-${Buffer.from(ref).toString('base64url')}`,
    welcome_message: { text: 'Hi there! How can we help?' },
  }
  return { wire: { referral, type: 'text', text: { body: text } }, parts: [{ type: 'text', text }] }
}

function press({ bubble: id, choice }: Extract<Act, { do: 'press' }>, person: Person, world: World): void {
  const bubble = ours(id, 'business', world)
  const offer = bubble.parts.find(p => p.type === 'choices')
  const picked = offer?.type === 'choices' ? offer.choices.find(c => c.id === choice) : undefined
  if (offer?.type !== 'choices' || !picked) throw new Error(`nothing under ${id} is called ${choice}`)
  const kind = offer.button ? 'list_reply' : 'button_reply'
  const reply = {
    id: picked.id,
    title: picked.label,
    ...(offer.button && picked.description && { description: picked.description }),
  }
  const wire = bubble.parts.some(p => p.type === 'template')
    ? { type: 'button', button: { payload: picked.id, text: picked.label } }
    : { type: 'interactive', interactive: { type: kind, [kind]: reply } }
  world.change(id, { pressed: choice })
  say(person, world, { wire, parts: [{ type: 'chosen', choice: picked.id, label: picked.label }], replyTo: id })
}

function change(what: Extract<Act, { do: 'react' | 'edit' | 'delete' }>, person: Person, world: World): void {
  const tell = (wire: Value) =>
    tellMessage(world, person, { ...said(world, person, wamid(world, person, 'in')), ...wire })
  if (what.do === 'react') return react(what, world, tell)
  const bubble = ours(what.bubble, 'customer', world)
  if (what.do === 'delete') {
    world.change(bubble.id, { deleted: true })
    return tell({ type: 'revoke', revoke: { original_message_id: bubble.id } })
  }
  const text = { type: 'text', text: { body: what.text } }
  world.change(bubble.id, { edited: true, parts: [{ type: 'text', text: what.text }] })
  tell({ type: 'edit', edit: { original_message_id: bubble.id, message: text } })
}

function react(
  { bubble: id, emoji }: { bubble: string; emoji: string },
  world: World,
  tell: (wire: Value) => void,
): void {
  const bubble = world.bubble(id)
  if (!bubble) throw new Error(`no message ${id} on this phone`)
  const others = bubble.reactions.filter(r => r.from !== 'customer')
  world.change(id, { reactions: emoji ? [...others, { emoji, from: 'customer' }] : others })
  // Taking a reaction away leaves the emoji out.
  tell({ type: 'reaction', reaction: { message_id: id, ...(emoji && { emoji }) } })
}

function ours(id: string, from: Bubble['from'], world: World): Bubble {
  const bubble = world.bubble(id)
  if (bubble?.from !== from || bubble.deleted) throw new Error(`no message ${id} of the ${from} on this phone`)
  return bubble
}
