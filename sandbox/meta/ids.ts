import { createHash } from 'node:crypto'
import type { World } from '../world.ts'
import { flavourOf } from './flavour.ts'

/** What webhooks call the page or the professional account. */
export const accountId = (world: World): string =>
  flavourOf(world).object === 'page' ? `10${world.account.id}` : `17841${world.account.id}`
export const appId = (world: World): string => `77${world.account.id}`
export const verifyToken = (world: World): string => `verify-${world.account.id}`
export const username = (world: World): string => world.account.name.toLowerCase().replace(/[^a-z0-9]+/g, '.')
/** Meta's own inbox, in which the business may answer as well. */
export const metaInbox = 263902037430900

const hash = (world: World): Buffer =>
  createHash('sha512').update(`${world.wire.kind}:${world.account.id}:${world.next()}`).digest()

export const mid = (world: World): string => flavourOf(world).midPrefix + hash(world).toString('base64url').slice(0, 64)

/** Graph object ids are long numbers. */
export const nodeId = (world: World): string =>
  `1${(BigInt(`0x${hash(world).toString('hex').slice(0, 20)}`) % 10n ** 15n).toString().padStart(15, '0')}`
