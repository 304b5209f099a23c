import type { FastifyReply } from 'fastify'
import { secretName } from '../src/channels/ok/verify.ts'
import type { Part } from '../src/domain/message.ts'
import { nextMid, nextSeq, secretOf, tell } from './ok/account.ts'
import { api } from './ok/api.ts'
import { addressOf } from './ok/files.ts'
import { type Code, refuse } from './ok/wrong.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

/** A group of Odnoklassniki: its Graph API, as far as it is known. */
export const okWire: Wire = {
  kind: 'ok',
  routes: api,
  act,
  sign: () => ({}),
  // OK calls the address it was told. Where the stage told it a bare one, the secret goes along all the same.
  address(webhookUrl, body, world) {
    const url = new URL(webhookUrl)
    // The post marks what a forger sends with a space at the end of what would be signed.
    if (body.at(-1) === 0x20) url.searchParams.set(secretName, 'guessed-by-somebody')
    else if (!url.searchParams.has(secretName)) url.searchParams.set(secretName, secretOf(world))
    return url.href
  },
  refuse: {
    rate: reply => wrong(11, reply),
    down: reply => reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>'),
    token: reply => wrong(103, reply),
    blocked: reply => wrong(10, reply),
  },
  unknownEvent: (person, world) => ({
    webhookType: 'MESSAGE_LEVITATED',
    sender: { user_id: `user:${person.id}`, name: person.name },
    recipient: {},
    message: { mid: nextMid(person, world) },
    timestamp: world.now().getTime(),
  }),
  settings: world => ({ accessToken: world.account.token, webhookSecret: secretOf(world) }),
  // "Later", for 8 hours (documentation of 2017); the steps are a guess.
  retryAfter: attempt => [5_000, 30_000, 300_000][attempt] ?? 1_800_000,
}

/** Files have hosts of their own, which know no errors with numbers. */
const wrong = (code: Code, reply: FastifyReply): FastifyReply =>
  reply.request.url.includes('/graph/') ? refuse(code, reply) : reply.code(503).send('')

function act(deed: Act, person: Person, world: World): void {
  const at = { person, world }
  switch (deed.do) {
    case 'text': {
      const quote = deed.replyTo ? { reply_to: deed.replyTo } : {}
      return say([{ type: 'text', text: deed.text }], { text: deed.text, ...quote }, at)
    }
    case 'media':
      return sendFile(deed, at)
    case 'press':
      return press(deed, at)
    case 'block':
    case 'unblock':
      person.blocked = deed.do === 'block'
      if (deed.do === 'unblock') person.wroteAt ??= world.now().getTime()
      return
    default:
      throw new Error(`ok: groups are not told when a customer wants to ${deed.do}`)
  }
}

interface Where {
  person: Person
  world: World
}

function say(parts: Part[], fields: Record<string, unknown>, { person, world }: Where): void {
  const mid = nextMid(person, world)
  const at = world.now().getTime()
  person.wroteAt = at
  person.blocked = false
  const quote = typeof fields.reply_to === 'string' ? { replyTo: fields.reply_to } : {}
  world.show({ id: mid, person: person.id, from: 'customer', parts, at, reactions: [], ...quote })
  tell('MESSAGE_CREATED', { message: { seq: nextSeq(world), mid, ...fields } }, { person, world })
}

const kinds = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO', voice: 'AUDIO', file: 'FILE' } as const

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  if (deed.type === 'sticker') throw new Error('ok: groups are not told of stickers')
  const { bytes, mime, name, caption, seconds } = deed
  const id = `in-${at.world.next()}`
  at.world.files.set(id, { id, bytes, mime, name })
  const url = addressOf(id, at.world)
  const payload = { url, name, ...(seconds && { duration: seconds }) }
  const shown: Part = { type: deed.type, url, ref: id, name, mime, bytes: bytes.length }
  const parts: Part[] = caption ? [{ type: 'text', text: caption }, shown] : [shown]
  say(parts, { ...(caption && { text: caption }), attachments: [{ type: kinds[deed.type], payload }] }, at)
}

function press({ bubble: id, choice }: Act & { do: 'press' }, { person, world }: Where): void {
  const offered = world.bubble(id)?.parts.find(part => part.type === 'choices')
  const button = offered?.choices.find(one => one.id === choice || one.label === choice)
  if (!button) throw new Error(`ok: no button ${choice} there`)
  world.change(id, { pressed: choice })
  const callbackId = `cb${world.next().toString(16)}`
  tell(
    'MESSAGE_CALLBACK',
    { callbackId, payload: button.id, message: { seq: nextSeq(world), mid: id } },
    { person, world },
  )
}
