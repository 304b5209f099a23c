import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { plain } from '../../../test/channels/fixture.ts'
import type { Choice } from '../../domain/message.ts'
import type { Address, ExternalId, HttpAnswer, InboundEvent, Outgoing, Piece, RawRequest } from '../contract.ts'
import { keyboard, pressed } from './buttons.ts'
import { vk } from './index.ts'
import { type Call, outcome, randomId, render } from './send.ts'

// Research material that does not belong to the repository: read when it is there.
const shared = path.resolve(import.meta.dirname, '../../../../shared')
const settings = vk.settings.parse({ groupId: '5', accessToken: 't', secretKey: 'rye42', confirmationCode: 'abc' })
const posted = (json: unknown): RawRequest => ({
  method: 'POST',
  query: {},
  headers: {},
  body: new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json)),
})
const verdict = (json: unknown, known = settings) => vk.verify(posted(json), known, new Date(0))

describe('vk verify', () => {
  test('an event with the secret is answered with the word ok, which VK insists on', () => {
    const said = verdict({ type: 'message_new', secret: 'rye42' })
    assert.deepEqual(said, { verdict: 'accept', body: 'ok', contentType: 'text/plain' })
  })
  test('the question for confirmation is answered with the code, before VK knows the secret too', () => {
    const answer = { verdict: 'answer', body: 'abc', contentType: 'text/plain' }
    assert.deepEqual(verdict({ type: 'confirmation', group_id: 5, secret: 'rye42' }), answer)
    assert.deepEqual(verdict({ type: 'confirmation', group_id: 5 }), answer)
  })
  test('what is not for this community, not with its secret or no event at all is refused', () => {
    const { confirmationCode: _, ...without } = settings
    for (const [json, known] of [
      [{ type: 'confirmation', group_id: 6 }],
      [{ type: 'confirmation', group_id: 5, secret: '' }],
      [{ type: 'confirmation', group_id: 5, secret: 'other' }],
      [{ type: 'confirmation', group_id: 5 }, without],
      [{ type: 'message_new' }],
      [{ type: 'message_new', secret: '' }],
      [{ type: 'message_new', secret: ['rye42'] }],
      [
        { type: 'message_new', secret: '' },
        { ...settings, secretKey: '' },
      ],
      ['[]'],
      ['{'],
    ] as [unknown, typeof settings?][])
      assert.equal(verdict(json, known).verdict, 'reject', JSON.stringify(json))
    const got = { ...posted({ type: 'message_new', secret: 'rye42' }), method: 'GET' }
    assert.equal(vk.verify(got, settings, new Date(0)).verdict, 'reject')
  })
})

test('every collected payload parses into its events, with nothing unreadable', () => {
  const folder = path.join(shared, 'data/payloads/vk')
  if (!existsSync(folder)) return
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
  assert.ok(files.length >= 1)
  for (const name of files) {
    const { updates } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { updates: object[] }
    const events = updates.map(update => vk.parse(posted(update)))
    assert.deepEqual(
      events.map(([event]) => event!.type),
      ['account', 'message'],
    )
    assert.equal((events[1]![0] as InboundEvent & { type: 'message' }).id, '1:1234')
  }
})

test('a body that is no event of VK throws, a broken event becomes a readable one', () => {
  assert.throws(() => vk.parse(posted('{"a"')), SyntaxError)
  assert.throws(() => vk.parse(posted('[]')), TypeError)
  assert.throws(() => vk.parse(posted({ hello: 1 })), TypeError)
  const [broken] = vk.parse(posted({ type: 'message_new', event_id: 'e1', object: 3 }))
  assert.deepEqual(plain(broken), { type: 'unsupported', id: 'e1', what: 'unreadable message_new' })
})

test('an event without an id is the same event when it comes again', () => {
  const update = { type: 'group_join', object: { user_id: 42, join_type: 'join' }, group_id: 5 }
  const ids = [update, update, { ...update, secret: 'x', v: '5.1' }].map(one => vk.parse(posted(one))[0]!.id)
  assert.equal(new Set(ids).size, 1)
})

const to: Outgoing = { address: '42' as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const shows = { inline: true, callback: false }
const many = (count: number): Choice[] =>
  Array.from({ length: count }, (_, i) => ({ id: `id${i}`, label: `Label ${i}` }))
type Row = { action: { type: string; label: string; payload: string } }[]
const rowsOf = (choices: Choice[], client = shows) => keyboard(choices, client).buttons as Row[]

describe('vk buttons', () => {
  test('up to ten stand under the message, more take the place of the keys until one is pressed', () => {
    const shape = (count: number) => {
      const { inline, one_time, buttons } = keyboard(many(count), shows)
      return [inline, one_time, (buttons as Row[]).map(row => row.length).join('')]
    }
    assert.deepEqual(shape(3), [true, false, '111'])
    assert.deepEqual(shape(10), [true, false, '22222'])
    assert.deepEqual(shape(11), [false, true, '222221'])
    assert.deepEqual(shape(40), [false, true, '4444444444'])
  })
  test('press silently where the client can, and never under the message where it cannot', () => {
    assert.equal(rowsOf(many(1), { inline: true, callback: true })[0]![0]!.action.type, 'callback')
    const old = keyboard(many(1), { inline: false, callback: true })
    assert.deepEqual([old.inline, old.one_time], [false, true])
  })
  test('carry id and words through 255 characters, whatever they are', () => {
    for (const id of ['a', '"'.repeat(64), '\u0001'.repeat(64), 'ж'.repeat(32), '😀'.repeat(16)])
      for (const label of ['Yes', '"'.repeat(40), '😀'.repeat(40), '\u0001'.repeat(40)]) {
        const { payload } = rowsOf([{ id, label }])[0]![0]!.action
        assert.ok(Buffer.byteLength(payload) <= 255, payload)
        const back = pressed(payload)!
        assert.equal(back.choice, id)
        assert.ok(label.startsWith(back.label) || back.label === id)
        assert.deepEqual(pressed(JSON.parse(payload)), back)
      }
  })
  test('of other programs are not ours', () => {
    for (const payload of ['{"command":"start"}', '{"button":1}', '', '[]', 'text', null, 5])
      assert.equal(pressed(payload), undefined)
  })
})

describe('vk render', () => {
  const start = { peer_ids: '42', random_id: String(randomId(to.key)) }
  const params = (piece: Piece, where = to, file?: string) => render(piece, where, file).params

  test('words, places and files go in the shapes of the network', () => {
    assert.deepEqual(params({ type: 'text', text: 'Hi' }), { ...start, message: 'Hi' })
    const place = params({ type: 'location', lat: 1.5, lon: 2, name: 'Shop', address: 'Street 5' })
    assert.deepEqual(place, { ...start, lat: '1.5', long: '2', message: 'Shop\nStreet 5' })
    const image = params({ type: 'image', url: '', caption: 'Look' }, to, 'photo-1_2_k')
    assert.deepEqual(image, { ...start, attachment: 'photo-1_2_k', message: 'Look' })
  })
  test('a quote names the message within its peer, and one of another place is left out', () => {
    const quote = (id: string) => params({ type: 'text', text: 'x' }, { ...to, replyTo: id as ExternalId }).forward
    assert.equal(quote('42:7'), '{"peer_id":42,"conversation_message_ids":[7],"is_reply":1}')
    for (const id of ['43:7', '42:m7', 'wall-5_1_7']) assert.equal(quote(id), undefined)
  })
  test('a reaction is set by its number and taken away', () => {
    const of = '42:7' as ExternalId
    const where = { peer_id: '42', cmid: '7' }
    const set = { method: 'messages.sendReaction', params: { ...where, reaction_id: '1' } }
    assert.deepEqual(render({ type: 'reaction', emoji: '❤️', of }, to), set)
    const taken = { method: 'messages.deleteReaction', params: where }
    assert.deepEqual(render({ type: 'reaction', emoji: '', of }, to), taken)
  })
  test('under a post only words are said, below the comment that is answered', () => {
    const under = {
      address: 'wall-5_28:42' as Address,
      key: 'k',
      last: { id: 'wall-5_28_31' as ExternalId, at: new Date() },
    }
    const start = { owner_id: '-5', post_id: '28', from_group: '5', guid: 'k', reply_to_comment: '31' }
    const words = (piece: Piece) => render(piece, under)
    assert.deepEqual(words({ type: 'text', text: 'Hi' }), {
      method: 'wall.createComment',
      params: { ...start, message: 'Hi' },
    })
    assert.throws(() => words({ type: 'choices', prompt: '?', choices: many(2) }), /cannot carry/)
    const quoting = render({ type: 'text', text: 'x' }, { ...under, replyTo: 'wall-5_28_30' as ExternalId })
    assert.equal(quoting.params.reply_to_comment, '30')
  })
  test('one key makes one number of 32 bits, and never 0, which VK takes for none', () => {
    assert.equal(randomId(to.key), randomId(to.key))
    const numbers = Array.from({ length: 1000 }, (_, i) => randomId(`key ${i}`))
    assert.equal(new Set(numbers).size, 1000)
    assert.ok(numbers.every(n => Number.isInteger(n) && n !== 0 && n >= -(2 ** 31) && n < 2 ** 31))
  })
  test('what the network cannot carry never leaves', () => {
    assert.throws(() => render({ type: 'template', name: 'a', language: 'en', values: [] }, to), /cannot carry/)
    assert.throws(() => render({ type: 'contact', name: 'a', phones: [] }, to), /cannot carry/)
    assert.throws(() => render({ type: 'reaction', emoji: '🧀', of: '42:7' as ExternalId }, to), /no such/)
    assert.throws(() => render({ type: 'image', url: 'u' }, to), /cannot carry/)
  })
})

describe('vk outcome', () => {
  const sending: Call = { method: 'messages.send', params: { peer_ids: '42' } }
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const why = (json: unknown, status?: number) => {
    const result = outcome(answer(json, status), sending)
    return result.ok ? 'ok' : result.why
  }

  test('the number within the peer is the id, to the last digit', () => {
    const line = (cmid: unknown) =>
      answer({ response: [{ peer_id: 42, message_id: 9, conversation_message_id: cmid }] })
    assert.deepEqual(outcome(line(7), sending), { ok: true, id: '42:7' })
    assert.deepEqual(outcome(line('9007199254740993'), sending), { ok: true, id: '42:9007199254740993' })
    assert.deepEqual(outcome(line(0), sending), { ok: true, id: '42:m9' })
    assert.deepEqual(outcome(answer({ response: 9 }), sending), { ok: true, id: '42:m9' })
  })
  test('every error says what happens next, as the error of the call and of one receiver', () => {
    const expected: Record<string, number[]> = {
      auth: [2, 4, 5, 17, 27, 28, 1114, 1116, 1117],
      rate: [6, 9, 14, 29, 32, 223, 601, 1105],
      down: [1, 10, 13, 36, 43],
      blocked: [18, 37, 900, 901, 902, 917, 922, 927, 945, 946, 985, 987, 988, 1012],
      'window-closed': [950],
      invalid: [3, 7, 8, 15, 22, 100, 105, 113, 129, 212, 213, 222, 909, 910, 911, 912, 913, 914, 921, 924, 925, 932],
    }
    for (const [reason, codes] of Object.entries(expected))
      for (const code of codes) {
        assert.equal(why({ error: { error_code: code, error_msg: 'said' } }), reason, `error ${code}`)
        assert.equal(why({ response: [{ peer_id: 42, error: { code, description: 'said' } }] }), reason, `line ${code}`)
      }
  })
  test('a busy network says when to come back', () => {
    const busy = outcome(answer({ error: { error_code: 6, error_msg: 'Too many' } }), sending)
    assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'Too many (6)', retryAfterSeconds: 1 })
    const late = outcome(answer(null, 429, { 'retry-after': '7' }), sending)
    assert.deepEqual(late, { ok: false, why: 'rate', detail: 'HTTP 429', retryAfterSeconds: 7 })
  })
  test('an outage is retried, and an answer that cannot be read is left to the agent', () => {
    assert.equal(why(null, 502), 'down')
    assert.equal(why(null), 'unknown')
    assert.equal(why({ response: [] }), 'unknown')
    const comment = { method: 'wall.createComment', params: {} }
    assert.equal(outcome(answer({ response: {} }), comment).ok, false)
  })
})
