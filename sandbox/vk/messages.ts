import { type Json, maybe, number, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { cmidOf, communityOf, groupOf, jsonIn, mayWrite, nextCmid, type Said, seconds, tell } from './account.ts'
import { type Code, errors, missing, needed, Wrong } from './answer.ts'
import type { Method } from './api.ts'
import { buttonsOf } from './keyboards.ts'
import { partsOf, withButtons } from './shown.ts'

export const reactions = ['❤', '🔥', '😂', '👍', '💩', '❓', '😭', '😡', '👎', '👌', '😃', '🤔', '🙏', '😘', '😍', '🎉']

export const messages: Record<string, Method> = {
  'messages.send': send,
  'messages.sendReaction': (params, world) => react(params, world, reactionIn(params)),
  'messages.deleteReaction': (params, world) => react(params, world, undefined),
  'messages.sendMessageEventAnswer': answerPress,
  'messages.setActivity': (params, world) => {
    personOf(needed(params, 'peer_id'), world)
    return 1
  },
  'messages.markAsRead': (params, world) => {
    const peer = personOf(needed(params, 'peer_id'), world).id
    for (const bubble of world.bubbles)
      if (bubble.person === peer && bubble.from === 'customer') world.change(bubble.id, { ticks: 'read' })
    return 1
  },
  'messages.isMessagesFromGroupAllowed': (params, world) => ({
    is_allowed: Number(mayWrite(personOf(needed(params, 'user_id'), world))),
  }),
}

function personOf(peer: string, world: World): Person {
  const person = world.people.get(peer)
  if (!person) throw new Wrong(936)
  return person
}

/** With `peer_ids` every receiver has a line of the answer, with `peer_id` a refusal is the answer. */
function send(params: Json, world: World): unknown {
  const many = text(params.peer_ids)
  const random = number(params.random_id)
  if (random === undefined) throw missing('random_id')
  if (!Number.isInteger(random) || Math.abs(random) > 2 ** 31) throw new Wrong(100, 'random_id is out of int32')
  const peers = (many ?? text(params.peer_id) ?? text(params.user_id) ?? '').split(',').filter(Boolean)
  if (!peers.length) throw new Wrong(100, 'you should specify peer_id, user_id, domain, chat_id or user_ids param')
  if (peers.length > 100) throw new Wrong(100, 'too many peer_ids')
  const buttons = buttonsOf(params.keyboard)
  const parts = partsOf(params, world)
  const lines = peers.map(peer => line(peer, { params, random, parts, buttons, world }))
  if (many) return lines
  const [only] = lines
  if (only?.error) throw new Wrong(only.error.code)
  return only?.message_id
}

interface Sending {
  params: Json
  random: number
  parts: Part[]
  buttons: Json[]
  world: World
}

interface Line {
  peer_id: number
  message_id: number
  conversation_message_id: number
  error?: { code: Code; description: string }
}

function line(peer: string, sending: Sending): Line {
  const { world, random } = sending
  const person = world.people.get(peer)
  const code = !person ? 936 : mayWrite(person) ? undefined : 901
  const none = { peer_id: Number(peer), message_id: 0, conversation_message_id: 0 }
  if (!person || code) return { ...none, error: { code: code!, description: errors[code!] } }
  const same =
    random !== 0 && world.bubbles.find(bubble => bubble.person === peer && (bubble as Said).random === random)
  const said = same || deliver(person, sending)
  const cmid = cmidOf(said.id)
  return { peer_id: Number(peer), message_id: 100_000 + cmid, conversation_message_id: cmid }
}

function deliver(person: Person, { params, random, parts, buttons, world }: Sending): Said {
  const cmid = nextCmid(person.id, world)
  const replyTo = quotedIn(params, person, world)
  const bubble: Said = {
    id: `${person.id}:${cmid}`,
    person: person.id,
    from: 'business',
    parts: withButtons(parts, buttons),
    at: world.now().getTime(),
    ticks: 'delivered',
    reactions: [],
    random,
    ...(buttons.length && { buttons }),
    ...(replyTo && { replyTo }),
  }
  world.show(bubble)
  tell('message_reply', ownMessage(bubble, { text: text(params.message) ?? '', random_id: random }, world), world)
  return bubble
}

/** An administrator answers in VK itself: no program sent that. */
export function answerInVk(said: string, person: Person, world: World): string {
  const id = `${person.id}:${nextCmid(person.id, world)}`
  const at = world.now().getTime()
  const bubble: Said = {
    id,
    person: person.id,
    from: 'business',
    parts: [{ type: 'text', text: said }],
    at,
    reactions: [],
  }
  world.show(bubble)
  const random_id = 1 + Math.floor(world.random() * 2 ** 30)
  tell('message_reply', ownMessage(bubble, { text: said, random_id, admin_author_id: 7 }, world), world)
  return id
}

function ownMessage(bubble: Said, fields: Json, world: World): Json {
  const cmid = cmidOf(bubble.id)
  const ids = {
    id: 100_000 + cmid,
    conversation_message_id: cmid,
    peer_id: Number(bubble.person),
    version: 10_000 + cmid,
  }
  const rest = { attachments: [], fwd_messages: [], important: false, is_hidden: false, random_id: 0 }
  return { date: seconds(world), from_id: -groupOf(world), out: 1, ...ids, ...rest, ...fields }
}

/** `forward` with `is_reply` quotes one message of the same peer. */
function quotedIn(params: Json, person: Person, world: World): string | undefined {
  if (!text(params.forward)) return undefined
  const { peer_id, conversation_message_ids, is_reply } = maybe(jsonIn(params.forward))
  const id = `${peer_id}:${(conversation_message_ids as unknown[] | undefined)?.[0]}`
  if (text(peer_id) !== person.id || !world.bubble(id)) throw new Wrong(100, 'forward is invalid')
  return number(is_reply) === 1 || is_reply === true ? id : undefined
}

function reactionIn(params: Json): string {
  const emoji = reactions[Number(needed(params, 'reaction_id')) - 1]
  if (!emoji) throw new Wrong(1009)
  return emoji
}

function react(params: Json, world: World, emoji: string | undefined): unknown {
  const id = `${needed(params, 'peer_id')}:${needed(params, 'cmid')}`
  const bubble = world.bubble(id)
  if (!bubble) throw new Wrong(100, 'cmid is invalid')
  const others = bubble.reactions.filter(reaction => reaction.from !== 'business')
  world.change(id, { reactions: emoji ? [...others, { emoji, from: 'business' }] : others })
  return 1
}

function answerPress(params: Json, world: World): unknown {
  const press = [needed(params, 'peer_id'), needed(params, 'user_id'), needed(params, 'event_id')].join(':')
  const data = text(params.event_data)
  if (data !== undefined && data.length > 1000) throw new Wrong(100, 'event_data is too long')
  if (!communityOf(world).presses.delete(press)) throw new Wrong(100, 'event_id is invalid')
  return 1
}
