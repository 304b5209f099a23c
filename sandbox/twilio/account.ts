import { createHash } from 'node:crypto'
import { fieldsOf, signature } from '../../src/channels/twilio/verify.ts'
import type { Wire } from '../wire.ts'
import type { World } from '../world.ts'

/** A SID: what it is in two letters, then 32 hexadecimal digits. The account's own are the same for ever. */
export const sidOf = (kind: string, world: World, name = ''): string =>
  kind + createHash('md5').update(`${kind}:${world.account.id}:${name}`).digest('hex')

export const nextSid = (kind: string, world: World): string => sidOf(kind, world, String(world.next()))

export const serviceSid = (world: World): string => sidOf('MG', world)

/** The account's only number. */
export const numberOf = ({ account }: World): string => `+1555${account.id.slice(-7)}`

export const fileUrl = (file: string, message: string, world: World): string =>
  `${world.baseUrl}/2010-04-01/Accounts/${sidOf('AC', world)}/Messages/${message}/Media/${file}`

/** Where the reports about each message go, as it was said when it was sent. */
const callbacks = new WeakMap<World, Map<string, string>>()

export function reportAt(sid: string, url: string, world: World): void {
  const known = callbacks.get(world) ?? new Map<string, string>()
  callbacks.set(world, known.set(sid, url))
}

export const isReported = (sid: string, world: World): boolean => !!callbacks.get(world)?.has(sid)

export const tell = (what: string, form: Record<string, string>, world: World): void =>
  world.emit(what, new URLSearchParams(form).toString())

/** The address that is called with this form: without the fragment, which only says how. */
function target(webhookUrl: string, body: Buffer, world: World): string {
  const form = new URLSearchParams(body.toString())
  const asked = form.has('MessageStatus') ? callbacks.get(world)?.get(form.get('MessageSid') ?? '') : undefined
  return (asked ?? webhookUrl).replace(/#.*$/s, '')
}

export const webhook: Pick<Wire, 'sign' | 'address'> = {
  address: target,
  sign(body, world) {
    const signed = target(world.webhookUrl ?? '', body, world) + fieldsOf(new URLSearchParams(body.toString()))
    return {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': createHash('md5').update(body).digest('hex'),
      'x-twilio-signature': signature(world.account.token, signed),
    }
  },
}
