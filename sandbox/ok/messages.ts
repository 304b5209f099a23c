import { type Json, list, maybe, records, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { chatOf, mayWrite, nextMid, personIn } from './account.ts'
import { addressOf } from './files.ts'
import { Wrong } from './wrong.ts'

const actions = ['mark_seen', 'typing_on', 'sending_photo', 'sending_video', 'sending_audio']

/** `POST me/messages`: a message to a chat or to several people, or a sign in a chat. */
export function send(given: Json, world: World): unknown {
  const { chat_id, user_ids } = maybe(given.recipient)
  if (Array.isArray(user_ids)) return sendToMany(list(user_ids).map(String), given, world)
  const person = personIn(text(chat_id) ?? '', world)
  if (!person) throw new Wrong(300, 'chat_id')
  if (given.sender_action !== undefined) return sign(text(given.sender_action) ?? '', { person, world })
  if (!mayWrite(person)) throw new Wrong(10)
  return { recipient_id: chatOf(person), message_id: deliver(maybe(given.message), { person, world }) }
}

function sendToMany(ids: string[], given: Json, world: World): unknown {
  const people = ids.map(id => world.people.get(id.replace(/^user:/, '')))
  const reached = people.map(person => (person && mayWrite(person) ? person : undefined))
  for (const person of reached) if (person) deliver(maybe(given.message), { person, world })
  return {
    success: reached.map(Boolean),
    chat_ids: reached.map(person => (person ? chatOf(person) : null)),
  }
}

interface Where {
  person: Person
  world: World
}

function sign(action: string, { person, world }: Where): unknown {
  if (!actions.includes(action)) throw new Wrong(100, 'sender_action')
  if (action === 'mark_seen')
    for (const { id, person: whose, from } of world.bubbles)
      if (whose === person.id && from === 'customer') world.change(id, { ticks: 'read' })
  return { success: true }
}

function deliver(message: Json, { person, world }: Where): string {
  const id = nextMid(person, world)
  const said = text(message.text) ?? ''
  if (said.length > 4000) throw new Wrong(100, 'text is too long')
  const attached = records(message.attachments ?? (message.attachment ? [message.attachment] : []))
  const offered = attached.filter(({ type }) => type === 'INLINE_KEYBOARD').flatMap(choicesIn)
  const files = attached.filter(({ type }) => type !== 'INLINE_KEYBOARD').map(one => filePart(one, world))
  if (files.length > 5) throw new Wrong(100, 'too many attachments')
  if (!said && !files.length) throw new Wrong(100, 'text')
  const replyTo = text(message.reply_to)
  if (replyTo && !world.bubble(replyTo)) throw new Wrong(300, 'reply_to')
  const words: Part[] = offered.length
    ? [{ type: 'choices', prompt: said, choices: offered }]
    : said
      ? [{ type: 'text', text: said }]
      : []
  const at = world.now().getTime()
  const bubble = { id, person: person.id, from: 'business' as const, parts: [...words, ...files], at, reactions: [] }
  world.show({ ...bubble, ...(replyTo && { replyTo }) })
  return id
}

function choicesIn({ payload }: Json): { id: string; label: string }[] {
  const rows = list(maybe(maybe(payload).keyboard).buttons).map(records)
  if (!rows.flat().length) throw new Wrong(100, 'buttons')
  return rows.flat().flatMap(({ type, text: label, payload: press, intent }) => {
    if (!text(label)) throw new Wrong(100, 'button.text')
    if (!['DEFAULT', 'POSITIVE', 'NEGATIVE', undefined].includes(text(intent))) throw new Wrong(100, 'button.intent')
    if (type === 'LINK') return []
    if (type !== 'CALLBACK' || !text(press)) throw new Wrong(100, 'button')
    return [{ id: text(press)!, label: text(label)! }]
  })
}

const shownAs = { IMAGE: 'image', VIDEO: 'video', AUDIO: 'audio', FILE: 'file' } as const

/** By the token of an upload, or a picture by its address. */
function filePart({ type, payload }: Json, world: World): Part {
  const as = shownAs[text(type) as keyof typeof shownAs]
  const { token, url } = maybe(payload)
  if (as && text(url)) return { type: as, url: text(url)! }
  const file = world.files.get(text(token) ?? '')
  if (!as || !file) throw new Wrong(100, 'attachment')
  const { mime, name, bytes } = file
  return { type: as, url: addressOf(file.id, world), ref: file.id, name, mime, bytes: bytes.length }
}
