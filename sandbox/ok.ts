import type { FastifyInstance, FastifyReply } from 'fastify'
import { hmacSha256Hex, maybe, text } from '../src/channels/kit.ts'
import { signatureHeader } from '../src/channels/ok/verify.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** Ok as its provider speaks it: the same paths, checks, ids and errors. */
export const okWire: Wire = {
  kind: 'ok',
  routes,
  act,
  sign: (body, world) => ({ [signatureHeader]: hmacSha256Hex(world.account.secret, body) }),
  refuse: {
    rate: (reply, world) => refuse(reply.header('retry-after', world.faults.retryAfter), 429, 'slow down'),
    down: reply => refuse(reply, 503, 'out of order'),
    token: reply => refuse(reply, 401, 'unknown token'),
    blocked: reply => refuse(reply, 403, 'this person does not want messages'),
  },
  unknownEvent: (person, world) => batch({ type: 'drawing' }, person, world),
  settings: world => ({ token: world.account.token, signingSecret: world.account.secret }),
  retryAfter: attempt => 1000 * 2 ** Math.min(attempt, 10),
}

const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply => reply.code(status).send({ error })

function routes(app: FastifyInstance, world: World): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${world.account.token}`) return refuse(reply, 401, 'unknown token')
  })
  app.put('/webhook', async request => {
    world.webhookUrl = text(maybe(request.body).url)
    return { name: world.account.name }
  })
  app.post('/messages', async (request, reply) => {
    const { to, text: said } = maybe(request.body)
    const person = world.people.get(text(to) ?? '')
    if (!person) return refuse(reply, 400, 'nobody has this id')
    if (person.blocked) return world.wire.refuse.blocked(reply, world)
    const words = text(said)
    if (!words || [...words].length > 1000) return refuse(reply, 400, 'text must have 1 to 1000 characters')
    const id = `m${world.next()}`
    const at = world.now().getTime()
    world.show({ id, person: person.id, from: 'business', parts: [{ type: 'text', text: words }], at, reactions: [] })
    return { id }
  })
}

function act(deed: Act, person: Person, world: World): void {
  switch (deed.do) {
    case 'text': {
      const said = batch({ type: 'text', text: deed.text }, person, world)
      const { id, at } = said.events[0]!
      const parts = [{ type: 'text' as const, text: deed.text }]
      person.wroteAt = at
      world.show({ id, person: person.id, from: 'customer', parts, at, reactions: [] })
      return world.emit('text', said)
    }
    case 'block':
    case 'unblock':
      person.blocked = deed.do === 'block'
      return
    default:
      throw new Error(`ok: the simulator does not know yet how a customer does "${deed.do}"`)
  }
}

function batch(event: Record<string, unknown>, person: Person, world: World) {
  const from = { id: person.id, name: person.name }
  return { events: [{ id: `e${world.next()}`, from, at: world.now().getTime(), ...event }] }
}
