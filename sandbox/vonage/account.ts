import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { maybe, parseJson, text } from '../../src/channels/kit.ts'
import type { Wire } from '../wire.ts'
import type { World } from '../world.ts'

const hash = (said: string): string => createHash('md5').update(said).digest('hex')

function uuidOf(said: string): string {
  const h = hash(said)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20)}`
}

export const apiKeyOf = ({ account }: World): string => hash(account.id).slice(0, 8)
export const applicationOf = ({ account }: World): string => uuidOf(`application ${account.id}`)
export const nextUuid = (world: World): string => uuidOf(`${world.account.id} ${world.next()}`)

/** The application's only number. */
export const numberOf = ({ account }: World): string => `1555${account.id.slice(-7)}`

export const fileUrl = (id: string, world: World): string => `${world.baseUrl}/v3/media/${id}`

/** The key of the application: the business has the private half. Another one after every start. */
const keys = new WeakMap<World, { publicKey: KeyObject; privateKey: KeyObject }>()

export function keysOf(world: World): { publicKey: KeyObject; privateKey: KeyObject } {
  const pair = keys.get(world) ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  keys.set(world, pair)
  return pair
}

/** Where the reports about each message go, when it was said with the message. */
const callbacks = new WeakMap<World, Map<string, string>>()

export function reportAt(uuid: string, url: string, world: World): void {
  const known = callbacks.get(world) ?? new Map<string, string>()
  callbacks.set(world, known.set(uuid, url))
}

export const webhook: Pick<Wire, 'sign' | 'address'> = {
  address(webhookUrl, body, world) {
    const { status, message_uuid } = maybe(parseJson(body.toString()))
    const asked = callbacks.get(world)?.get(text(message_uuid) ?? '')
    return status !== undefined && asked ? asked : webhookUrl
  },
  sign: (body, world) => ({ authorization: `Bearer ${tokenFor(body, world)}` }),
}

/** A token for this body: HS256 with the signature secret of the account. */
function tokenFor(body: Buffer, world: World): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iat: Math.floor(world.now().getTime() / 1000),
    jti: uuidOf(`${body} ${world.now().getTime()}`),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(body).digest('hex'),
    api_key: apiKeyOf(world),
    application_id: applicationOf(world),
  }
  const said = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`
  return `${said}.${createHmac('sha256', world.account.secret).update(said).digest('base64url')}`
}
