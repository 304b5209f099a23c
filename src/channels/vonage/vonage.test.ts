import assert from 'node:assert/strict'
import { createHash, createHmac, createPublicKey, createVerify, generateKeyPairSync, sign } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  type HttpAnswer,
  type HttpCall,
  type Io,
  MediaGone,
  type Outgoing,
  type Piece,
  type RawRequest,
} from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { vonage } from './index.ts'
import { outcome, render } from './send.ts'
import type { Settings, SignatureMethod } from './settings.ts'
import { sigOf } from './verify.ts'

const secret = 'my_signature_secret_0123456789abcdef0'
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf'
const settingsOf = (more: object = {}): Settings =>
  vonage.settings.parse({
    apiKey: 'abcd1234',
    apiSecret: 'api-secret',
    signatureSecret: secret,
    from: '+15550002222',
    ...more,
  }) as Settings
const to: Outgoing = { address: address('15550001111'), key: 'k1' }
const posted = (
  body: string,
  headers: Record<string, string> = {},
  query: Record<string, string> = {},
): RawRequest => ({
  method: 'POST',
  query,
  headers,
  body: new TextEncoder().encode(body),
})

describe('a signed webhook of Vonage', () => {
  const body = '{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","channel":"sms","text":"hi"}'
  const claims = {
    iat: 1700000000,
    jti: 'j1',
    iss: 'Vonage',
    payload_hash: '6f58ba7f3e28f6df8af203bdb7aa3ed27a3635af8d2657edf245d3db2c354f01',
    api_key: 'abcd1234',
  }
  const now = new Date(1700000010_000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokenOf = (said: object, key = secret, header: object = { typ: 'JWT', alg: 'HS256' }) => {
    const signed = `${part(header)}.${part(said)}`
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }
  const verdict = (token: string, said = body, at = now, settings = settingsOf()) =>
    vonage.verify(posted(said, { authorization: `Bearer ${token}` }), settings, at)
  const why = (token: string, said = body, at = now) => {
    const given = verdict(token, said, at)
    return given.verdict === 'reject' ? given.why : given.verdict
  }
  // Accepted by @vonage/jwt 1.17.1.
  const known =
    'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImp0aSI6ImoxIiwiaXNzIjoiVm9uYWdlIiwicGF5bG9hZF9oYXNoIjoiNmY1OGJhN2YzZTI4ZjZkZjhhZjIwM2JkYjdhYTNlZDI3YTM2MzVhZjhkMjY1N2VkZjI0NWQzZGIyYzM1NGYwMSIsImFwaV9rZXkiOiJhYmNkMTIzNCJ9.7rtGUc89S74oN5lQqfM0KThV_hk1zchpFqTxLm2XBlI'

  test('is accepted as the SDK accepts it', () => {
    assert.equal(why(known), 'accept')
    assert.equal(tokenOf(claims), known)
  })
  test('is for this body, this account and this day only', () => {
    assert.match(why(known, `${body} `), /another body/)
    assert.match(why(tokenOf({ ...claims, payload_hash: undefined })), /another body/)
    assert.match(why(tokenOf({ ...claims, api_key: 'other' })), /another account/)
    assert.match(why(known, body, new Date(1700000000_000 - 301_000)), /of the future/)
    assert.match(why(known, body, new Date(1700000000_000 + 26 * 3600_000)), /too old/)
    assert.match(why(tokenOf({ ...claims, iat: 'soon' })), /too old/)
    assert.equal(why(known, body, new Date(1700000000_000 + 24 * 3600_000)), 'accept')
  })
  test('is for a body, not for an address with fields in it', () => {
    const payload_hash = createHash('sha256').update('').digest('hex')
    const headers = { authorization: `Bearer ${tokenOf({ ...claims, payload_hash })}` }
    const request = { ...posted('', headers, { msisdn: '1', messageId: 'A', text: 'forged' }), method: 'GET' }
    assert.equal(vonage.verify(request, settingsOf(), now).verdict, 'reject')
  })
  test('is signed with HS256 and the signature secret, with nothing else', () => {
    assert.match(why(tokenOf(claims, 'other')), /signature secret/)
    assert.match(why(tokenOf(claims, secret, { alg: 'none' })), /HS256/)
    assert.match(why(`${part({ alg: 'none' })}.${part(claims)}.`), /HS256/)
    assert.match(why('a.b.c'), /HS256/)
    assert.match(why(`${known}.x`), /HS256/)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const said = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}`
    assert.match(why(`${said}.${sign('sha256', Buffer.from(said), privateKey).toString('base64url')}`), /HS256/)
    const empty = tokenOf(claims, '')
    assert.equal(verdict(empty, body, now, { ...settingsOf(), signatureSecret: '' }).verdict, 'reject')
  })
  test('that came without a signature is asked for again', () => {
    assert.deepEqual(vonage.verify(posted(body), settingsOf(), now), {
      verdict: 'reject',
      why: 'the request is not signed',
      status: 503,
    })
  })

  const fields = { msisdn: '15550001111', to: '15550002222', messageId: 'A1', text: 'a=b & c', timestamp: '1700000000' }
  test('of the older SMS API is signed over its fields in any of five ways', () => {
    // By hand: `&`, name, `=`, value, with `&` and `=` of the value as `_`.
    const said = '&messageId=A1&msisdn=15550001111&text=a_b _ c&timestamp=1700000000&to=15550002222'
    assert.equal(sigOf(fields, secret, 'sha512'), createHmac('sha512', secret).update(said).digest('hex'))
    for (const signatureMethod of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] satisfies SignatureMethod[]) {
      const settings = settingsOf({ signatureMethod })
      const sig = sigOf(fields, secret, signatureMethod).toUpperCase()
      const ways = [
        { ...posted('', {}, { ...fields, sig }), method: 'GET' },
        posted(new URLSearchParams({ ...fields, sig }).toString()),
        posted(JSON.stringify({ ...fields, sig })),
      ]
      for (const request of ways) assert.equal(vonage.verify(request, settings, now).verdict, 'accept')
      const forged = posted(JSON.stringify({ ...fields, text: 'other', sig }))
      assert.equal(vonage.verify(forged, settings, now).verdict, 'reject')
      const late = new Date(now.getTime() + 26 * 3600_000)
      assert.equal(vonage.verify(ways[0]!, settings, late).verdict, 'reject')
    }
  })
})

describe('the settings of Vonage', () => {
  test('want an application for its key, and a key that is one', () => {
    const good = { apiKey: 'abcd1234', apiSecret: 's', signatureSecret: 's', from: '15550002222' }
    const ok = (more: object) => vonage.settings.safeParse({ ...good, ...more }).success
    const privateKey = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    assert.ok(ok({}) && ok({ applicationId }) && ok({ applicationId, privateKey }))
    assert.ok(!ok({ privateKey }) && !ok({ applicationId, privateKey: 'AAAA' }) && !ok({ applicationId: 'mine' }))
    assert.equal(vonage.account!(settingsOf()), '15550002222')
  })
})

describe('vonage render', () => {
  const start = { to: '15550001111', client_ref: 'k1' }
  test('sends words by SMS and files by MMS, with our key', () => {
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), {
      ...start,
      channel: 'sms',
      message_type: 'text',
      text: 'Hi',
    })
    const image: Piece = { type: 'image', url: '', caption: 'See' }
    assert.deepEqual(render(image, to, 'https://a.example/1'), {
      ...start,
      channel: 'mms',
      message_type: 'image',
      image: { url: 'https://a.example/1', caption: 'See' },
    })
    assert.deepEqual(render({ type: 'file', url: '' }, to, 'https://a.example/1').file, { url: 'https://a.example/1' })
  })
  test('answers on the network that the customer wrote from, and from whom the customer wrote to', async () => {
    const { io, calls } = listening({ status: 202, json: { message_uuid: 'u1' } })
    const last = { id: externalId('m'), at: new Date(0), kept: { from: 'Rowan' } }
    await vonage.send({ type: 'text', text: 'Hi' }, { ...to, address: address('rcs:15550001111'), last }, io)
    const { channel, from, to: whom } = calls[0]!.json as Record<string, string>
    assert.deepEqual([channel, from, whom], ['rcs', 'Rowan', '15550001111'])
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
  test('is sent as the account, with the address for reports', async () => {
    const { io, calls } = listening({ status: 202, json: { message_uuid: 'u1' } })
    assert.deepEqual(await vonage.send({ type: 'text', text: 'Hi' }, to, io), { ok: true, id: 'u1' })
    const { headers, json, url } = calls[0]!
    assert.equal(url, 'https://api.nexmo.com/v1/messages')
    assert.equal(headers!.authorization, `Basic ${btoa('abcd1234:api-secret')}`)
    const { from, webhook_url, webhook_version } = json as Record<string, string>
    assert.deepEqual([from, webhook_url, webhook_version], ['15550002222', 'https://parley.example/hooks/7', 'v1'])
  })
  test('is sent as the application with a token of its key, whatever form the key came in', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    for (const privateKey of [pem, pem.replaceAll('\n', ' '), pem.replaceAll('\n', '\\n')]) {
      const { io, calls } = listening(
        { status: 202, json: { message_uuid: 'u1' } },
        settingsOf({ applicationId, privateKey }),
      )
      assert.ok((await vonage.send({ type: 'text', text: 'Hi' }, to, io)).ok)
      const [header, payload, signature] = calls[0]!.headers!.authorization!.replace('Bearer ', '').split('.')
      const verifier = createVerify('sha256').update(`${header}.${payload}`)
      assert.ok(
        verifier.verify(
          createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })),
          signature!,
          'base64url',
        ),
      )
      const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
      const { jti, ...claims } = read(payload!)
      assert.deepEqual(read(header!), { typ: 'JWT', alg: 'RS256' })
      assert.deepEqual(claims, { application_id: applicationId, iat: 1700000000, exp: 1700000900 })
      assert.match(jti, /^[0-9a-f-]{36}$/)
    }
  })
})

describe('vonage outcome', () => {
  const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const why = (result: ReturnType<typeof outcome>) => (result.ok ? 'ok' : result.why)
  const type = (code: number) => `https://developer.vonage.com/api-errors/messages#${code}`

  test('every code of the table says what happens next', () => {
    const expected: Record<string, number[]> = {
      blocked: [1050, 1240],
      rate: [1000, 1241],
      auth: [1060, 1070, 1370],
      'window-closed': [1340],
      down: [1030, 1220, 1230, 1331],
      unknown: [1320, 1330],
      invalid: [
        ...[1010, 1020, 1021, 1022, 1040, 1090, 1120, 1130, 1160, 1170, 1180, 1190, 1200, 1210, 1250, 1260, 1270],
        ...[1280, 1290, 1300, 1310, 1360, 1380, 1381, 1382, 9999],
      ],
    }
    for (const [reason, codes] of Object.entries(expected))
      for (const code of codes)
        assert.equal(why(outcome(answer(422, { type: type(code), title: 'said' }))), reason, `code ${code}`)
  })
  test('an answer without a code is told by its status', () => {
    const told = [401, 402, 403, 422, 429, 500, 503, 504, 302].map(status => why(outcome(answer(status, null))))
    assert.deepEqual(told, ['auth', 'auth', 'auth', 'invalid', 'rate', 'down', 'down', 'unknown', 'unknown'])
    assert.equal(why(outcome(answer(202, {}))), 'unknown')
  })
  test('a refusal says what is wrong in words, and when to come back', () => {
    const refused = outcome(
      answer(422, { type: type(1120), title: 'Invalid sender', detail: 'The from parameter is invalid' }),
    )
    assert.deepEqual(refused, {
      ok: false,
      why: 'invalid',
      detail: 'Vonage does not allow this sender: Invalid sender: The from parameter is invalid (1120)',
    })
    const poor = outcome(
      answer(402, { type: 'https://developer.vonage.com/api-errors/#low-balance', title: 'Low balance' }),
    )
    assert.match(poor.ok ? '' : poor.detail, /has no money left: Low balance/)
    const busy = outcome(answer(429, { title: 'Rate Limit Hit' }, { 'retry-after': '7' }))
    assert.deepEqual(busy, { ok: false, why: 'rate', detail: 'Rate Limit Hit', retryAfterSeconds: 7 })
  })
})

describe('connecting Vonage', () => {
  test('changes the messages of the application and keeps all else of it', async () => {
    const voice = { webhooks: { answer_url: { address: 'https://a.example' } } }
    const known = { name: 'Shop', capabilities: { voice, messages: { version: 'v0.1' } }, keys: { public_key: 'PEM' } }
    const { io, calls } = listening({ status: 200, json: known }, settingsOf({ applicationId }))
    const done = await vonage.setup!('https://parley.example/hooks/7', io)
    assert.deepEqual(done, { ok: true, account: 'Shop', detail: '+15550002222' })
    const hook = { address: 'https://parley.example/hooks/7', http_method: 'POST' }
    assert.deepEqual(
      calls.map(call => call.method),
      ['GET', 'PUT'],
    )
    assert.deepEqual(calls[1]!.json, {
      name: 'Shop',
      capabilities: { voice, messages: { version: 'v1', webhooks: { inbound_url: hook, status_url: hook } } },
      keys: { public_key: 'PEM' },
    })
  })
  test('without an application says what to enter, and asks nobody', async () => {
    const { io, calls } = listening({ status: 500 })
    const done = await vonage.setup!('https://parley.example/hooks/7', io)
    assert.match(done.ok ? (done.detail ?? '') : '', /https:\/\/parley\.example\/hooks\/7/)
    assert.equal(calls.length, 0)
  })
})

test('files of customers are asked for with our credentials at the hosts of Vonage only', async () => {
  for (const [url, asked] of [
    ['https://api-us.nexmo.com/v3/media/1', true],
    ['https://api.nexmo.com/v3/media/1', true],
    ['https://api.nexmo.com.evil.example/1', false],
    ['http://api-us.nexmo.com/v3/media/1', false],
    ['https://files.example/1', false],
  ] as const) {
    const { io, calls } = listening({ status: 200, headers: { 'content-type': 'image/jpeg; q=1' } })
    assert.equal((await vonage.media!(url, io)).mime, 'image/jpeg')
    assert.equal(!!calls[0]!.headers!.authorization, asked, url)
  }
  await assert.rejects(vonage.media!('https://files.example/1', listening({ status: 404 }).io), MediaGone)
  await assert.rejects(vonage.media!('ftp://files.example/1', listening({ status: 200 }).io), MediaGone)
})

test('what is no request of Vonage throws', () => {
  assert.throws(() => vonage.parse(posted('hello=1')), TypeError)
  assert.throws(() => vonage.parse(posted('{"a"')), SyntaxError)
})

/** A network that always gives this answer. */
function listening(given: Partial<HttpAnswer>, settings = settingsOf()) {
  const calls: HttpCall[] = []
  const http = async (call: HttpCall) => {
    calls.push(call)
    return { status: 200, headers: {}, json: null, bytes: new Uint8Array(), ...given }
  }
  const unused = () => Promise.reject(new Error('not for this channel'))
  const io: Io<Settings> = {
    settings,
    now: new Date(1700000000_000),
    webhookUrl: 'https://parley.example/hooks/7',
    http,
    token: async (_name, renew) => (await renew({ settings })).value,
    forgetToken: unused,
    open: unused,
    drop: unused,
    bytesOf: unused,
    linkTo: part => `https://parley.example${part.url}`,
  }
  return { io, calls }
}
