import type { Address, ExternalId, Sender } from '../contract.ts'
import { address, externalId, type Json, maybe, number, present, seconds, text } from '../kit.ts'

/** `Ann Lee` of a User, the title of a Chat. */
export function nameOf(who: unknown): string | undefined {
  const { first_name, last_name, title, username } = maybe(who)
  const name = [first_name, last_name].filter(Boolean).join(' ')
  return text(name || title || username)
}

function senderOf(who: unknown): Sender {
  const { username, language_code } = maybe(who)
  return present({ name: nameOf(who), username: text(username), language: text(language_code) })
}

const isGroup = (chat: Json): boolean =>
  ['group', 'supergroup', 'channel'].includes(String(chat.type)) || (number(chat.id) ?? 0) < 0

/**
 * Where answers go: `<chat>`, `<business connection>/<chat>` for a chat of a connected business account, and
 * `<chat>#<topic>` for one person's direct messages to a channel.
 */
export function addressOf(message: Json): Address {
  const topic = text(maybe(message.direct_messages_topic).topic_id)
  return address(roomOf(message) + (topic ? `#${topic}` : ''))
}

/** Message numbers are counted per chat, and a business account's chats are others than the bot's own. */
export function idOf(message: Json): ExternalId {
  // Numbers of ephemeral messages are given again once the message is gone.
  const ephemeral = text(message.ephemeral_message_id)
  const number = ephemeral ? `eph${ephemeral}-${text(message.date)}` : text(message.message_id)
  if (!number) throw new TypeError('the message has no number')
  return externalId(`${roomOf(message)}:${number}`)
}

function roomOf(message: Json): string {
  const chat = text(maybe(message.chat).id)
  if (!chat) throw new TypeError('the message names no chat')
  const business = text(message.business_connection_id)
  return business ? `${business}/${chat}` : chat
}

/** `from`, `at` and who spoke, of anything that names a chat. `who` is the User who did it. */
export function whereabouts(raw: Json, who: unknown) {
  const chat = maybe(raw.chat)
  const at = { from: addressOf(raw), at: seconds(raw.date) }
  if (!isGroup(chat) || raw.direct_messages_topic) return { ...at, sender: senderOf(who ?? chat) }
  const member = nameOf(who) ?? text(raw.author_signature) ?? nameOf(raw.sender_chat) ?? nameOf(chat)
  return { ...at, group: { title: nameOf(chat) ?? '', member: member || 'unnamed' } }
}

/** For updates that name a person and no chat: the private chat with a person has that person's number. */
export function privately(who: unknown) {
  const id = text(maybe(who).id)
  if (!id) throw new TypeError('the update names no person')
  return { from: address(id), at: seconds(0), sender: senderOf(who) }
}
