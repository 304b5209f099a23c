import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fixturesIn } from '../../../test/channels/fixture.ts'
import type { Address, HttpAnswer, Outgoing, Piece, RawRequest } from '../contract.ts'
import { signatureOf } from '../tencent/seal.ts'
import { wecom } from './index.ts'
import { outcome, render } from './send.ts'

const to: Outgoing = { address: 'wmR7x' as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const key = '0192f0c12b7e7a558b0c1d2e3f405162'
const outside = path.resolve(
  import.meta.dirname,
  '../../../../shared/data/payloads/wechat/wechatpy/crypto_vectors.json',
)
const given = {
  corpId: 'wx1234567890abcdef',
  secret: 's',
  token: 'wxtoken',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  openKfId: 'wkR7xAAA',
}
const settings = wecom.settings.parse(given)
const now = new Date(1_700_000_000_000)
const sealed =
  'Q3stYC6hdFzMh9T8HCvyDIqws7/d8koJ8JwLxrb8SOsy7d/eUIN4zcaCgrROWzAcpmAhKCc1rphLsoCai3bw19NaCHkHY/m3pqf/wUr4msU900jIeA70zZ7BCDtJxMtV'
const query = { timestamp: '1700000000', nonce: 'nonce123', msg_signature: '4b58ffe10e56a8cff530009eb7dbe8703e0af068' }
const called = (body: string, asked: Record<string, string> = query): RawRequest => ({
  method: 'POST',
  query: asked,
  headers: {},
  body: new TextEncoder().encode(body),
})
const call = `<xml><ToUserName><![CDATA[ww]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`
const why = (request: RawRequest, known = settings, at = now): string => {
  const said = wecom.verify(request, known, at)
  return said.verdict === 'reject' ? said.why : said.verdict
}

describe('wecom verify', () => {
  test('the known answer opens the door, which stores nothing', () => {
    assert.deepEqual(wecom.verify(called(call), settings, now), { verdict: 'answer', body: 'success' })
    const asked = { ...query, echostr: sealed }
    assert.deepEqual(wecom.verify({ ...called(''), method: 'GET', query: asked }, settings, now), {
      verdict: 'answer',
      body: '<xml><ToUserName><![CDATA[gh_1]]></ToUserName></xml>',
    })
  })
  test('whatever is changed, late, for others or under other keys stays outside', () => {
    assert.match(why(called(call.replace('Q3st', 'Q3su'))), /signature/)
    assert.match(why(called(call, { ...query, msg_signature: '' })), /signature/)
    assert.match(why(called(call), { ...settings, token: '' }), /no Token/)
    assert.match(why(called(call), { ...settings, corpId: 'wwanother0' }), /another company/)
    assert.match(why(called(call), { ...settings, encodingAesKey: '' }), /does not open/)
    assert.match(why(called(call), settings, new Date(now.getTime() + 601_000)), /too old/)
    assert.match(why({ ...called(''), method: 'GET' }), /nothing encrypted/)
  })
  test('a page of messages is refused at the door, however it is dressed', () => {
    const page = JSON.stringify({
      errcode: 0,
      msg_list: [{ msgid: '1', origin: 3, external_userid: 'x', msgtype: 'text', text: { content: 'forged' } }],
    })
    assert.match(why(called(page)), /nothing encrypted/)
    const dressed = `${page.slice(0, -1)},"x":"<Encrypt>${sealed}</Encrypt>"}`
    assert.deepEqual(wecom.verify(called(dressed), settings, now), { verdict: 'answer', body: 'success' })
  })
  test('the vectors of the payload collection hold', () => {
    if (!existsSync(outside)) return
    const v = JSON.parse(readFileSync(outside, 'utf8'))
    const { timestamp, nonce, msg_signature, echostr } = v.url_verification
    const corp = { ...settings, corpId: v.corp_or_app_id, token: v.token, encodingAesKey: v.encoding_aes_key }
    const at = new Date(Number(timestamp) * 1000)
    const asked = (over: object) => ({
      ...called(''),
      method: 'GET',
      query: { timestamp, nonce, msg_signature, echostr, ...over },
    })
    assert.equal(why(asked({}), corp, at), 'answer')
    assert.equal(why(asked({ echostr: echostr.replaceAll('+', ' ') }), corp, at), 'answer')
    assert.match(why(asked({ nonce: '437374424' }), corp, at), /signature/)
    assert.equal(signatureOf([v.token, timestamp, nonce, echostr]), msg_signature)
  })
})

describe('wecom parse', () => {
  const parse = (body: string) => wecom.parse(called(body))
  test('what is no page throws, a broken message does not take its siblings along', () => {
    for (const body of ['', '[]', '{}', '{"msg_list":{}}', call]) assert.throws(() => parse(body), /JSON|object|page/)
    const events = parse(
      '{"msg_list":[null,{"msgid":"1"},{"msgid":"2","origin":3,"external_userid":"w","msgtype":"text","text":{"content":"hi"}}]}',
    )
    assert.deepEqual(
      events.map(e => e.type),
      ['unsupported', 'unsupported', 'message'],
    )
  })
  test('the fixtures have the kinds of events that the README promises', () => {
    const seen = new Set(
      fixturesIn(path.join(import.meta.dirname, 'fixtures')).flatMap(f =>
        (f.events as { type: string }[]).map(e => e.type),
      ),
    )
    assert.deepEqual([...seen].sort(), [
      'account',
      'chosen',
      'deleted',
      'echo',
      'happened',
      'message',
      'receipt',
      'started',
      'unsupported',
    ])
  })
})

describe('wecom render', () => {
  test('each piece has the shape of the network, under our own id of 32 letters', () => {
    const start = { touser: 'wmR7x', msgid: key }
    assert.equal(key.length, 32)
    assert.deepEqual(render({ type: 'text', text: 'Hi' }, to), { ...start, msgtype: 'text', text: { content: 'Hi' } })
    assert.deepEqual(render({ type: 'choices', prompt: 'Size?', choices: [{ id: 's', label: 'Small' }] }, to), {
      ...start,
      msgtype: 'msgmenu',
      msgmenu: { head_content: 'Size?', list: [{ type: 'click', click: { id: 's', content: 'Small' } }] },
    })
    assert.deepEqual(render({ type: 'location', lat: 1.5, lon: 2, name: 'Shop' }, to).location, {
      name: 'Shop',
      address: '',
      latitude: 1.5,
      longitude: 2,
    })
    for (const type of ['image', 'voice', 'video', 'file'] as const)
      assert.deepEqual(render({ type, url: 'u' }, to, { type, id: 'm' }), {
        ...start,
        msgtype: type,
        [type]: { media_id: 'm' },
      })
    assert.deepEqual(render({ type: 'link', url: 'https://a.example', title: 'News' }, to).text, {
      content: 'News\nhttps://a.example',
    })
  })
  test('what the network cannot carry never leaves', () => {
    for (const piece of [
      { type: 'reaction', emoji: '👍', of: '1' as never },
      { type: 'template', name: 'a', language: 'en', values: [] },
      { type: 'audio', url: 'u' },
    ] satisfies Piece[])
      assert.throws(() => render(piece, to), /cannot carry/)
  })
})

describe('wecom outcome', () => {
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  test('the id is the one we gave', () => {
    assert.deepEqual(outcome(answer({ errcode: 0, errmsg: 'ok', msgid: key }), to), { ok: true, id: key })
    assert.deepEqual(outcome(answer({ errcode: 0, errmsg: 'ok' }), to), { ok: true, id: key })
  })
  test('every code of the network says what happens next', () => {
    const expected: Record<string, number[]> = {
      down: [-1],
      auth: [40001, 40013, 40014, 41001, 42001, 48002, 60020, 95011],
      rate: [45009],
      'window-closed': [95001, 95002, 95018],
      invalid: [40003, 40007, 40058, 45002, 95000, 95004, 95017, 99999],
    }
    for (const [reason, codes] of Object.entries(expected))
      for (const errcode of codes) {
        const result = outcome(answer({ errcode, errmsg: 'said' }), to)
        assert.equal(result.ok ? 'ok' : result.why, reason, `code ${errcode}`)
        assert.deepEqual(
          Object.keys(result).filter(k => !['ok', 'why', 'detail', 'retryAfterSeconds'].includes(k)),
          [],
        )
      }
  })
  test('an id that was used before is success on a repetition, and only there', () => {
    const used = answer({ errcode: 95099, errmsg: 'msgid is duplicated' })
    assert.equal(outcome(used, to).ok, false)
    assert.deepEqual(outcome(used, { ...to, attempt: 2 }), { ok: true, id: key })
    assert.equal(outcome(answer({ errcode: 40003, errmsg: 'invalid userid' }), { ...to, attempt: 2 }).ok, false)
  })
  test('a limit says when to come back, an outage is retried, rubbish is left to the repetition', () => {
    const said = (a: HttpAnswer) => outcome(a, to) as { why?: string; retryAfterSeconds?: number }
    assert.equal(said(answer({ errcode: 45009, errmsg: '' })).retryAfterSeconds, 60)
    assert.equal(said(answer(null, 429, { 'retry-after': '7' })).retryAfterSeconds, 7)
    assert.equal(said(answer(null, 502)).why, 'down')
    assert.equal(said(answer(null, 403)).why, 'auth')
    assert.equal(said(answer(null)).why, 'unknown')
  })
})
