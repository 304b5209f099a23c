import type { Part } from '../src/domain/message.ts'
import { actBySms, type Where } from './sms-act.ts'
import { apiKeyOf, applicationOf, fileUrl, nextUuid, numberOf, webhook } from './vonage/account.ts'
import { api, refuse, unauthorized } from './vonage/api.ts'
import type { Act, Wire } from './wire.ts'

/** Vonage's Messages API v1: one application with one number for SMS and MMS, and its signed webhooks. */
export const vonageWire: Wire = {
  kind: 'vonage',
  without: ['window'],
  routes: api,
  act: actBySms({ kind: 'vonage', cardType: 'text/vcard', write, sendFile }),
  ...webhook,
  refuse: {
    rate: (reply, { faults }) =>
      refuse(faults.retryAfter ? reply.header('retry-after', faults.retryAfter) : reply, 429, {
        type: '#rate-limit',
        title: 'Rate Limit Hit',
        detail: 'Please wait, then retry your request',
      }),
    down: reply => reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>'),
    token: reply => refuse(reply, 401, unauthorized),
    blocked: reply =>
      refuse(reply, 422, { type: '/messages#1240', title: 'Illegal Number', detail: 'The user opted out' }),
  },
  unknownEvent: (person, world) =>
    messageOf({ message_type: 'hologram', hologram: {} }, nextUuid(world), { person, world }),
  settings: world => ({
    apiKey: apiKeyOf(world),
    apiSecret: world.account.token,
    signatureSecret: world.account.secret,
    applicationId: applicationOf(world),
    from: numberOf(world),
  }),
  // Five seconds, doubled up to a quarter of an hour, for a day (help article 360028543292).
  retryAfter: attempt => Math.min(900_000, 5000 * 2 ** attempt),
}

/** In the United States Vonage itself blocks after STOP; the business hears the word all the same. */
function write(said: string, at: Where): void {
  const word = said.trim().toUpperCase()
  if (word === 'STOP') at.person.blocked = true
  if (word === 'START') at.person.blocked = false
  const sms = { num_messages: '1', keyword: word.split(/\s/)[0] ?? '' }
  say({ channel: 'sms', message_type: 'text', text: said, sms }, [{ type: 'text', text: said }], at)
}

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { bytes, mime, name, caption } = deed
  const id = nextUuid(at.world)
  at.world.files.set(id, { id, bytes, mime, name })
  const type = deed.type === 'voice' ? 'audio' : deed.type === 'sticker' ? 'image' : deed.type
  const url = fileUrl(id, at.world)
  const shown: Part = { type, url, ref: id, name, mime, bytes: bytes.length, ...(caption && { caption }) }
  const kind = mime === 'text/vcard' ? 'vcard' : type
  say({ channel: 'mms', message_type: kind, [kind]: { url, name, ...(caption && { caption }) } }, [shown], at)
}

function say(fields: Record<string, unknown>, parts: Part[], { person, world }: Where): void {
  const id = nextUuid(world)
  const now = world.now().getTime()
  person.wroteAt = now
  world.show({ id, person: person.id, from: 'customer', parts, at: now, reactions: [] })
  world.emit('message', messageOf(fields, id, { person, world }))
}

const messageOf = (fields: Record<string, unknown>, message_uuid: string, { person, world }: Where) => ({
  channel: 'sms',
  message_uuid,
  to: numberOf(world),
  from: person.phone,
  timestamp: world.now().toISOString(),
  ...fields,
  usage: { currency: 'EUR', price: '0.0057' },
  origin: { network_code: '310260' },
})
