import type { Part } from '../src/domain/message.ts'
import { actBySms, type Where } from './sms-act.ts'
import { fileUrl, nextSid, numberOf, sidOf, tell, webhook } from './twilio/account.ts'
import { api, refuse } from './twilio/api.ts'
import { obey } from './twilio/opt-out.ts'
import type { Act, Wire } from './wire.ts'

/** Twilio's Programmable Messaging: one number with SMS and MMS, signed webhooks, reports for each message. */
export const twilioWire: Wire = {
  kind: 'twilio',
  without: ['window'],
  routes: api,
  act: actBySms({ kind: 'twilio', cardType: 'text/x-vcard', write, sendFile }),
  ...webhook,
  refuse: {
    rate: (reply, { faults }) =>
      refuse(faults.retryAfter ? reply.header('retry-after', faults.retryAfter) : reply, 429, [
        20429,
        'Too Many Requests',
      ]),
    down: reply => reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>'),
    token: reply => refuse(reply, 401, [20003, 'Authenticate']),
    blocked: reply => refuse(reply, 400, [21610, 'Attempt to send to unsubscribed recipient']),
  },
  unknownEvent: (person, world) =>
    new URLSearchParams({
      EventType: 'onHologramAdded',
      ConversationSid: nextSid('CH', world),
      Author: `+${person.phone}`,
      AccountSid: sidOf('AC', world),
    }).toString(),
  settings: world => ({ accountSid: sidOf('AC', world), authToken: world.account.token, from: numberOf(world) }),
  // Three times, as asked for with `#rc=3`; a real account then goes to the fallback address.
  retryAfter: attempt => [500, 2000, 8000][attempt] ?? 60_000,
}

function write(said: string, at: Where): void {
  say({ Body: said }, [{ type: 'text', text: said }], at)
  obey(said, at)
}

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { bytes, mime, name, caption } = deed
  const id = nextSid('ME', at.world)
  at.world.files.set(id, { id, bytes, mime, name })
  const type = deed.type === 'voice' ? 'audio' : deed.type === 'sticker' ? 'image' : deed.type
  const sid = nextSid('MM', at.world)
  const url = fileUrl(id, sid, at.world)
  const shown: Part = { type, url, ref: id, name, mime, bytes: bytes.length, ...(caption && { caption }) }
  const fields = { Body: caption ?? '', NumMedia: '1', MediaContentType0: mime, MediaUrl0: url }
  say({ ...fields, MessageSid: sid }, [shown], at)
}

/** A message of the customer, with everything that Twilio says about one. */
function say(fields: Record<string, string>, parts: Part[], { person, world }: Where): void {
  const sid = fields.MessageSid ?? nextSid('SM', world)
  const now = world.now().getTime()
  person.wroteAt = now
  world.show({ id: sid, person: person.id, from: 'customer', parts, at: now, reactions: [] })
  const places = { FromCity: '', FromState: '', FromZip: '', FromCountry: 'FI', ToCity: 'NEW YORK', ToCountry: 'US' }
  const sids = { MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, AccountSid: sidOf('AC', world) }
  const numbers = { From: `+${person.phone}`, To: numberOf(world), NumMedia: '0', NumSegments: '1' }
  tell('message', { ...places, ...sids, ...numbers, ...fields, SmsStatus: 'received', ApiVersion: '2010-04-01' }, world)
}
