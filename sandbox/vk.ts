import type { FastifyReply } from 'fastify'
import type { Json } from '../src/channels/kit.ts'
import { confirmationOf, seconds, secretOf } from './vk/account.ts'
import { act } from './vk/acts.ts'
import { refuse } from './vk/answer.ts'
import { api } from './vk/api.ts'
import type { Wire } from './wire.ts'

/** A community of VK: its API, its Callback API and its Long Poll. */
export const vkWire: Wire = {
  kind: 'vk',
  routes: api,
  act,
  // VK signs nothing: the secret stands in the body.
  sign: () => ({}),
  forge: body => Buffer.from(JSON.stringify({ ...(JSON.parse(String(body)) as Json), secret: 'guessed' })),
  took: answer => answer === 'ok',
  refuse: {
    rate: reply => (isCall(reply) ? refuse(6, reply) : reply.code(503).send('')),
    down: reply => reply.code(503).type('text/html').send('<h1>503 Service Temporarily Unavailable</h1>'),
    token: reply => (isCall(reply) ? refuse(5, reply) : reply.code(403).send('')),
    blocked: reply => refuse(901, reply),
  },
  unknownEvent: (person, world) => ({
    group_id: Number(world.account.id),
    type: 'message_hologram',
    event_id: `unknown${world.next()}`,
    v: '5.199',
    object: { from_id: Number(person.id), date: seconds(world) },
    secret: secretOf(world),
  }),
  settings: world => ({
    groupId: world.account.id,
    accessToken: world.account.token,
    secretKey: secretOf(world),
    confirmationCode: confirmationOf(world),
  }),
  // "Several times"; after many failures VK stops calling the server (dev.vk.com, Callback API). The steps are a guess.
  retryAfter: attempt => [5_000, 15_000, 60_000, 300_000][attempt] ?? 900_000,
}

/** Files and the long poll have hosts of their own, which know no errors with numbers. */
const isCall = (reply: FastifyReply): boolean => reply.request.url.includes('/method/')
