import type { FastifyReply } from 'fastify'
import { type Json, maybe, text } from '../../src/channels/kit.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { checkMessage } from './check.ts'
import { checkPrivateReply, commenter, markAnswered } from './comments.ts'
import {
  type GraphError,
  noPerson,
  notAvailable,
  notOwner,
  outOfWindow,
  parameter,
  refuse,
  retiredTag,
  tooMany,
} from './errors.ts'
import { fetchNamed } from './files.ts'
import { flavourOf } from './flavour.ts'
import { after } from './graph.ts'
import { appId, mid } from './ids.ts'
import { partsOf } from './show.ts'
import { fromPage, fromPerson, isTaken } from './tell.ts'
import { checkTemplate } from './templates.ts'

/** `POST /<account>/messages`: a message, a reaction, or a sender action. */
export async function messages(body: Json, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const recipient = maybe(body.recipient)
  const comment = text(recipient.comment_id)
  const person = comment ? commenter(world, comment) : world.people.get(text(recipient.id) ?? '')
  if (!person) return refuse(reply, world, noPerson)
  if (body.sender_action !== undefined) return action(body, reply, { world, person })
  const message = maybe(body.message)
  const error =
    checkPace(world) ??
    checkMessage(message, world) ??
    (comment ? checkPrivateReply(world, comment) : checkStanding(body, person, world)) ??
    (await fetchNamed(message, world))
  if (error) return refuse(reply, world, error)
  if (comment) markAnswered(world, comment)
  const id = mid(world)
  after(reply, () => deliver(body, id, { world, person }))
  return reply.send({ recipient_id: person.id, message_id: id })
}

const paces = new WeakMap<World, number[]>()

/** 300 messages a second for an account. */
function checkPace(world: World): GraphError | undefined {
  const now = world.now().getTime()
  const recent = (paces.get(world) ?? []).filter(at => at > now - 1000)
  paces.set(world, [...recent, now])
  return recent.length >= 300 ? tooMany : undefined
}

const day = 24 * 3_600_000
const tags = ['HUMAN_AGENT']

/** May this person be written to now, in this way? */
function checkStanding(body: Json, person: Person, world: World): GraphError | undefined {
  const { messaging_type: kind = 'RESPONSE', tag, message } = body
  if (person.blocked) return notAvailable
  if (isTaken(world, person)) return notOwner
  if (kind === 'UTILITY') return checkTemplate(maybe(maybe(message).template), world)
  if (maybe(message).template) return parameter('Templates need the messaging type UTILITY')
  if (!['RESPONSE', 'UPDATE', 'MESSAGE_TAG'].includes(String(kind)))
    return parameter('Param messaging_type must be one of {MESSAGE_TAG, RESPONSE, UPDATE, UTILITY}.')
  if (kind === 'MESSAGE_TAG' && !tags.includes(String(tag))) return retiredTag
  const silent = world.now().getTime() - (person.wroteAt ?? Number.NEGATIVE_INFINITY)
  return silent < (kind === 'MESSAGE_TAG' ? 7 * day : day) ? undefined : outOfWindow(world)
}

interface Where {
  world: World
  person: Person
}

function action(body: Json, reply: FastifyReply, { world, person }: Where): FastifyReply {
  const what = text(body.sender_action) ?? ''
  const payload = maybe(body.payload)
  const bubble = world.bubble(text(payload.message_id) ?? '')
  if (!['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'].includes(what))
    return refuse(
      reply,
      world,
      parameter('Param sender_action must be one of {typing_on, typing_off, mark_seen, react, unreact}.'),
    )
  if (person.blocked) return refuse(reply, world, notAvailable)
  if (/react$/.test(what) && !bubble) return refuse(reply, world, parameter('Invalid message_id'))
  if (what === 'typing_on') world.events.emit('typing', person)
  if (what === 'mark_seen') seen(world, person)
  if (bubble) {
    const others = bubble.reactions.filter(r => r.from !== 'business')
    const emoji = emojis[text(payload.reaction) ?? '']
    if (what === 'react' && !emoji) return refuse(reply, world, parameter('Invalid reaction'))
    world.change(bubble.id, { reactions: emoji ? [...others, { emoji, from: 'business' }] : others })
  }
  return reply.send({ recipient_id: person.id })
}

export const emojis: Record<string, string> = {
  love: '❤️',
  smile: '😆',
  wow: '😮',
  sad: '😢',
  angry: '😠',
  like: '👍',
  dislike: '👎',
}

function seen(world: World, person: Person): void {
  for (const b of world.bubbles)
    if (b.person === person.id && b.from === 'customer') world.change(b.id, { ticks: 'read' })
}

/** It appears on the phone; the app hears its own echo, and on Messenger that it was delivered. */
function deliver(body: Json, id: string, { world, person }: Where): void {
  const message = maybe(body.message)
  const quoted = text(maybe(body.reply_to).mid)
  show(id, { world, person }, { parts: partsOf(message, world), ...(quoted && { replyTo: quoted }) })
  const { quick_replies: _, ...rest } = message
  tellEcho({ mid: id, app_id: Number(appId(world)), ...rest }, { world, person })
  if (flavourOf(world).receipts !== 'delivery and read') return
  const delivery = { mids: [id], watermark: world.now().getTime() }
  fromPerson(world, person, { field: 'message_deliveries', body: { delivery } })
}

export function show(
  id: string,
  { world, person }: Where,
  said: { parts: ReturnType<typeof partsOf>; replyTo?: string },
): void {
  const at = world.now().getTime()
  world.show({ id, person: person.id, from: 'business', at, reactions: [], ticks: 'delivered', ...said })
}

/** Messenger has a field for echoes; at Instagram they come with the messages and do not say whose app it was. */
export function tellEcho(message: Json, { world, person }: Where): void {
  const { app_id: _, metadata: __, ...bare } = message
  const page = flavourOf(world).object === 'page'
  const echo = { is_echo: true, ...(page ? message : bare) }
  fromPage(world, person, { field: page ? 'message_echoes' : 'messages', body: { message: echo } })
}
