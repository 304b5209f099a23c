import type { Part } from '../../src/domain/message.ts'
import type { Act, Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { tapped } from './commands.ts'
import { botOf, chatOf, deskOf, seconds, tell, userOf } from './desk.ts'
import { fileKinds, keepFile } from './files.ts'
import { messageOf, say } from './messages.ts'

interface Scene {
  person: Person
  world: World
}

/** What Telegram tells the bot when this customer does this. Throws for what Telegram's app would not let them do. */
export function act(deed: Act, person: Person, world: World): void {
  if (person.blocked && !['block', 'unblock', 'look', 'delete'].includes(deed.do))
    throw new Error(`${person.name} has blocked the bot and must unblock it first`)
  const scene = { person, world }
  switch (deed.do) {
    case 'text':
      return write([{ type: 'text', text: deed.text }], scene, deed.replyTo)
    case 'start':
      return write([{ type: 'text', text: deed.ref ? `/start ${deed.ref}` : '/start' }], scene)
    case 'menu':
      return write([{ type: 'text', text: tapped(deed.entry, world) }], scene)
    case 'media':
      return write([mediaOf(deed, world)], scene)
    case 'location':
      return write([{ type: 'location', lat: deed.lat, lon: deed.lon, ...(deed.name && { name: deed.name }) }], scene)
    case 'contact':
      return write([{ type: 'contact', name: deed.name, phones: [deed.phone] }], scene)
    case 'press':
      return press(deed.bubble, deed.choice, scene)
    case 'react':
      return react(deed.bubble, deed.emoji.replaceAll('\uFE0F', ''), scene)
    case 'edit':
      return edit(deed.bubble, deed.text, scene)
    case 'delete':
      // Bots are told of deletions only in the chats of a business account.
      return world.change(known(deed.bubble, scene).id, { deleted: true })
    case 'block':
    case 'unblock':
      return membership(deed.do, scene)
    case 'look':
      // Bots get no receipts.
      return
  }
}

function write(parts: Part[], { person, world }: Scene, replyTo?: string): void {
  if (replyTo !== undefined) known(replyTo, { person, world })
  person.wroteAt = world.now().getTime()
  tell(world, 'message', say(world, person, { from: 'customer', parts, ...(replyTo && { replyTo }) }))
}

function mediaOf(deed: Act & { do: 'media' }, world: World): Part {
  const { type, bytes, mime, name, caption, seconds: length } = deed
  const { id } = keepFile(world, fileKinds[type].folder, { bytes, mime, name })
  return { type, url: '', ref: id, mime, name, ...(caption && { caption }), ...(length && { seconds: length }) }
}

function press(bubbleId: string, choice: string, { person, world }: Scene): void {
  const bubble = known(bubbleId, { person, world })
  const offered = bubble.parts.some(part => part.type === 'choices' && part.choices.some(c => c.id === choice))
  if (!offered) throw new Error(`telegram: nothing under ${bubbleId} is called ${choice}`)
  world.change(bubbleId, { pressed: choice })
  person.wroteAt = world.now().getTime()
  const id = `${world.account.id}${String(world.next()).padStart(9, '0')}`
  deskOf(world).presses.add(id)
  const message = messageOf(world, bubble)
  tell(world, 'callback_query', {
    id,
    from: userOf(person),
    message,
    chat_instance: `-58${person.phone}`,
    data: choice,
  })
}

/** An empty emoji takes the reaction away. */
function react(bubbleId: string, emoji: string, { person, world }: Scene): void {
  const bubble = known(bubbleId, { person, world })
  const typed = (some: string[]) => some.map(one => ({ type: 'emoji', emoji: one }))
  const before = bubble.reactions.filter(r => r.from === 'customer').map(r => r.emoji)
  const after = emoji ? [emoji] : []
  const others = bubble.reactions.filter(r => r.from !== 'customer')
  world.change(bubbleId, { reactions: [...others, ...after.map(one => ({ emoji: one, from: 'customer' as const }))] })
  tell(world, 'message_reaction', {
    chat: chatOf(person),
    message_id: messageOf(world, bubble).message_id,
    user: userOf(person),
    date: seconds(world),
    old_reaction: typed(before),
    new_reaction: typed(after),
  })
}

function edit(bubbleId: string, text: string, { person, world }: Scene): void {
  const bubble = known(bubbleId, { person, world })
  if (bubble.from !== 'customer') throw new Error('telegram: people edit their own messages only')
  const parts = bubble.parts.map((part): Part => ('ref' in part ? { ...part, caption: text } : { type: 'text', text }))
  world.change(bubbleId, { parts, edited: true })
  tell(world, 'edited_message', { ...messageOf(world, bubble), edit_date: seconds(world) })
}

function membership(change: 'block' | 'unblock', { person, world }: Scene): void {
  const blocks = change === 'block'
  if (person.blocked === blocks) return
  person.blocked = blocks
  const user = botOf(world)
  const [inside, outside] = [
    { user, status: 'member' },
    { user, status: 'kicked', until_date: 0 },
  ]
  tell(world, 'my_chat_member', {
    chat: chatOf(person),
    from: userOf(person),
    date: seconds(world),
    old_chat_member: blocks ? inside : outside,
    new_chat_member: blocks ? outside : inside,
  })
}

function known(id: string, { person, world }: Scene): Bubble {
  const bubble = world.bubble(id)
  if (bubble?.person !== person.id) throw new Error(`telegram: ${person.name} has no message ${id}`)
  return bubble
}
