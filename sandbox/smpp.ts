import { passwordOf, systemIdOf } from './smpp/account.ts'
import { deliver, pieceOfAir } from './smpp/air.ts'
import { centreOf, openCentre, post } from './smpp/centre.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** A message centre that speaks SMPP 3.4. It has no HTTP, and phones without anything but text. */
export const smppWire: Wire = {
  kind: 'smpp',
  routes: () => {},
  serve: openCentre,
  act,
  sign: () => ({}),
  without: ['forge', 'window'],
  says: { rate: 'Throttled (0x58)', down: 'System error (0x08)', token: 'Wrong password (0x0E)' },
  refuse: {
    rate: reply => reply.code(429).send(),
    down: reply => reply.code(503).send(),
    token: reply => reply.code(401).send(),
    blocked: reply => reply.code(403).send(),
  },
  unknownEvent(person, world) {
    const content = { fields: { source: person.phone, sourceTon: 1, sourceNpi: 1, dest: '16400' } }
    post({ what: 'alert_notification', command: 'alert_notification', content, attempt: 0 }, world)
    return undefined
  },
  settings: world => ({
    baseUrl: `smpp://127.0.0.1:${centreOf(world).port}`,
    systemId: systemIdOf(world),
    password: passwordOf(world),
    sender: '16400',
  }),
  retryAfter: attempt => [1000, 10_000, 60_000][attempt] ?? 300_000,
}

function act(deed: Act, person: Person, world: World): void {
  switch (deed.do) {
    case 'text': {
      const id = `in${world.next()}`
      const at = world.now().getTime()
      person.wroteAt = at
      const parts = [{ type: 'text' as const, text: deed.text }]
      world.show({ id, person: person.id, from: 'customer', parts, at, reactions: [] })
      for (const piece of pieceOfAir(deed.text, world.next())) deliver(piece, { person, world, bubble: id })
      return
    }
    case 'block':
    case 'unblock':
      person.blocked = deed.do === 'block'
      return
    case 'look':
      return
    default:
      throw new Error(`smpp: a telephone that knows text only cannot ${deed.do}`)
  }
}
