import fc from 'fast-check'
import type { HttpCall, Io } from '../../src/channels/contract.ts'
import { mediaTypes, type Part } from '../../src/domain/message.ts'
import { keeping } from './keeping.ts'

const words = (maxLength: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength })
const coordinate = (max: number) => fc.double({ min: -max, max, noNaN: true })
const optional = { requiredKeys: [] as never[] }

const choice = fc.record(
  { id: fc.string({ minLength: 1, maxLength: 70 }), label: words(60), description: words(80) },
  { requiredKeys: ['id', 'label'] },
)

const media = fc
  .tuple(
    fc.constantFrom(...mediaTypes),
    fc.record(
      {
        mime: fc.constantFrom('image/png', 'image/webp', 'video/mp4', 'audio/ogg', 'application/pdf'),
        name: words(40),
        caption: words(1100),
        bytes: fc.nat({ max: 30_000_000 }),
        seconds: fc.nat({ max: 700 }),
      },
      optional,
    ),
  )
  .map(([type, fields]) => ({ type, url: '/media/1', media: '1', ...fields }))

/** What agents, bots and API callers may say. */
export const sayable: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: words(9000) }),
  media,
  fc.record(
    {
      type: fc.constant('location' as const),
      lat: coordinate(90),
      lon: coordinate(180),
      name: words(40),
      address: words(80),
    },
    { requiredKeys: ['type', 'lat', 'lon'] },
  ),
  fc.record(
    {
      type: fc.constant('contact' as const),
      name: words(60),
      phones: fc.array(fc.stringMatching(/^\+\d{5,15}$/), { minLength: 1, maxLength: 3 }),
      emails: fc.array(fc.constant('ann@shop.example'), { maxLength: 2 }),
      company: words(40),
    },
    { requiredKeys: ['type', 'name', 'phones'] },
  ),
  fc.record(
    {
      type: fc.constant('choices' as const),
      prompt: words(1200),
      choices: fc.uniqueArray(choice, { minLength: 1, maxLength: 30, selector: c => c.id }),
      button: words(20),
    },
    { requiredKeys: ['type', 'prompt', 'choices'] },
  ),
  fc.record({
    type: fc.constant('poll' as const),
    question: words(300),
    options: fc.array(fc.record({ label: words(90) }), { minLength: 2, maxLength: 12 }),
  }),
  fc.record({ type: fc.constant('link' as const), url: fc.webUrl(), title: words(40), text: words(80) }),
  fc.record({
    type: fc.constant('template' as const),
    name: fc.stringMatching(/^[a-z_]{1,30}$/),
    language: fc.constantFrom('en', 'fi', 'ru'),
    values: fc.array(words(30), { maxLength: 3 }),
  }),
)

/**
 * A network that says yes to everything, in the words of every provider at once: what is left to fail is the adapter.
 * `calls` shows what would have been sent.
 */
export function agreeableIo<S>(settings: S): Io<S> & { calls: HttpCall[] } {
  const calls: HttpCall[] = []
  const message = { message_id: 7, id: '7', chat: { id: 1 }, date: 1_790_000_000, body: { mid: '7' } }
  const json = {
    ok: true,
    success: true,
    status: 0,
    response: {
      conversation_message_id: 7,
      upload_url: 'https://upload.example/7',
      id: 7,
      owner_id: -7,
      comment_id: 7,
    },
    id: '7',
    result: message,
    messages: [{ id: 'wamid.7' }],
    sentMessages: [{ id: '7' }],
    url: 'https://upload.example/7',
    photos: { 7: { token: '7' } },
    message_token: '7',
    sid: 'SM7',
    message_uuid: '7',
    access_token: 'token',
    expires_in: 7200,
    media_id: '7',
    attachment_id: '7',
    msgid: '7',
    message,
  }
  return {
    ...keeping(settings),
    open: async () => agreeableLink(json),
    settings,
    now: new Date(1_790_000_000_000),
    calls,
    async http(call) {
      calls.push(call)
      if (call.json !== undefined) JSON.stringify(call.json)
      return { status: 200, headers: {}, json, bytes: new TextEncoder().encode(JSON.stringify(json)) }
    },
    async bytesOf(part) {
      return { bytes: new Uint8Array(8), mime: part.mime ?? 'application/octet-stream', name: part.name ?? 'file' }
    },
    linkTo: part => `https://parley.example${part.url}`,
  }
}

/** A connection that is kept open: whatever is asked of it is answered as a call would be. */
const agreeableLink = <T>(answer: unknown): T =>
  new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : async () => answer) }) as T
