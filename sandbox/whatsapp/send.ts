import type { FastifyReply } from 'fastify'
import { after } from '../meta/graph.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { type Body, checkContent, inside } from './check.ts'
import { type GraphError, invalid, pairRate, parameter, refuse, tooMany } from './errors.ts'
import { fetchLink } from './files.ts'
import { scopedId, userId, waId, wamid, withoutGaps } from './ids.ts'
import { partsOf } from './show.ts'
import { day, type LateError, lateErrors, remember, type Sent, tellFailure, tellStatus } from './statuses.ts'
import { findTemplate } from './templates.ts'

/** `POST /{phone}/messages`: a message, or a read mark with or without typing. */
export async function messages(body: Body, reply: FastifyReply, world: World): Promise<FastifyReply> {
  if (body.messaging_product !== 'whatsapp')
    return refuse(reply, world, parameter('The parameter messaging_product is required.'))
  if (body.status !== undefined) return markRead(body, reply, world)
  const target = String(body.to ?? body.recipient ?? '')
  if (!target) return refuse(reply, world, parameter('The parameter to is required.'))
  const error = checkTarget(body) ?? checkContent(body, world) ?? checkQuote(body) ?? checkPace(world, target)
  if (error) return refuse(reply, world, error)
  const person = find(world, target)
  const sent = await accepted(body, world, person)
  after(reply, () => deliver(body, sent, world, person))
  return reply.send(answer(body, sent, world, person))
}

function markRead(body: Body, reply: FastifyReply, world: World): FastifyReply {
  const read = world.bubble(String(body.message_id))
  if (body.status !== 'read' || !read || read.from !== 'customer')
    return refuse(reply, world, parameter('Invalid parameter'))
  for (const bubble of world.bubbles)
    if (bubble.person === read.person && bubble.from === 'customer' && bubble.at <= read.at)
      world.change(bubble.id, { ticks: 'read' })
  if (body.typing_indicator) world.events.emit('typing', world.people.get(read.person))
  return reply.send({ success: true })
}

function checkTarget(body: Body): GraphError | undefined {
  if (body.recipient_type === 'group')
    return { status: 400, code: 131020, message: '(#131020) Invalid group', details: 'Groups are not simulated.' }
  if (body.recipient_type !== undefined && body.recipient_type !== 'individual')
    return parameter('Param recipient_type must be one of {individual, group}.')
  if (body.to !== undefined && !/^\+?[\d\s()-]{5,20}$/.test(String(body.to))) return invalid('to: not a phone number')
  const { recipient } = body
  const scoped = body.to !== undefined || /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(String(recipient))
  return scoped ? undefined : invalid('recipient: not a business-scoped user id')
}

function checkQuote(body: Body): GraphError | undefined {
  const quoted = inside(body.context).message_id
  return body.context && !String(quoted ?? '').startsWith('wamid.')
    ? invalid('context.message_id: not a message id')
    : undefined
}

const paces = new WeakMap<World, { at: number; target: string }[]>()

/** 80 messages a second in all; to one person one in six seconds, with a burst of 45. */
function checkPace(world: World, target: string): GraphError | undefined {
  const now = world.now().getTime()
  const recent = (paces.get(world) ?? []).filter(p => p.at > now - 270_000 / world.haste)
  paces.set(world, recent)
  if (recent.filter(p => p.at > now - 1000).length >= 80) return tooMany
  if (recent.filter(p => p.target === target).length >= 45) return pairRate
  recent.push({ at: now, target })
  return undefined
}

function find(world: World, target: string): Person | undefined {
  const digits = target.replace(/\D/g, '')
  return [...world.people.values()].find(p =>
    target.includes('.') ? scopedId(world, p) === target : p.phone === digits,
  )
}

async function accepted(body: Body, world: World, person: Person | undefined): Promise<Sent> {
  const target = String(body.to ?? body.recipient)
  const stranger: Person = { id: 'nobody', name: '', phone: target.replace(/\D/g, ''), language: 'en', blocked: false }
  const category =
    body.type === 'template' ? findTemplate(world, inside(body.template))?.category.toLowerCase() : 'service'
  const link = inside(body[String(body.type)]).link
  const fetched = link ? await fetchLink(world, String(link)) : undefined
  if (fetched) Object.assign(inside(body[String(body.type)]), { id: fetched.id })
  return {
    id: wamid(world, person ?? stranger, 'out'),
    by: body.to === undefined ? 'user-id' : 'phone',
    phone: body.to === undefined ? target : target.replace(/\D/g, ''),
    category: category as Sent['category'],
    ...(body.biz_opaque_callback_data ? { opaque: String(body.biz_opaque_callback_data) } : {}),
  }
}

const answer = (body: Body, sent: Sent, world: World, person: Person | undefined) => ({
  messaging_product: 'whatsapp',
  contacts: [
    withoutGaps({
      input: String(body.to ?? body.recipient),
      wa_id: sent.by === 'phone' ? sent.phone : person && waId(world, person),
      user_id: person && userId(world, person),
    }),
  ],
  messages: [{ id: sent.id, ...(body.type === 'template' && { message_status: 'accepted' }) }],
})

/** What happens to an accepted message: it appears on the phone, or fails and Meta says so by webhook. */
function deliver(body: Body, sent: Sent, world: World, person: Person | undefined): void {
  const failure = whyNot(body, world, person)
  if (failure || !person) return tellFailure(world, sent, failure ?? lateErrors.undeliverable)
  remember(world, sent)
  if (body.type === 'reaction') react(inside(body.reaction), world)
  else show(body, sent, world, person)
  for (const status of ['sent', 'delivered'] as const) tellStatus(world, status, sent, person)
}

function whyNot(body: Body, world: World, person: Person | undefined): LateError | undefined {
  if (!person || person.blocked) return lateErrors.undeliverable
  const open = person.wroteAt !== undefined && world.now().getTime() - person.wroteAt < day
  if (body.type !== 'template' && !open) return lateErrors.window
  const content = inside(body[String(body.type)])
  if (content.link && !content.id) return lateErrors.download
  const mime = world.files.get(String(content.id))?.mime
  const wants = { image: 'image/', video: 'video/', audio: 'audio/', sticker: 'image/webp' }[String(body.type)]
  return wants && mime && !mime.startsWith(wants) ? lateErrors.upload : undefined
}

function react(reaction: Body, world: World): void {
  const bubble = world.bubble(String(reaction.message_id))
  if (!bubble) return
  const others = bubble.reactions.filter(r => r.from !== 'business')
  const emoji = String(reaction.emoji)
  world.change(bubble.id, { reactions: emoji ? [...others, { emoji, from: 'business' }] : others })
}

function show(body: Body, sent: Sent, world: World, person: Person): void {
  const quoted = inside(body.context).message_id
  world.show({
    id: sent.id,
    person: person.id,
    from: 'business',
    parts: partsOf(body, world),
    at: world.now().getTime(),
    reactions: [],
    ticks: 'delivered',
    ...(quoted ? { replyTo: String(quoted) } : {}),
  })
}
