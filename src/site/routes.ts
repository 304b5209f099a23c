import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { hand, moved, typing, wired } from './hand.ts'
import { addressesOf, conversationOf, lastNumber, readAfter, readBefore } from './history.ts'
import { bearer, type Channel, caller, channelFor, type House, jsonOf } from './house.ts'
import { presence } from './presence.ts'
import { readMissed } from './screens.ts'
import { begin } from './session.ts'
import { type SessionAnswer, SessionRequest, VisitorEvents, type VisitorFrame } from './shapes.ts'
import { frameOf } from './view.ts'
import { dismiss, type Visitor } from './visitors.ts'
import { wordsFor } from './words.ts'

/** Sessions, events, history and the long poll of the website chat, below /widget/<channelId>. */
export function siteRoutes(app: FastifyInstance, house: House): void {
  app.options('/:channelId/*', async (request, reply) => {
    await channelFor(house, request, reply)
    return reply.code(204).send()
  })
  app.post('/:channelId/session', (request, reply) => postSession(house, request, reply))
  app.delete('/:channelId/session', async (request, reply) => {
    const channel = await channelFor(house, request, reply)
    const token = bearer(request)
    if (token) await dismiss(house.db, channel, token)
    return reply.code(204).send()
  })
  app.post('/:channelId/events', (request, reply) => postEvents(house, request, reply))
  app.post('/:channelId/typing', async (request, reply) => {
    const { channel, visitor, spend } = await caller(house, request, reply)
    spend('events')
    await hand(house, { channel, visitor }, [typing()])
    return reply.code(204).send()
  })
  app.get('/:channelId/messages', (request, reply) => getMessages(house, request, reply))
  app.get('/:channelId/poll', (request, reply) => getPoll(house, request, reply))
}

async function postSession(house: House, request: FastifyRequest, reply: FastifyReply): Promise<SessionAnswer> {
  const channel = await channelFor(house, request, reply)
  house.limits.spend(`sessions ${request.ip}`, house.allowed.sessions)
  const asked = SessionRequest.parse(jsonOf(request))
  const session = await begin(asked, { db: house.db, channel, now: house.now() })
  const { visitor, token, movedFrom } = session
  if (movedFrom)
    await hand(house, { channel, visitor: { ...visitor, address: movedFrom } }, [moved(movedFrom, visitor.address)])
  // In this order: a conversation that begins in between is told after the number.
  const seq = await lastNumber(house.db, channel)
  const conversation = await conversationOf(house.db, channel, addressesOf(visitor))
  const words = wordsFor(asked.language)
  return {
    token,
    ...presence(channel, conversation),
    ...(words && { words }),
    visitor: faceOfVisitor(visitor),
    conversation,
    seq,
  }
}

const faceOfVisitor = ({ address, verified, name }: Visitor): SessionAnswer['visitor'] => ({
  address,
  verified,
  ...(name && { name }),
})

async function postEvents(house: House, request: FastifyRequest, reply: FastifyReply): Promise<{ accepted: number }> {
  const { channel, visitor, spend } = await caller(house, request, reply)
  const { events } = VisitorEvents.parse(jsonOf(request))
  spend('events')
  await hand(
    house,
    { channel, visitor },
    events.map(event => wired(event, { channel, visitor })),
  )
  return { accepted: events.length }
}

const number = z.coerce.number().int().min(0).optional()
const Page = z.object({
  after: number,
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
})

async function getMessages(house: House, request: FastifyRequest, reply: FastifyReply): Promise<VisitorFrame> {
  const { channel, visitor, spend } = await caller(house, request, reply)
  spend('reads')
  const { after, before } = Page.parse(request.query)
  const addresses = addressesOf(visitor)
  if (!before) return frameOf(await readAfter(house.db, { channel, addresses }, after), mediaHouse(house, channel))
  const conversation = await conversationOf(house.db, channel, addresses)
  const read = await readBefore(house.db, { workspaceId: channel.workspaceId, conversation }, before)
  return frameOf(read, mediaHouse(house, channel))
}

export const mediaHouse = (house: House, { id, settings }: Channel) => ({
  channelId: id,
  secret: settings.secret,
  now: house.now(),
})

const Poll = z.object({ after: number, wait: z.coerce.number().min(0).max(25).default(25) })

/** Where sockets are not let through: answers at once when there is something new, else when there is, or after `wait` s. */
async function getPoll(house: House, request: FastifyRequest, reply: FastifyReply): Promise<VisitorFrame> {
  const { channel, visitor, spend } = await caller(house, request, reply)
  spend('reads')
  const { after, wait } = Poll.parse(request.query)
  const news = Promise.withResolvers<VisitorFrame | undefined>()
  const addresses = addressesOf(visitor)
  const screen = {
    channel,
    addresses,
    conversation: null,
    push: news.resolve,
    drop: () => news.resolve(undefined),
  }
  const leave = house.screens.add(screen)
  const timer = setTimeout(news.resolve, wait * 1000, undefined)
  request.raw.once('close', () => news.resolve(undefined))
  try {
    const read = await readMissed(house.db, screen, after)
    const now = frameOf(read, mediaHouse(house, channel))
    if (read.reset || read.rows.length) return now
    return (await news.promise) ?? now
  } finally {
    clearTimeout(timer)
    leave()
  }
}
