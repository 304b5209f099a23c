import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { nextSid, numberOf, reportAt, serviceSid, sidOf } from './account.ts'
import { fault } from './check.ts'
import { arrive, bubbleOf, messageOf } from './phone.ts'

export type Problem = readonly [code: number, message: string]
interface Call {
  form: URLSearchParams
  /** What the path says behind the account. */
  found: string[]
  world: World
}
type Answer = { status: number; json?: unknown; location?: string; file?: string } | Problem

const routes: readonly [string, RegExp, (call: Call) => Answer][] = [
  ['GET', /^\.json$/, account],
  ['POST', /^\/Messages\.json$/, create],
  ['GET', /^\/Messages\.json$/, listMessages],
  ['GET', /^\/Messages\/(\w+)\.json$/, fetchMessage],
  ['DELETE', /^\/Messages\/(\w+)\.json$/, () => ({ status: 204 })],
  ['GET', /^\/Messages\/(\w+)\/Media\/(\w+)$/, sendOn],
  ['GET', /^\/IncomingPhoneNumbers\.json$/, listNumbers],
  ['POST', /^\/IncomingPhoneNumbers\/(\w+)\.json$/, updateNumber],
  ['GET', /^\/SMS\/ShortCodes\.json$/, () => ({ status: 200, json: { short_codes: [], page: 0, page_size: 50 } })],
]

/** Twilio's REST API of 2010, forms in and JSON out, and the messaging services of their own host. */
export function api(app: FastifyInstance, world: World): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, said, done) => done(null, String(said)))
    scope.all('/2010-04-01/Accounts/*', (request, reply) => answer(request, reply, world))
    scope.post('/v1/Services/:sid', (request, reply) => service(request, reply, world))
  })
  // The store behind the media: another host, which asks for nothing.
  app.get('/store/:file', (request, reply) => {
    const file = world.files.get((request.params as { file: string }).file)
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
}

export const refuse = (reply: FastifyReply, status: number, [code, message]: Problem): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })

const notFound = (path: string): Problem => [20404, `The requested resource ${path} was not found`]

function isOurs({ headers }: FastifyRequest, world: World): boolean {
  const expected = `${sidOf('AC', world)}:${world.account.token}`
  return headers.authorization === `Basic ${Buffer.from(expected).toString('base64')}`
}

function answer(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  if (!isOurs(request, world)) return refuse(reply, 401, [20003, 'Authenticate'])
  const url = new URL(request.url, 'http://twilio')
  const [, sid, rest = ''] = /\/Accounts\/(AC[0-9a-f]{32})(.*)$/.exec(url.pathname) ?? []
  const match = routes.find(([method, path]) => method === request.method && path.test(rest))
  if (sid !== sidOf('AC', world) || !match) return refuse(reply, 404, notFound(url.pathname))
  const form = request.method === 'POST' ? new URLSearchParams(String(request.body ?? '')) : url.searchParams
  const answered = match[2]({ form, found: match[1].exec(rest)!.slice(1), world })
  if (!('status' in answered)) return refuse(reply, answered[0] === 20404 ? 404 : 400, answered)
  if (answered.location) return reply.redirect(answered.location, 307)
  return reply.code(answered.status).type('application/json').send(answered.json)
}

function account({ world }: Call): Answer {
  const sid = sidOf('AC', world)
  const json = { sid, friendly_name: world.account.name, status: 'active', type: 'Full', owner_account_sid: sid }
  return { status: 200, json: { ...json, uri: `/2010-04-01/Accounts/${sid}.json` } }
}

function create({ form, world }: Call): Answer {
  const wrong = fault(form, world)
  if (wrong) return wrong
  const sid = nextSid(form.has('MediaUrl') ? 'MM' : 'SM', world)
  const person = [...world.people.values()].find(({ phone }) => form.get('To') === `+${phone}`)
  if (person?.blocked) return [21610, 'Attempt to send to unsubscribed recipient']
  const report = form.get('StatusCallback')
  if (report) reportAt(sid, report, world)
  const message = messageOf(form, sid, world)
  if (person) world.show(bubbleOf(form, sid, { person, world }))
  setTimeout(() => void arrive(message, form, world), 50 / world.haste).unref()
  return { status: 201, json: message }
}

const shown = (sid: string, world: World) => {
  const bubble = world.bubble(sid)
  return (
    bubble && {
      sid,
      status: bubble.ticks ?? 'sent',
      direction: bubble.from === 'business' ? 'outbound-api' : 'inbound',
    }
  )
}

function fetchMessage({ found, world }: Call): Answer {
  const json = shown(found[0]!, world)
  return json ? { status: 200, json } : notFound(`/Messages/${found[0]}.json`)
}

function listMessages({ world }: Call): Answer {
  const messages = world.bubbles.slice(-50).map(({ id }) => shown(id, world))
  return { status: 200, json: { messages, page: 0, page_size: 50, next_page_uri: null } }
}

function sendOn({ found, world }: Call): Answer {
  const file = found[1]!
  return world.files.has(file)
    ? { status: 307, location: `${world.baseUrl}/store/${file}` }
    : notFound(`/Media/${file}`)
}

function listNumbers({ form, world }: Call): Answer {
  const asked = form.get('PhoneNumber')
  const all = !asked || asked === numberOf(world) ? [numberJson(world)] : []
  return { status: 200, json: { incoming_phone_numbers: all, page: 0, page_size: 50, next_page_uri: null } }
}

function updateNumber({ form, found, world }: Call): Answer {
  if (found[0] !== sidOf('PN', world)) return notFound(`/IncomingPhoneNumbers/${found[0]}.json`)
  const url = form.get('SmsUrl')
  if (url && !URL.canParse(url)) return [21502, 'SmsUrl is not valid']
  if (url !== null) world.webhookUrl = url || undefined
  return { status: 200, json: numberJson(world) }
}

const numberJson = (world: World) => ({
  sid: sidOf('PN', world),
  account_sid: sidOf('AC', world),
  phone_number: numberOf(world),
  friendly_name: numberOf(world),
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  sms_url: world.webhookUrl ?? '',
  sms_method: 'POST',
  sms_application_sid: '',
})

function service(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  if (!isOurs(request, world)) return refuse(reply, 401, [20003, 'Authenticate'])
  const { sid } = request.params as { sid: string }
  if (sid !== serviceSid(world)) return refuse(reply, 404, notFound(request.url))
  const url = new URLSearchParams(String(request.body ?? '')).get('InboundRequestUrl')
  if (url) world.webhookUrl = url
  const json = { sid, friendly_name: `${world.account.name} service`, inbound_request_url: world.webhookUrl ?? null }
  return reply.code(200).type('application/json').send(json)
}
