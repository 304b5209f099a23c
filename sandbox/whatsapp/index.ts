import { createHmac } from 'node:crypto'
import type { Wire } from '../wire.ts'
import { act } from './act.ts'
import { expiredToken, refuse, tooMany, unavailable, undeliverable } from './errors.ts'
import { contact, envelope, head, said } from './events.ts'
import { businessAccount, verifyToken, wamid } from './ids.ts'
import { routes } from './routes.ts'

export { batch } from './events.ts'
export { identify } from './ids.ts'
export { changeNumber, missCall, preferMarketing, reviewTemplate } from './more.ts'

/** WhatsApp Business Platform, Cloud API: the Graph paths of one number in one business account. */
export const whatsappWire: Wire = {
  kind: 'whatsapp',
  routes,
  act,
  sign: (body, world) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', world.account.secret).update(body).digest('hex')}`,
    'user-agent': 'facebookexternalua',
  }),
  refuse: {
    rate: (reply, world) => refuse(reply.header('retry-after', world.faults.retryAfter), world, tooMany),
    down: (reply, world) => refuse(reply, world, unavailable),
    token: (reply, world) => refuse(reply, world, expiredToken),
    blocked: (reply, world) => refuse(reply, world, undeliverable),
  },
  unknownEvent: (person, world) => {
    const message = { ...said(world, person, wamid(world, person, 'in')), type: 'hologram', hologram: { depth: 3 } }
    const value = { ...head(world), contacts: [contact(world, person)], messages: [message] }
    return envelope(world, [{ field: 'messages', value }])
  },
  settings: world => ({
    phoneNumberId: world.account.id,
    businessAccountId: businessAccount(world),
    accessToken: world.account.token,
    appSecret: world.account.secret,
    verifyToken: verifyToken(world),
    apiVersion: 'v24.0',
  }),
  // Soon at first, then ever more rarely, for up to seven days.
  retryAfter: attempt => Math.min(2_000 * 4 ** attempt, 86_400_000),
}
