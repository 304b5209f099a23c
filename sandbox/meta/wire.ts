import { hmacSha256Hex } from '../../src/channels/kit.ts'
import type { Wire } from '../wire.ts'
import type { World } from '../world.ts'
import { act } from './act.ts'
import { expiredToken, notAvailable, refuse, tooMany, unavailable } from './errors.ts'
import { menu } from './profile.ts'
import { routes } from './routes.ts'
import { unknown } from './tell.ts'

/** A Meta messenger with its kind and the settings that its channel has. */
export const metaWire = (kind: string, settings: (world: World) => Record<string, string>): Wire => ({
  kind,
  routes,
  act,
  menu,
  sign: (body, world) => ({
    'x-hub-signature-256': `sha256=${hmacSha256Hex(world.account.secret, body)}`,
    'user-agent': 'facebookexternalua',
  }),
  refuse: {
    rate: (reply, world) => refuse(reply.header('retry-after', world.faults.retryAfter), world, tooMany),
    down: (reply, world) => refuse(reply, world, unavailable),
    token: (reply, world) => refuse(reply, world, expiredToken),
    blocked: (reply, world) => refuse(reply, world, notAvailable),
  },
  unknownEvent: (person, world) => unknown(world, person),
  settings,
  // "Until success"; the steps are a guess.
  retryAfter: attempt => Math.min(2_000 * 4 ** attempt, 3_600_000),
})
