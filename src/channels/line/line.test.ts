import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Address, ExternalId, HttpAnswer, HttpCall, Io, Outgoing, Piece, RawRequest } from '../contract.ts'
import { AnswerLost } from '../contract.ts'
import { refusal } from './api.ts'
import { chosenBy, dataOf } from './choice.ts'
import { line } from './index.ts'
import { outcome, render, retryKey } from './send.ts'
import type { Settings } from './settings.ts'
import { signature } from './verify.ts'

// Research material that does not belong to the repository: read when it is there.
const shared = path.resolve(import.meta.dirname, '../../../../shared')

const posted = (body: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  query: {},
  headers,
  body: new TextEncoder().encode(body),
})
const settings = line.settings.parse({ channelSecret: 'channel_secret_demo', channelAccessToken: 'token' }) as Settings

test('the known signature of a body with Cyrillic letters and a 64-bit number is accepted, another is not', () => {
  const hex = '7b2268656c6c6f223a22d0bcd0b8d1802f5c2f222c226e223a343931323636313834363635353233383134357d'
  const body = Buffer.from(hex, 'hex')
  const request = (given: string) => ({ ...posted(''), headers: { 'x-line-signature': given }, body })
  const known = 'WsdQ9gAWD/cRquNe95uNRgAkfPVhZd8nY6uPcZHCNE8='
  assert.equal(line.verify(request(known), settings, new Date(0)).verdict, 'accept')
  assert.equal(line.verify(request(known.replace('W', 'V')), settings, new Date(0)).verdict, 'reject')
  const empty = { ...settings, channelSecret: '' }
  assert.equal(line.verify(request(signature(body, '')), empty, new Date(0)).verdict, 'reject')
})

test('every collected payload parses into as many events as it has, and only what LINE dropped is unknown', () => {
  const folder = path.join(shared, 'data/payloads/line')
  if (!existsSync(folder)) return
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
  assert.ok(files.length >= 16)
  for (const name of files) {
    const body = readFileSync(path.join(folder, name), 'utf8')
    const { events = [JSON.parse(body)] } = JSON.parse(body) as { events?: { type?: string }[] }
    const parsed = line.parse(posted(JSON.stringify({ events })))
    const follows = events.filter(event => event.type === 'follow').length
    assert.equal(parsed.length, events.length + follows, name)
    const odd = events.filter(event => !event.type || event.type === 'undefined' || event.type === 'things').length
    assert.equal(parsed.filter(event => event.type === 'unsupported').length, odd, name)
  }
})

test('a body that is no webhook of LINE throws; a test of the webhook has no events', () => {
  assert.throws(() => line.parse(posted('{"events"')), SyntaxError)
  assert.throws(() => line.parse(posted('{"event":[]}')), TypeError)
  assert.deepEqual(line.parse(posted('{"destination":"U1","events":[]}')), [])
})

test('a choice comes back whole from the data of its button, and data of others is taken as it is', () => {
  for (const choice of [
    { id: 'size:m', label: 'Medium' },
    { id: '3:a', label: '4:b' },
    { id: '🎈', label: '' },
  ])
    assert.deepEqual(chosenBy(dataOf(choice)), { choice: choice.id, label: choice.label || choice.id })
  assert.deepEqual(chosenBy('parley:99:short'), { choice: 'parley:99:short', label: 'parley:99:short' })
  assert.deepEqual(chosenBy('buy=1'), { choice: 'buy=1', label: 'buy=1' })
  const { id, label } = line.can.choices!.list!
  assert.ok(dataOf({ id: 'x'.repeat(id), label: '😀'.repeat(label) }).length <= 300)
})

const to: Outgoing = { address: 'U8189cf6745fc0d808977bdb0b9f22995' as Address, key: 'k1' }
const numbered = (count: number, label = 'Choice') =>
  Array.from({ length: count }, (_, i) => ({ id: `c${i}`, label: `${label} ${i}` }))

describe('line render', () => {
  test('words quote by the token that came with the message', () => {
    const quoting = { ...to, replyTo: '5' as ExternalId, replyKept: { quoteToken: 'q' } }
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, quoting), { type: 'text', text: 'Hi', quoteToken: 'q' })
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, { ...to, replyTo: '5' as ExternalId }), {
      type: 'text',
      text: 'Hi',
    })
  })
  test('up to four short choices are buttons, up to thirteen quick replies, longer ones rows of a flex message', () => {
    const ask = (choices: { id: string; label: string; description?: string }[]) =>
      render({ type: 'choices', prompt: 'Which?', choices }, to)
    const four = ask(numbered(4)) as { template: { type: string; actions: unknown[] } }
    assert.deepEqual(four.template.actions[0], {
      type: 'postback',
      data: 'parley:2:c0Choice 0',
      displayText: 'Choice 0',
      label: 'Choice 0',
    })
    const five = ask(numbered(5)) as { text: string; quickReply: { items: unknown[] } }
    assert.equal(five.text, 'Which?')
    assert.equal(five.quickReply.items.length, 5)
    assert.equal(ask(numbered(14)).type, 'flex')
    assert.equal(ask(numbered(2, 'A label that is longer than a button')).type, 'flex')
    assert.equal(ask([{ id: 'a', label: 'A', description: 'More of it' }]).type, 'flex')
  })
  test('the longest list that can be asked stays below the 30 kB of a bubble', () => {
    const { max, label, description, id } = line.can.choices!.list!
    const choices = Array.from({ length: max }, (_, i) => ({
      id: String(i).padEnd(id, 'x'),
      label: '😀'.repeat(label),
      description: '😀'.repeat(description),
    }))
    const { contents, altText } = render(
      { type: 'choices', prompt: '😀'.repeat(line.can.choices!.prompt), choices },
      to,
    ) as { contents: unknown; altText: string }
    assert.ok(Buffer.byteLength(JSON.stringify(contents)) <= 30_000)
    assert.ok(altText.length <= 400)
  })
  test('a place always has a title and an address; what is too long for them goes as text with a map', () => {
    assert.deepEqual(render({ type: 'location', lat: 1.5, lon: 2 }, to), {
      type: 'location',
      title: '1.5, 2',
      address: '1.5, 2',
      latitude: 1.5,
      longitude: 2,
    })
    const long = render({ type: 'location', lat: 1, lon: 2, name: 'x'.repeat(101) }, to)
    assert.match(String(long.text), /^x{101}\nhttps:/)
  })
  test('files go by their address: a video with a picture and an id to be told of, without a picture as a link', () => {
    const url = 'https://parley.example/f/1'
    const part = (type: 'image' | 'video' | 'audio' | 'voice' | 'file' | 'sticker', more = {}): Piece => ({
      type,
      url: '/m/1',
      ...more,
    })
    assert.deepEqual(render(part('image'), to, { url }), {
      type: 'image',
      originalContentUrl: url,
      previewImageUrl: url,
    })
    assert.deepEqual(render(part('video'), to, { url, preview: 'https://p.example/a' }), {
      type: 'video',
      originalContentUrl: url,
      previewImageUrl: 'https://p.example/a',
      trackingId: 'k1',
    })
    assert.equal(render(part('video', { name: 'a.mp4' }), to, { url }).type, 'flex')
    assert.equal(render(part('voice', { seconds: 3 }), to, { url }).duration, 3000)
    const link = JSON.stringify(render(part('file', { name: 'a.pdf', bytes: 2100 }), to, { url }))
    for (const shown of ['a.pdf', '3 kB', url]) assert.ok(link.includes(shown))
    assert.deepEqual(render(part('sticker', { ref: 'sticker/446/1988' }), to, { url }), {
      type: 'sticker',
      packageId: '446',
      stickerId: '1988',
    })
  })
  test('what the network cannot carry never leaves', () => {
    for (const piece of [
      { type: 'reaction', emoji: '👍', of: '1' as ExternalId },
      { type: 'contact', name: 'Ann', phones: ['1'] },
      { type: 'template', name: 'a', language: 'en', values: [] },
    ] satisfies Piece[])
      assert.throws(() => render(piece, to), /cannot carry/)
  })
})

const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  json,
  bytes: new Uint8Array(),
})

describe('line outcome', () => {
  test('the first of the sent messages is the id, also when our key was used before', () => {
    const sent = { sentMessages: [{ id: '461230966842064897', quoteToken: 'q' }] }
    assert.deepEqual(outcome(answer(200, sent)), { ok: true, id: '461230966842064897' })
    const again = { message: 'The retry key is already accepted', ...sent }
    assert.deepEqual(outcome(answer(409, again)), { ok: true, id: '461230966842064897' })
    const bare = outcome(answer(409, { message: 'x' }, { 'x-line-accepted-request-id': 'r1' }))
    assert.deepEqual(bare, { ok: true, id: 'r1' })
    assert.equal((outcome(answer(200, {})) as { why: string }).why, 'unknown')
  })
  test('every error says what happens next', () => {
    const why = (status: number, message = 'said') => refusal(answer(status, { message }))?.why
    const whys = [400, 401, 403, 404, 409, 410, 413, 415, 418, 429, 500, 503].map(status => why(status))
    assert.deepEqual(whys, [
      ...['invalid', 'auth', 'auth', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid', 'unknown'],
      ...['rate', 'down', 'down'],
    ])
    assert.equal(why(429, 'You have reached your monthly limit.'), 'window-closed')
    assert.equal(why(400, 'Failed to send messages'), 'blocked')
  })
  test('a refusal names the field, and when to come back if LINE says so', () => {
    const details = [{ message: 'May not be empty', property: 'messages[0].text' }]
    const wrong = outcome(answer(400, { message: 'The request body has 1 error(s)', details }))
    assert.match((wrong as { detail: string }).detail, /1 error\(s\); messages\[0\]\.text: May not be empty/)
    const busy = outcome(answer(429, { message: 'slow' }, { 'retry-after': '7' }))
    assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'slow (HTTP 429)', retryAfterSeconds: 7 })
  })
  test('every key of ours becomes a UUID, always the same', () => {
    assert.equal(retryKey('0192F0C1-2b7e-7a55-8b0c-1d2e3f405162'), '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162')
    assert.match(retryKey('k1'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(retryKey('k1'), retryKey('k1'))
    assert.notEqual(retryKey('k1'), retryKey('k2'))
  })
})

describe('line reply tokens', () => {
  const now = new Date('2026-11-22T10:00:00Z')
  const heard = (secondsAgo: number) => ({
    id: '7' as ExternalId,
    at: new Date(now.getTime() - secondsAgo * 1000),
    kept: { replyToken: 'r1' },
  })
  /** Sends words and answers which calls were made. */
  async function sendTo(over: Partial<Outgoing>, answers: (HttpAnswer | Error)[]) {
    const calls: HttpCall[] = []
    const http = async (call: HttpCall): Promise<HttpAnswer> => {
      calls.push(call)
      const next = answers.shift()!
      if (next instanceof Error) throw next
      return next
    }
    const io = { settings, now, http } as Io<Settings>
    const result = await line.send({ type: 'text', text: 'Hi' }, { ...to, ...over }, io)
    return { result, paths: calls.map(call => call.url.split('/').at(-1)), calls }
  }
  const sent = () => answer(200, { sentMessages: [{ id: '1' }] })

  test('are used while they live, on the first try only', async () => {
    assert.deepEqual((await sendTo({ last: heard(49) }, [sent()])).paths, ['reply'])
    assert.deepEqual((await sendTo({ last: heard(49), attempt: 1 }, [sent()])).paths, ['reply'])
    assert.deepEqual((await sendTo({ last: heard(49), attempt: 2 }, [sent()])).paths, ['push'])
    assert.deepEqual((await sendTo({ last: heard(50) }, [sent()])).paths, ['push'])
    assert.deepEqual((await sendTo({ last: { id: '7' as ExternalId, at: now } }, [sent()])).paths, ['push'])
    assert.deepEqual((await sendTo({}, [sent()])).paths, ['push'])
  })
  test('that are used up fall back to a push under our key', async () => {
    const used = answer(400, { message: 'Invalid reply token' })
    const { result, paths, calls } = await sendTo({ last: heard(5) }, [used, sent()])
    assert.deepEqual(result, { ok: true, id: '1' })
    assert.deepEqual(paths, ['reply', 'push'])
    assert.equal(calls[0]!.headers!['x-line-retry-key'], undefined)
    assert.equal(calls[1]!.headers!['x-line-retry-key'], retryKey(to.key))
  })
  test('other refusals of a reply stand', async () => {
    const { result, paths } = await sendTo({ last: heard(5) }, [answer(400, { message: 'May not be empty' })])
    assert.equal((result as { why: string }).why, 'invalid')
    assert.deepEqual(paths, ['reply'])
  })
  test('a lost answer of a reply is unknown, of a push it is asked for again', async () => {
    const lost = new AnswerLost('cut')
    assert.equal(((await sendTo({ last: heard(5) }, [lost])).result as { why: string }).why, 'unknown')
    assert.equal(((await sendTo({}, [lost])).result as { why: string }).why, 'down')
  })
})
