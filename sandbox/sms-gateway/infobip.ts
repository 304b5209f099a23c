import type { FastifyInstance } from 'fastify'
import { maybe, records, text } from '../../src/channels/kit.ts'
import { arrive, learn, personOf, type Shape, secretOf } from './shape.ts'

const groups = {
  delivered: [3, 'DELIVERED', 5, 'DELIVERED_TO_HANDSET'],
  failed: [2, 'UNDELIVERABLE', 4, 'UNDELIVERABLE_REJECTED_OPERATOR'],
} as const
const statusOf = ([groupId, groupName, id, name]: readonly [number, string, number, string]) => ({
  groupId,
  groupName,
  id,
  name,
})
const exception = (messageId: string, words: string) => ({
  requestError: { serviceException: { messageId, text: words } },
})
const time = (date: Date) => date.toISOString().replace('Z', '+0000')

/** Infobip's SMS API, version 3: JSON both ways, webhooks in batches. */
export const infobip: Shape = {
  routes,
  message: (said, id, { person, world }) => ({
    results: [
      {
        ...{ messageId: `8177${id}`, from: person.phone, to: '385921004026', text: said, cleanText: said },
        ...{ receivedAt: time(world.now()), smsCount: 1, price: { pricePerMessage: 0, currency: 'EUR' } },
      },
    ],
    messageCount: 1,
    pendingMessageCount: 0,
  }),
  unknown: person => ({ results: [{ bulkId: 'b1', seenAt: '2026-11-21T12:00:00.000+0000', to: person.phone }] }),
  refuse: {
    rate: (reply, world) =>
      reply
        .code(429)
        .header('retry-after', world.faults.retryAfter)
        .send(exception('TOO_MANY_REQUESTS', 'Too many requests')),
    down: reply => reply.code(500).send(exception('GENERAL_ERROR', 'Something went wrong')),
    token: reply => reply.code(401).send(exception('UNAUTHORIZED', 'Invalid login details')),
    blocked: reply => reply.code(400).send(exception('BAD_REQUEST', 'Blocked')),
  },
  settings: world => ({
    preset: 'infobip',
    password: world.account.token,
    sender: 'Rowan',
    webhookSecret: secretOf(world),
  }),
}

function routes(app: FastifyInstance, world: Parameters<Shape['routes']>[1]): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.headers.authorization !== `App ${world.account.token}`) return infobip.refuse.token(reply, world)
  })
  app.get('/account/1/balance', async () => ({ balance: 47.8, currency: 'EUR' }))
  app.post('/sms/3/messages', async (request, reply) => {
    const messages = records(maybe(request.body).messages)
    if (!messages.length) return reply.code(400).send(exception('BAD_REQUEST', 'messages must not be empty'))
    return { bulkId: `b${world.next()}`, messages: messages.flatMap(one => take(one, world)) }
  })
}

function take(message: Record<string, unknown>, world: Parameters<Shape['routes']>[1]): object[] {
  const said = text(maybe(message.content).text) ?? ''
  const hook = maybe(maybe(message.webhooks).delivery).url
  learn(world, hook)
  return records(message.destinations).map(({ to, messageId }) => {
    const id = text(messageId) ?? `m${world.next()}`
    const person = personOf(world, to)
    const rejected = { groupId: 5, groupName: 'REJECTED', id: 51, name: 'MISSING_TO' }
    if (!person || !said) return { messageId: id, destination: to, status: rejected }
    const tell = (reached: 'delivered' | 'failed') => ({
      results: [
        {
          ...{ bulkId: 'b1', messageId: id, to, sentAt: time(world.now()), doneAt: time(world.now()), smsCount: 1 },
          status: statusOf(groups[reached]),
          error: {
            groupId: 0,
            groupName: 'Ok',
            id: 0,
            name: reached === 'failed' ? 'EC_ABSENT_SUBSCRIBER' : 'NO_ERROR',
          },
        },
      ],
    })
    arrive({ id, text: said, person, world, tell })
    const status = statusOf([1, 'PENDING', 26, 'PENDING_ACCEPTED'])
    return { messageId: id, destination: to, status, details: { messageCount: 1 } }
  })
}
