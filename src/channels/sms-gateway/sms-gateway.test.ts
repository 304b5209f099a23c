import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { HttpAnswer, Outgoing, RawRequest } from '../contract.ts'
import { address } from '../kit.ts'
import { smsGateway } from './index.ts'
import { filled } from './presets.ts'
import { outcome, render } from './send.ts'
import { at, fillJson, find, pairs, table } from './template.ts'

const secret = '0123456789abcdef-hook'
const to: Outgoing = { address: address('358401234567'), key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const settingsOf = (more: object) => smsGateway.settings.parse({ password: 'p&w', webhookSecret: secret, ...more })
const presetOf = (more: object) => ({
  ...filled(settingsOf(more)),
  webhook: `https://a.example/hooks/1?secret=${secret}`,
})
const answer = (status: number, body: string, headers: Record<string, string> = {}): HttpAnswer => {
  let json: unknown = null
  try {
    json = JSON.parse(body)
  } catch {}
  return { status, headers, json, bytes: new TextEncoder().encode(body) }
}
const smsc = presetOf({ preset: 'smsc', account: 'shop', sender: 'Rowan' })
const infobip = presetOf({ preset: 'infobip', baseUrl: 'https://xyz.api.infobip.com/', sender: 'Rowan' })
const kannel = presetOf({ preset: 'kannel', baseUrl: 'http://kannel.example:13013', account: 'shop', sender: '16400' })
const text = 'Привет & {to}'

describe('sms-gateway: sending', () => {
  test('SMSC.ru gets a form', () => {
    const call = render({ type: 'text', text }, to, smsc)
    assert.equal(call.url, 'https://smsc.ru/sys/send.php')
    assert.deepEqual(Object.fromEntries(call.form as URLSearchParams), {
      login: 'shop',
      psw: 'p&w',
      phones: '358401234567',
      mes: text,
      sender: 'Rowan',
      charset: 'utf-8',
      fmt: '3',
    })
  })
  test('Infobip gets JSON with its key in a header', () => {
    const call = render({ type: 'text', text }, to, infobip)
    assert.equal(call.url, 'https://xyz.api.infobip.com/sms/3/messages')
    assert.deepEqual(call.headers, { authorization: 'App p&w', accept: 'application/json' })
    const destinations = [{ to: '358401234567', messageId: to.key }]
    const webhooks = { delivery: { url: infobip.webhook } }
    assert.deepEqual(call.json, { messages: [{ sender: 'Rowan', destinations, content: { text }, webhooks }] })
  })
  test('Kannel gets everything in the address, and the address of the receipt with our own id', () => {
    const { method, url } = render({ type: 'text', text }, to, kannel)
    const query = Object.fromEntries(new URL(url).searchParams)
    assert.equal(method, 'GET')
    assert.equal(query['dlr-url'], `${kannel.webhook}&receipt=${to.key}&status=%d`)
    assert.deepEqual(
      [query.username, query.password, query.to, query.text, query.coding],
      ['shop', 'p&w', '358401234567', text, '2'],
    )
    assert.equal(new URL(render({ type: 'text', text: 'Hi' }, to, kannel).url).searchParams.get('coding'), '0')
  })
  test('what one enters overrides the preset, and what would be empty is left out', () => {
    const own = presetOf({ preset: 'smsc', baseUrl: 'https://www2.smsc.ru', path: 'rest/{account}', account: 'a b' })
    const call = render({ type: 'text', text }, to, own)
    assert.equal(call.url, 'https://www2.smsc.ru/rest/a%20b')
    assert.ok(!(call.form as URLSearchParams).has('sender'))
  })
  test('what SMS cannot carry never leaves', () => {
    assert.throws(() => render({ type: 'location', lat: 1, lon: 2 }, to, smsc), /cannot carry/)
  })
  test('every answer says what happens next', () => {
    const said = (settings: typeof smsc, status: number, body: string) => {
      const result = outcome(answer(status, body), settings, 'our-key')
      return result.ok ? result.id : result.why
    }
    assert.equal(said(smsc, 200, '{"id":1234,"cnt":1}'), '1234')
    const codes = [1, 2, 3, 4, 6, 7, 8, 9].map(code => said(smsc, 200, `{"error":"no","error_code":${code}}`))
    assert.deepEqual(codes, ['invalid', 'auth', 'auth', 'rate', 'invalid', 'invalid', 'invalid', 'rate'])
    assert.equal(said(smsc, 200, '{"error":"new","error_code":77}'), 'unknown')
    assert.equal(said(smsc, 200, '<html>'), 'unknown')
    const taken = { messageId: 'm-42', status: { groupId: 1, groupName: 'PENDING' } }
    assert.equal(said(infobip, 200, JSON.stringify({ messages: [taken] })), 'm-42')
    const refused = { messageId: 'm-43', status: { groupId: 5, groupName: 'REJECTED' } }
    assert.equal(said(infobip, 200, JSON.stringify({ messages: [refused] })), 'invalid')
    assert.equal(said(kannel, 202, '0: Accepted for delivery'), 'our-key')
    assert.equal(said(kannel, 202, '3: Queued for later delivery'), 'our-key')
    assert.equal(said(kannel, 403, 'Authorization failed for sendsms'), 'auth')
    assert.deepEqual(
      [400, 401, 500, 302].map(status => said(infobip, status, '{}')),
      ['invalid', 'auth', 'down', 'unknown'],
    )
    assert.deepEqual(outcome(answer(429, '', { 'retry-after': '7' }), infobip, 'k'), {
      ok: false,
      why: 'rate',
      detail: 'HTTP 429',
      retryAfterSeconds: 7,
    })
  })
  test('names of JavaScript’s own are no codes and no placeholders', () => {
    const odd = { ...smsc, errorPath: 'constructor', errors: '' }
    assert.equal(outcome(answer(200, '{"id":1}'), odd, 'k').ok, true)
    assert.deepEqual(pairs('a={constructor}&b={toString}', {}), [
      ['a', '{constructor}'],
      ['b', '{toString}'],
    ])
  })
})

describe('sms-gateway: templates', () => {
  test('the customer’s words are never read as a template', () => {
    const any = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(any, said => {
        assert.deepEqual(pairs('t={text}&k={key}', { text: said, key: 'K' }), [
          ['t', said],
          ['k', 'K'],
        ])
        assert.deepEqual(fillJson({ a: ['{text}'] }, { text: said, key: 'K' }), { a: [said] })
      }),
    )
  })
  test('a field is found by its path or by a pattern', () => {
    const json = { a: [{ b: 7 }], '': 1 }
    assert.equal(at(json, 'a.0.b'), 7)
    assert.equal(at(json, 'a.1.b'), undefined)
    assert.equal(find('a.0.b', { json, words: '' }), '7')
    assert.equal(find('/"(.+?)"/', { json: null, words: 'Success "abc"' }), 'abc')
    assert.equal(find('', { json, words: '' }), undefined)
    assert.deepEqual(
      [...table('-1=sent, 2 = failed,, x')],
      [
        ['-1', 'sent'],
        ['2', 'failed'],
      ],
    )
  })
})

describe('sms-gateway: the webhook', () => {
  const request = (body: string, query: Record<string, string> = { secret }): RawRequest => ({
    method: 'POST',
    query,
    headers: {},
    body: new TextEncoder().encode(body),
  })
  const signed = settingsOf({ preset: 'smsc', signingSecret: 'cab-secret' })
  const verdict = (body: string, settings = signed) => smsGateway.verify(request(body), settings, new Date(0)).verdict

  test('SMSC.ru’s signatures of known answers are accepted, and no other', () => {
    const md5 = '7d4b860f12a906c9e9109541f69e0dc6'
    const sha1 = 'fb95b53f7a035afa8856beece7e91b06a0aa6a92'
    const fields = 'id=1234&phone=79990001122&status=1'
    assert.equal(verdict(`${fields}&md5=${md5}`), 'accept')
    assert.equal(verdict(`${fields}&md5=${md5.toUpperCase()}`), 'accept')
    const bySha1 = { ...signed, signatureField: 'sha1', signatureText: 'sha1:{id}:{phone}:{status}:{secret}' }
    assert.equal(verdict(`${fields}&sha1=${sha1}`, bySha1), 'accept')
    for (const forged of ['', `&md5=${sha1}`, '&md5=']) assert.equal(verdict(fields + forged), 'reject')
    assert.equal(verdict(`${fields.replace('status=1', 'status=20')}&md5=${md5}`), 'reject')
    assert.equal(verdict('phone=79990001122&mes=hi&sms_id=5'), 'accept')
  })
  test('the secret must be in the address, and is not stored', () => {
    for (const query of [{}, { secret: '' }, { secret: `${secret}x` }] as Record<string, string>[])
      assert.equal(smsGateway.verify(request('id=1', query), signed, new Date(0)).verdict, 'reject')
    assert.equal(smsGateway.verify(request('id=1'), { ...signed, webhookSecret: '' }, new Date(0)).verdict, 'reject')
    const said = smsGateway.verify(request('phone=79990001122&mes=hi'), signed, new Date(0))
    assert.ok(said.verdict === 'accept' && said.opened)
    assert.ok(!new TextDecoder().decode(said.opened).includes(secret))
  })
  test('the gateway gets the answer it waits for', () => {
    const said = smsGateway.verify(request('id=1'), settingsOf({ reply: 'ACK/Jasmin' }), new Date(0))
    assert.equal(said.verdict === 'accept' && said.body, 'ACK/Jasmin')
  })
  test('whatever a gateway posts, it becomes events or is refused, and never an accident', () => {
    const names = {
      receiptId: 'id',
      receiptStatus: 'status',
      inboundFrom: 'from',
      inboundText: 'text',
      inboundId: 'id',
    }
    const settings = settingsOf({ ...names, inboundList: 'r', statuses: 'a=failed', inboundTime: 'at' })
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('a', '358401234567', 1e300, '__proto__'))
    const entry = fc.record({ id: value, status: value, from: value, text: value, at: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(fc.oneof(entry, fc.record({ r: fc.array(entry, { minLength: 1 }) }), fc.array(entry)), body => {
        const got = request(JSON.stringify(body))
        const said = smsGateway.verify(got, settings, new Date(0))
        assert.ok(said.verdict === 'accept' && said.opened)
        const events = smsGateway.parse({ ...got, body: said.opened })
        const lists = 'r' in body && Array.isArray(body.r) ? body.r.length : 1
        assert.ok(events.length >= lists)
        for (const event of events) assert.ok(event.id && !Number.isNaN(event.at?.getTime() ?? 0))
      }),
    )
  })
})
