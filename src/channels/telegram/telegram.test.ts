import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { keeping } from '../../../test/channels/keeping.ts'
import type { MediaPart } from '../../domain/message.ts'
import {
  type Address,
  AnswerLost,
  type ExternalId,
  type HttpAnswer,
  type InboundEvent,
  type Io,
  MediaGone,
  NotSent,
  type Outgoing,
  type Piece,
  type RawRequest,
} from '../contract.ts'
import { can } from './capabilities.ts'
import { telegram } from './index.ts'
import { render } from './render.ts'
import { outcome } from './send.ts'
import type { Settings } from './settings.ts'

interface Fixture {
  name: string
  request: RawRequest
  settings: Settings
  events: InboundEvent[]
}

const folder = path.join(import.meta.dirname, 'fixtures')
const fixtures = readdirSync(folder).map((file): Fixture => {
  const { request, settings, events } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'))
  const body = new Uint8Array(Buffer.from(request.body))
  return { name: file.slice(0, -5), request: { ...request, body }, settings: telegram.settings.parse(settings), events }
})
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('fixtures', () => {
  for (const { name, request, settings, events } of fixtures)
    test(`${name} is accepted and read`, () => {
      assert.equal(telegram.verify(request, settings, new Date(0)).verdict, 'accept')
      assert.deepEqual(asJson(telegram.parse(request)), events)
      assert.deepEqual(telegram.parse(request), telegram.parse(request))
    })

  test('every event has an id of its own', () => {
    const ids = fixtures.flatMap(fixture => fixture.events.map(event => event.id))
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) !== i),
      [],
    )
  })
})

describe('verification', () => {
  const { request, settings } = fixtures[0]!
  const withSecret = (secret: string | undefined): RawRequest => {
    const { 'x-telegram-bot-api-secret-token': _, ...headers } = request.headers
    return {
      ...request,
      headers: { ...headers, ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }) },
    }
  }
  const verdict = (secret: string | undefined, expected: string) =>
    telegram.verify(withSecret(secret), { ...settings, webhookSecret: expected }, new Date(0)).verdict

  test('only the very secret is accepted', () => {
    assert.equal(verdict('right', 'right'), 'accept')
    for (const wrong of [undefined, '', 'Right', 'right ', 'righ', 'righty'])
      assert.equal(verdict(wrong, 'right'), 'reject')
  })

  test('an empty secret proves nothing', () => {
    assert.equal(verdict('', ''), 'reject')
    assert.equal(verdict(undefined, ''), 'reject')
    assert.throws(() => telegram.settings.parse({ token: '1:A', webhookSecret: '' }))
  })

  test('a rejection does not tell the secret', () => {
    const said = telegram.verify(withSecret('guess'), { ...settings, webhookSecret: 'right' }, new Date(0))
    assert.doesNotMatch(JSON.stringify(said), /right"|guess/)
  })
})

describe('settings', () => {
  test('a token that could leave its place in the path is refused', () => {
    for (const token of ['', ' ', '1:A/../x', '1:A?x', '1:A b'])
      assert.throws(() => telegram.settings.parse({ token, webhookSecret: 's' }), token)
  })
  test('the official address is the default and unknown names are refused', () => {
    const right = { token: '1:A', webhookSecret: 's' }
    assert.deepEqual(telegram.settings.parse(right), { ...right, baseUrl: 'https://api.telegram.org' })
    assert.throws(() => telegram.settings.parse({ ...right, secret: 's' }))
  })
})

describe('reading', () => {
  const read = (body: string) => telegram.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(body) })

  test('bytes that are no update are not taken for one', () => {
    for (const body of ['', 'hello', '[]', 'null', '7']) assert.throws(() => read(body), body)
  })

  test('a message without its update around it is read as one', () => {
    const [event] = read('{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},"text":"Hi"}')
    assert.equal(event?.type, 'message')
    assert.equal(event?.id, '42:5')
  })

  test('names that every object has are no kinds', () => {
    const [event] = read('{"update_id":3,"constructor":{"a":1}}')
    assert.deepEqual(event, { type: 'unsupported', id: 'u3', what: 'constructor' })
  })

  // ../shared/data is not part of the repository: without it there is nothing to read.
  test('recorded payloads are read without a loss', () => {
    const recorded = path.resolve(import.meta.dirname, '../../../../shared/data/payloads/telegram')
    let names: string[]
    try {
      names = readdirSync(recorded, { recursive: true }).map(String)
    } catch {
      return
    }
    for (const name of names.filter(n => n.endsWith('.json'))) {
      const events = read(readFileSync(path.join(recorded, name), 'utf8'))
      assert.equal(events.length, 1, name)
      assert.notEqual(events[0]!.type, 'unsupported', name)
    }
  })
})

const to: Outgoing = { address: '42' as Address, key: 'k' }
const of = '42:7' as ExternalId

describe('rendering', () => {
  const calls: [string, Piece, Outgoing, string, object][] = [
    ['text', { type: 'text', text: 'a *b*' }, to, 'sendMessage', { chat_id: 42, text: 'a *b*' }],
    [
      'a reply',
      { type: 'text', text: 'a' },
      { ...to, replyTo: of },
      'sendMessage',
      { chat_id: 42, text: 'a', reply_parameters: { message_id: 7, allow_sending_without_reply: true } },
    ],
    [
      'text on behalf of a business',
      { type: 'text', text: 'a' },
      { ...to, address: 'bc/77' as Address, replyTo: 'bc/77:9' as ExternalId },
      'sendMessage',
      {
        chat_id: 77,
        business_connection_id: 'bc',
        text: 'a',
        reply_parameters: { message_id: 9, allow_sending_without_reply: true },
      },
    ],
    [
      'an answer to a direct message of a channel',
      { type: 'text', text: 'a' },
      { ...to, address: '-1007#9' as Address },
      'sendMessage',
      { chat_id: -1007, direct_messages_topic_id: 9, text: 'a' },
    ],
    [
      'choices',
      { type: 'choices', prompt: 'Which?', choices: [{ id: 'r', label: 'Rye' }] },
      to,
      'sendMessage',
      { chat_id: 42, text: 'Which?', reply_markup: { inline_keyboard: [[{ text: 'Rye', callback_data: 'r' }]] } },
    ],
    ['a place', { type: 'location', lat: 1, lon: 2 }, to, 'sendLocation', { chat_id: 42, latitude: 1, longitude: 2 }],
    [
      'a named place',
      { type: 'location', lat: 1, lon: 2, name: 'Here' },
      to,
      'sendVenue',
      { chat_id: 42, latitude: 1, longitude: 2, title: 'Here', address: 'Here' },
    ],
    [
      'a contact',
      { type: 'contact', name: 'Ann', phones: ['+1'] },
      to,
      'sendContact',
      { chat_id: 42, phone_number: '+1', first_name: 'Ann' },
    ],
    [
      'a poll',
      { type: 'poll', question: 'Which?', options: [{ label: 'a' }, { label: 'b' }] },
      to,
      'sendPoll',
      { chat_id: 42, question: 'Which?', options: [{ text: 'a' }, { text: 'b' }], is_anonymous: false },
    ],
    [
      'a reaction',
      { type: 'reaction', emoji: '❤️', of },
      to,
      'setMessageReaction',
      { chat_id: 42, message_id: 7, reaction: [{ type: 'emoji', emoji: '❤' }] },
    ],
    [
      'no reaction',
      { type: 'reaction', emoji: '', of },
      to,
      'setMessageReaction',
      { chat_id: 42, message_id: 7, reaction: [] },
    ],
  ]
  for (const [what, piece, whom, method, fields] of calls)
    test(`${what} becomes ${method}`, () => assert.deepEqual(render(piece, whom), { method, fields }))

  for (const [type, mime, method, field] of [
    ['image', 'image/png', 'sendPhoto', 'photo'],
    ['image', 'image/gif', 'sendAnimation', 'animation'],
    ['video', 'video/mp4', 'sendVideo', 'video'],
    ['audio', 'audio/mpeg', 'sendAudio', 'audio'],
    ['voice', 'audio/ogg', 'sendVoice', 'voice'],
    ['file', 'text/csv', 'sendDocument', 'document'],
    ['sticker', 'image/webp', 'sendSticker', 'sticker'],
  ] as const)
    test(`${type} of ${mime} is uploaded by ${method}`, () => {
      const part: MediaPart = { type, url: 'f', mime, caption: 'Look' }
      const caption = type === 'sticker' ? {} : { caption: 'Look' }
      assert.deepEqual(render(part, to), { method, fields: { chat_id: 42, ...caption }, upload: { field, part } })
    })

  test('more than one phone number goes as a vCard', () => {
    const { fields } = render({ type: 'contact', name: 'Ann', phones: ['+1', '+2'], emails: ['a@b.c'] }, to)
    assert.match(String(fields.vcard), /TEL:\+1\r\nTEL:\+2\r\nEMAIL:a@b\.c/)
  })

  test('a poll in a channel is anonymous, because others are refused there', () => {
    const poll: Piece = { type: 'poll', question: 'Which?', options: [{ label: 'a' }] }
    assert.equal(render(poll, { ...to, address: '-1001' as Address }).fields.is_anonymous, true)
  })

  test('what Telegram cannot carry is refused aloud', () => {
    assert.throws(() => render({ type: 'template', name: 'x', language: 'en', values: [] }, to), /template/)
    assert.throws(() => render({ type: 'order', items: [] }, to), /order/)
  })

  test('the longest button id is counted in bytes', () => assert.equal(can.choices?.id, 64))
})

describe('outcomes', () => {
  const answer = (status: number, json: unknown, headers = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const no = (error_code: number, description: string, parameters?: object) =>
    outcome(
      answer(error_code, { ok: false, error_code, description, ...(parameters && { parameters }) }),
      { type: 'text', text: 'a' },
      to,
    )

  test('an accepted message is named by its chat and number', () => {
    const sent = answer(200, { ok: true, result: { message_id: 9, date: 1_790_000_000, chat: { id: 42 } } })
    const at = new Date(1_790_000_000_000)
    assert.deepEqual(outcome(sent, { type: 'text', text: 'a' }, to), { ok: true, id: '42:9', at })
    const address = 'bc/77#3' as Address
    assert.deepEqual(outcome(sent, { type: 'text', text: 'a' }, { ...to, address }), { ok: true, id: 'bc/77:9', at })
  })

  for (const [code, description, why] of [
    [403, 'Forbidden: bot was blocked by the user', 'blocked'],
    [403, 'Forbidden: user is deactivated', 'blocked'],
    [403, "Forbidden: bot can't initiate conversation with a user", 'blocked'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'blocked'],
    [403, 'Forbidden: bot is not a member of the channel chat', 'blocked'],
    [403, "Forbidden: bot can't send messages to bots", 'blocked'],
    [400, 'Bad Request: chat not found', 'invalid'],
    [400, 'Bad Request: PEER_ID_INVALID', 'invalid'],
    [400, 'Bad Request: message is too long', 'invalid'],
    [400, 'Bad Request: BUTTON_DATA_INVALID', 'invalid'],
    [400, 'Bad Request: not enough rights to send text messages to the chat', 'invalid'],
    [400, 'Bad Request: BUSINESS_PEER_USAGE_MISSING', 'window-closed'],
    [413, 'Request Entity Too Large', 'invalid'],
    [401, 'Unauthorized', 'auth'],
    [404, 'Not Found', 'auth'],
    [409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running', 'auth'],
    [500, 'Internal Server Error', 'down'],
    [502, 'Bad Gateway', 'down'],
    [504, 'Gateway Timeout', 'unknown'],
  ] as const)
    test(`${code} ${description} means ${why}`, () => {
      const result = no(code, description)
      assert.ok(!result.ok)
      assert.equal(result.why, why)
      assert.ok(result.detail.includes(description))
    })

  test('too many requests carry the pause', () => {
    const result = no(429, 'Too Many Requests: retry after 5', { retry_after: 5 })
    assert.deepEqual(result, {
      ok: false,
      why: 'rate',
      detail: 'Too Many Requests: retry after 5',
      retryAfterSeconds: 5,
    })
  })

  test('a group that moved says where to', () => {
    const result = no(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -1001 })
    assert.equal(!result.ok && result.why, 'invalid')
    assert.match(result.ok ? '' : result.detail, /-1001/)
  })

  test('an answer that is no JSON is judged by its status', () => {
    const bare = (status: number) => outcome(answer(status, null), { type: 'text', text: 'a' }, to)
    assert.deepEqual(bare(502), { ok: false, why: 'down', detail: 'HTTP 502' })
    assert.deepEqual(bare(200), { ok: false, why: 'unknown', detail: 'HTTP 200' })
  })
})

describe('accidents', () => {
  const settings = telegram.settings.parse({ token: '1:SECRET', webhookSecret: 's' })
  const io = (http: Io<Settings>['http']): Io<Settings> => ({
    ...keeping(settings),
    settings,
    now: new Date(0),
    http,
    bytesOf: () => Promise.resolve({ bytes: new Uint8Array([1]), mime: 'image/png', name: 'a.png' }),
    linkTo: () => '',
  })
  const broken = (error: Error) => io(() => Promise.reject(error))

  test('what was not sent is tried again, what may have been sent is not', async () => {
    const text: Piece = { type: 'text', text: 'a' }
    const notSent = await telegram.send(text, to, broken(new NotSent('refused')))
    assert.deepEqual(notSent, { ok: false, why: 'down', detail: 'refused' })
    const lost = await telegram.send(text, to, broken(new AnswerLost('cut')))
    assert.deepEqual(lost, { ok: false, why: 'unknown', detail: 'cut' })
    const setup = await telegram.setup!('https://example.org', broken(new NotSent('refused')))
    assert.deepEqual(setup, { ok: false, why: 'down', detail: 'refused' })
  })

  test('a reaction on behalf of a business is refused before it is tried', async () => {
    const never = io(() => assert.fail('nothing may be sent'))
    const result = await telegram.send({ type: 'reaction', emoji: '👍', of: 'bc/77:1' as ExternalId }, to, never)
    assert.equal(!result.ok && result.why, 'invalid')
  })

  test('a file on the disk of a local server is out of reach', async () => {
    const json = { ok: true, result: { file_path: '/var/lib/bot/photos/file_1.jpg' } }
    const local = io(() => Promise.resolve({ status: 200, headers: {}, json, bytes: new Uint8Array() }))
    await assert.rejects(telegram.media!('AgAC', local), MediaGone)
  })

  test('a failed download is an outage that does not tell the token', async () => {
    const answers = [{ ok: true, result: { file_path: 'photos/file_1.jpg' } }, null]
    const failing = io(() =>
      Promise.resolve({
        status: answers.length === 2 ? 200 : 500,
        headers: {},
        json: answers.shift(),
        bytes: new Uint8Array(),
      }),
    )
    await assert.rejects(telegram.media!('AgAC', failing), error => {
      assert.ok(error instanceof Error && !(error instanceof MediaGone))
      assert.doesNotMatch(error.message, /SECRET/)
      return true
    })
  })
})
