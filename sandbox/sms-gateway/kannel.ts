import type { FastifyInstance } from 'fastify'
import { maybe, text } from '../../src/channels/kit.ts'
import { arrive, form, learn, personOf, type Shape, secretOf } from './shape.ts'

/** Kannel's sendsms. It calls the address of the receipt that came with the message; the sandbox posts it as a form. */
export const kannel: Shape = {
  routes,
  message: (said, id, { person, world }) => {
    const time = world.now().toISOString().slice(0, 19).replace('T', ' ')
    return form({ id, from: `+${person.phone}`, text: said, time })
  },
  unknown: person => form({ from: person.phone, meta: 'x' }),
  refuse: {
    rate: reply => reply.code(429).send('Too many requests'),
    down: reply => reply.code(503).send('Temporal failure, try again later.'),
    token: reply => reply.code(403).send('Authorization failed for sendsms'),
    blocked: reply => reply.code(202).send('5: Sending rejected by SMSC'),
  },
  settings: world => ({
    preset: 'kannel',
    account: world.account.id,
    password: world.account.token,
    sender: '16400',
    webhookSecret: secretOf(world),
  }),
}

function routes(app: FastifyInstance, world: Parameters<Shape['routes']>[1]): void {
  app.get('/cgi-bin/sendsms', async (request, reply) => {
    const query = maybe(request.query)
    if (query.username !== world.account.id || query.password !== world.account.token)
      return reply.code(403).send('Authorization failed for sendsms')
    const said = text(query.text) ?? ''
    const person = personOf(world, query.to)
    if (!text(query.to)) return reply.code(400).send('Missing receiver number, rejected')
    if (!person) return reply.code(400).send('Invalid receiver, rejected')
    const receiptUrl = text(query['dlr-url']) ?? ''
    learn(world, receiptUrl.split('&receipt=')[0])
    const id = /[?&]receipt=([^&]+)/.exec(receiptUrl)?.[1] ?? `k${world.next()}`
    arrive({
      id,
      text: said,
      person,
      world,
      tell: reached => form({ receipt: id, status: reached === 'failed' ? '2' : '1' }),
    })
    return reply.code(202).send('0: Accepted for delivery')
  })
}
