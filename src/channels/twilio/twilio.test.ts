import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Piece } from '../contract.ts'
import { type HttpAnswer, type HttpCall, type Io, MediaGone, type Outgoing, type RawRequest } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { twilio } from './index.ts'
import { outcome, render } from './send.ts'
import type { Settings } from './settings.ts'
import { signature } from './verify.ts'

// Research material that does not belong to the repository: read when it is there.
const shared = path.resolve(import.meta.dirname, '../../../../shared')
const accountSid = `AC${'0'.repeat(32)}`
const settingsOf = (more: object = {}): Settings =>
  twilio.settings.parse({ accountSid, authToken: '12345', from: '+15550002222', ...more }) as Settings
const hook = 'https://hub.example.com/hooks/twilio/abc?x=1'
const to: Outgoing = { address: address('+15550001111'), key: 'k1' }

const posted = (body: string, signed: string | undefined, url = hook): RawRequest => ({
  method: 'POST',
  url,
  query: Object.fromEntries(new URL(url).searchParams),
  headers: { ...(signed !== undefined && { 'x-twilio-signature': signed }) },
  body: new TextEncoder().encode(body),
})
const verdictOf = (request: RawRequest, settings = settingsOf()) => twilio.verify(request, settings, new Date(0))
const passes = (request: RawRequest) => verdictOf(request).verdict === 'accept'

describe('the signature of Twilio', () => {
  const form = new URLSearchParams({
    MessageSid: 'SM00000000000000000000000000000001',
    From: '+15550001111',
    To: '+15550002222',
    Body: 'Привет & hi',
    NumMedia: '0',
  }).toString()
  const known = 'h551+wqa9YbpYi40nDEvf2lh0UQ='

  test('of a form with Cyrillic letters is accepted, and answered with an empty reply', () => {
    const verdict = verdictOf(posted(form, known))
    assert.deepEqual(verdict, {
      verdict: 'accept',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
      contentType: 'text/xml; charset=utf-8',
    })
  })
  test('holds with and without the port and the fragment, not for another scheme, host or path', () => {
    for (const url of [hook.replace('.com', '.com:443'), `${hook}#rc=3&rp=ct,rt,5xx`, hook.replace('hub', 'HUB')])
      assert.ok(passes(posted(form, known, url)), url)
    for (const url of [
      hook.replace('https', 'http'),
      hook.replace('hub', 'hob'),
      hook.replace('abc', 'abd'),
      `${hook}&y`,
    ])
      assert.ok(!passes(posted(form, known, url)), url)
    const withPort = signature('12345', `https://a.example:443/h${'AccountSidAC1'}`)
    assert.ok(passes(posted('AccountSid=AC1', withPort, 'https://a.example/h')))
    const plain = signature('12345', `http://a.example:80/h${'AccountSidAC1'}`)
    assert.ok(passes(posted('AccountSid=AC1', plain, 'http://a.example/h')))
  })
  test('of a body that is no form holds for every byte of it', () => {
    const body = '{"a":1,"b":"é"}'
    const url = `https://hub.example.com/hooks/twilio/json?bodySHA256=09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6`
    assert.ok(passes(posted(body, 'Eu9Qbl2gSDhcJ67KDQ6gPZ0hU8U=', url)))
    assert.ok(!passes(posted(`${body} `, 'Eu9Qbl2gSDhcJ67KDQ6gPZ0hU8U=', url)))
    const other = url.replace(/=.*/, `=${createHash('sha256').update(`${body} `).digest('hex')}`)
    assert.ok(!passes(posted(`${body} `, 'Eu9Qbl2gSDhcJ67KDQ6gPZ0hU8U=', other)))
  })
  test('takes a repeated field once, in order', () => {
    const signed = signature('12345', `${hook}A1A2Bx`)
    assert.ok(passes(posted('B=x&A=2&A=1&A=2', signed)))
    assert.ok(!passes(posted('B=x&A=2&A=1&A=3', signed)))
  })
  test('of a GET is over its address alone, so nothing may come with it', () => {
    const get = (body: string) => ({ ...posted(body, signature('12345', hook)), method: 'GET' })
    assert.ok(passes(get('')))
    assert.ok(!passes(get('AccountSid=AC1&MessageSid=SM1&From=%2B1&Body=forged')))
  })
  test('is demanded: without it 400, with a wrong one 403, with an empty token never', () => {
    assert.deepEqual(verdictOf(posted(form, undefined)), {
      verdict: 'reject',
      why: 'the request is not signed',
      status: 400,
    })
    const wrong = verdictOf(posted(`${form}&Body=more`, known))
    assert.equal(wrong.verdict === 'reject' && wrong.status, 403)
    const empty = posted(form, signature('', hook))
    assert.equal(verdictOf(empty, { ...settingsOf(), authToken: '' }).verdict, 'reject')
    assert.equal(verdictOf({ ...posted(form, known), url: 'nowhere' }).verdict, 'reject')
  })
  test('of the oracle file is accepted, and the wrong one is not', () => {
    const file = path.join(shared, 'data/oracles/vectors.json')
    if (!existsSync(file)) return
    const { twilio: vector } = JSON.parse(readFileSync(file, 'utf8'))
    const body = new URLSearchParams(vector.params).toString()
    assert.ok(passes(posted(body, vector['X-Twilio-Signature'], vector.url)))
    assert.ok(!passes(posted(body, vector.must_fail, vector.url)))
  })
})

describe('the settings of Twilio', () => {
  test('want a sender or a service, and an API key as a whole', () => {
    const good = { accountSid, authToken: 't' }
    const ok = (more: object) => twilio.settings.safeParse({ ...good, ...more }).success
    const service = { messagingServiceSid: `MG${'1'.repeat(32)}` }
    assert.ok(ok({ from: '+15550002222' }) && ok(service) && ok({ ...service, from: 'Rowan' }))
    assert.ok(!ok({}) && !ok({ from: '' }))
    const keySid = `SK${'2'.repeat(32)}`
    assert.ok(ok({ from: '28281', keySid, keySecret: 's' }))
    assert.ok(!ok({ from: '28281', keySid }) && !ok({ from: '28281', keySecret: 's' }))
    assert.ok(!ok({ from: '28281', accountSid: 'AC1' }))
  })
})

describe('twilio render', () => {
  test('sends words, and files by their public link with their caption as words', () => {
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), [
      ['To', '+15550001111'],
      ['Body', 'Hi'],
    ])
    assert.deepEqual(render({ type: 'image', url: '', caption: 'See' }, to, 'https://a.example/m/1'), [
      ['To', '+15550001111'],
      ['Body', 'See'],
      ['MediaUrl', 'https://a.example/m/1'],
    ])
    assert.equal(render({ type: 'file', url: '' }, to, 'https://a.example/m/1').length, 2)
  })
  test('what the network cannot carry never leaves', () => {
    const others: Piece[] = [
      { type: 'reaction', emoji: '👍', of: externalId('1') },
      { type: 'location', lat: 1, lon: 2 },
      { type: 'voice', url: '' },
      { type: 'template', name: 'a', language: 'en', values: [] },
    ]
    for (const piece of others) assert.throws(() => render(piece, to, 'https://a.example'), /cannot carry/)
  })
  test('asks for reports with our key in their address, and for repetition when we fail', async () => {
    const { io, calls } = listening({ status: 201, json: { sid: 'SM1' } })
    assert.deepEqual(await twilio.send({ type: 'text', text: 'Hi' }, to, io), { ok: true, id: 'SM1' })
    assert.equal(calls[0]!.url, `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`)
    const form = calls[0]!.form as URLSearchParams
    assert.equal(form.get('StatusCallback'), 'https://parley.example/hooks/7?key=k1#rc=3&rp=ct,rt,5xx')
    assert.equal(form.get('From'), '+15550002222')
    assert.equal(form.has('MessagingServiceSid'), false)
    assert.equal(calls[0]!.headers!.authorization, `Basic ${btoa(`${accountSid}:12345`)}`)
  })
  test('names the service instead of a sender, and signs in with the API key', async () => {
    const [keySid, messagingServiceSid] = [`SK${'2'.repeat(32)}`, `MG${'1'.repeat(32)}`]
    const settings = settingsOf({ from: undefined, messagingServiceSid, keySid, keySecret: 'key-secret' })
    const { io, calls } = listening({ status: 201, json: { sid: 'SM1' } }, settings)
    await twilio.send({ type: 'text', text: 'Hi' }, to, io)
    const form = calls[0]!.form as URLSearchParams
    assert.equal(form.get('MessagingServiceSid'), messagingServiceSid)
    assert.equal(form.has('From'), false)
    assert.equal(calls[0]!.headers!.authorization, `Basic ${btoa(`${keySid}:key-secret`)}`)
  })
})

describe('twilio outcome', () => {
  const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const why = (result: ReturnType<typeof outcome>) => (result.ok ? 'ok' : result.why)

  test('every code of the table says what happens next', () => {
    const expected: Record<string, number[]> = {
      blocked: [21610, 63033, 63014, 30004],
      invalid: [
        ...[21211, 21214, 21217, 21421, 21614, 21612, 30003, 30005, 30006, 63024, 63003, 21620, 21623, 11751, 30019],
        ...[63019, 30011, 21617, 21602, 63013, 63005, 63021, 30007, 21408, 21606, 21608, 30018, 30024, 30032, 30034],
        ...[30035, 21703, 21704, 63036, 99999],
      ],
      rate: [20429, 14107, 21611, 30001, 30022, 30023, 30027, 63018, 63038],
      auth: [20003, 10001, 30002],
      'window-closed': [63016],
    }
    for (const [reason, codes] of Object.entries(expected))
      for (const code of codes)
        assert.equal(why(outcome(answer(400, { code, message: 'said', status: 400 }))), reason, `code ${code}`)
  })
  test('an answer without a code is told by its status', () => {
    const told = [401, 403, 404, 429, 500, 503, 504, 302].map(status => why(outcome(answer(status, null))))
    assert.deepEqual(told, ['auth', 'auth', 'invalid', 'rate', 'down', 'down', 'unknown', 'unknown'])
    assert.equal(why(outcome(answer(201, {}))), 'unknown')
  })
  test('a busy network says when to come back', () => {
    const busy = outcome(answer(429, { code: 20429, message: 'Too Many Requests' }, { 'retry-after': '7' }))
    assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'Too Many Requests (20429)', retryAfterSeconds: 7 })
    const bare = outcome(answer(429, null))
    assert.equal(!bare.ok && bare.retryAfterSeconds, 1)
  })
  test('a refusal of one who said STOP tells the agent so', () => {
    const refused = outcome(answer(400, { code: 21610, message: 'Attempt to send to unsubscribed recipient' }))
    assert.match(refused.ok ? '' : refused.detail, /has said STOP.*\(21610\)/)
  })
})

describe('files of customers', () => {
  const ref = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME1`

  test('are asked for with our credentials, which no other host is told', async () => {
    const away = { status: 307, headers: { location: 'https://media.store.example/ME1?sig=1' } }
    const { io, calls } = listening(away, settingsOf(), { status: 200, headers: { 'content-type': 'image/jpeg' } })
    assert.equal((await twilio.media!(ref, io)).mime, 'image/jpeg')
    assert.deepEqual(
      calls.map(call => [new URL(call.url).host, !!call.headers?.authorization]),
      [
        ['api.twilio.com', true],
        ['media.store.example', false],
      ],
    )
    for (const other of [
      'https://api.twilio.com.evil.example/a',
      'http://api.twilio.com/a',
      'https://evil.example/a',
    ]) {
      const asked = listening({ status: 200 })
      await twilio.media!(other, asked.io)
      assert.equal(asked.calls[0]!.headers!.authorization, undefined, other)
    }
  })
  test('that are deleted can never be had, and an address that is none is not asked', async () => {
    await assert.rejects(twilio.media!(ref, listening({ status: 404 }).io), MediaGone)
    await assert.rejects(twilio.media!('file:///etc/passwd', listening({ status: 200 }).io), MediaGone)
    const round = { status: 302, headers: { location: ref } }
    await assert.rejects(twilio.media!(ref, listening(round, settingsOf(), round, round, round).io), MediaGone)
    await assert.rejects(twilio.media!(ref, listening({ status: 500 }).io), /HTTP 500/)
  })
})

test('what is no request of Twilio throws', () => {
  assert.throws(() => twilio.parse(posted('hello=1', '')), TypeError)
  assert.throws(() => twilio.parse(posted('{"a"', '')), SyntaxError)
})

/** A network that gives these answers, one after another, and the last one for ever. */
function listening(first: Partial<HttpAnswer>, settings = settingsOf(), ...then: Partial<HttpAnswer>[]) {
  const calls: HttpCall[] = []
  const answers = [first, ...then]
  const http = async (call: HttpCall) => {
    calls.push(call)
    const given = answers.length > 1 ? answers.shift()! : answers[0]!
    return { status: 200, headers: {}, json: null, bytes: new Uint8Array(), ...given }
  }
  const unused = () => Promise.reject(new Error('not for this channel'))
  const io: Io<Settings> = {
    settings,
    now: new Date(0),
    webhookUrl: 'https://parley.example/hooks/7',
    http,
    token: unused,
    forgetToken: unused,
    open: unused,
    drop: unused,
    bytesOf: unused,
    linkTo: part => `https://parley.example${part.url}`,
  }
  return { io, calls }
}
