import type { FastifyInstance } from 'fastify'
import { infobip } from './sms-gateway/infobip.ts'
import { kannel } from './sms-gateway/kannel.ts'
import { type Shape, secretOf } from './sms-gateway/shape.ts'
import { smsc } from './sms-gateway/smsc.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

const shapes: readonly Shape[] = [smsc, infobip, kannel]

const formType = 'application/x-www-form-urlencoded'

/** A gateway of one shape. Its account has all three, so that a business may change its mind. */
const gateway = (shape: Shape): Wire => ({
  kind: 'sms-gateway',
  without: ['window'],
  routes: (app: FastifyInstance, world: World) => {
    for (const one of shapes) void app.register(async scope => one.routes(scope, world))
  },
  act: (deed, person, world) => act(deed, { shape, person, world }),
  // A form or JSON; which one, its first letter tells.
  sign: body => ({ 'content-type': /^[[{]/.test(body.toString()) ? 'application/json' : formType }),
  address: (webhookUrl, body, world) => (isForged(body) ? webhookUrl.split('?')[0]! : addressOf(webhookUrl, world)),
  refuse: shape.refuse,
  unknownEvent: person => shape.unknown(person),
  settings: world => shape.settings(world),
  retryAfter: attempt => [60_000, 120_000, 300_000][attempt] ?? 600_000,
})

export const smsGatewayWire: Wire = gateway(smsc)
export const infobipWire: Wire = gateway(infobip)
export const kannelWire: Wire = gateway(kannel)

/** The sandbox's post adds a space to what it signs for a forger. */
const isForged = (body: Buffer): boolean => body.toString().endsWith(' ')

const addressOf = (webhookUrl: string, world: World): string =>
  webhookUrl.includes('secret=') ? webhookUrl : `${webhookUrl}?secret=${secretOf(world)}`

interface Where {
  shape: Shape
  person: Person
  world: World
}

function act(deed: Act, { shape, person, world }: Where): void {
  switch (deed.do) {
    case 'text': {
      const id = String(world.next())
      const at = world.now().getTime()
      person.wroteAt = at
      const parts = [{ type: 'text' as const, text: deed.text }]
      world.show({ id: `in${id}`, person: person.id, from: 'customer', parts, at, reactions: [] })
      return world.emit('message', shape.message(deed.text, id, { person, world }))
    }
    case 'block':
    case 'unblock':
      person.blocked = deed.do === 'block'
      return
    case 'look':
      return
    default:
      throw new Error(`sms-gateway: a telephone that knows text only cannot ${deed.do}`)
  }
}
