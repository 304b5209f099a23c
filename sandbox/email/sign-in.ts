import type { World } from '../world.ts'
import { boxOf } from './box.ts'
import { isAccess } from './oauth.ts'

/** Passwords of PLAIN (RFC 4616) and the tokens of Google's XOAUTH2: `user=…^Aauth=Bearer …^A^A`. */
export function isAllowed(method: string, said: string, world: World): boolean {
  const { address } = boxOf(world)
  if (world.faults.token) return false
  if (/^xoauth2$/i.test(method)) {
    const [user, auth = ''] = said.split('\x01')
    const token = auth.replace(/^auth=Bearer /, '')
    return user === `user=${address}` && (token === world.account.secret || isAccess(world, token))
  }
  const [, user, password] = said.split('\0')
  return /^plain$/i.test(method) && user === address && password === world.account.token
}
