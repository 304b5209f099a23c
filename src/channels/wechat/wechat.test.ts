import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fixturesIn, plain } from '../../../test/channels/fixture.ts'
import { createIo } from '../../../test/channels/io.ts'
import type { Address, HttpAnswer, HttpCall, Outgoing, Piece, RawRequest } from '../contract.ts'
import { menuOf } from '../menu.ts'
import { signatureOf, unseal } from '../tencent/seal.ts'
import { wechat } from './index.ts'
import { outcome, render } from './send.ts'
import { buttonOf } from './setup.ts'
import { templateNamed } from './templates.ts'

const to: Outgoing = { address: 'oOpenId' as Address, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const settings = wechat.settings.parse({ appId: 'wx1234567890abcdef', appSecret: 's', token: 'wxtoken' })
const now = new Date(1_700_000_000_000)
const query = {
  timestamp: '1700000000',
  nonce: 'nonce123',
  signature: '438e320ae0bf0dbbad6e9d3ff6867680ed42140b',
}
const words =
  '<xml><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>5</MsgId></xml>'
const posted = (body: string, asked: Record<string, string> = query): RawRequest => ({
  method: 'POST',
  query: asked,
  headers: {},
  body: new TextEncoder().encode(body),
})
const verdict = (request: RawRequest, known = settings, at = now) => wechat.verify(request, known, at)
const outside = path.resolve(import.meta.dirname, '../../../../shared/data/payloads/wechat/wechatpy')

describe('wechat verify', () => {
  test('the known answer of the plain signature opens the door, and nothing near it does', () => {
    assert.deepEqual(verdict(posted(words)), { verdict: 'accept', body: 'success' })
    assert.deepEqual(verdict({ ...posted(''), method: 'GET', query: { ...query, echostr: '42' } }), {
      verdict: 'answer',
      body: '42',
    })
    assert.equal(verdict({ ...posted(''), method: 'GET' }).verdict, 'reject')
    assert.equal(verdict(posted(words, { ...query, nonce: 'nonce124' })).verdict, 'reject')
    assert.equal(verdict(posted(words), { ...settings, token: '' }).verdict, 'reject')
  })
  test('a delivery that is too old, or from far in the future, is a replay', () => {
    assert.equal(verdict(posted(words), settings, new Date(now.getTime() + 601_000)).verdict, 'reject')
    assert.equal(verdict(posted(words), settings, new Date(now.getTime() - 601_000)).verdict, 'reject')
    assert.equal(verdict(posted(words), settings, new Date(now.getTime() + 599_000)).verdict, 'accept')
    assert.equal(verdict(posted(words, { ...query, timestamp: 'soon' })).verdict, 'reject')
  })

  const sealed =
    'Q3stYC6hdFzMh9T8HCvyDIqws7/d8koJ8JwLxrb8SOsy7d/eUIN4zcaCgrROWzAcpmAhKCc1rphLsoCai3bw19NaCHkHY/m3pqf/wUr4msU900jIeA70zZ7BCDtJxMtV'
  const inside = '<xml><ToUserName><![CDATA[gh_1]]></ToUserName></xml>'
  const safe = { ...settings, encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
  const asked = { ...query, encrypt_type: 'aes', msg_signature: '4b58ffe10e56a8cff530009eb7dbe8703e0af068' }
  const body = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`

  test('the known answer of the encryption is opened and stored as the message inside', () => {
    const said = verdict(posted(body, asked), safe)
    assert.equal(said.verdict === 'accept' && Buffer.from(said.opened!).toString(), inside)
  })
  test('an encrypted message is refused when it is changed, for another account, under another key or plain', () => {
    const why = (request: RawRequest, known = safe) => {
      const said = verdict(request, known)
      return said.verdict === 'reject' ? said.why : 'accepted'
    }
    assert.match(why(posted(body.replace('Q3st', 'Q3su'), asked)), /signature/)
    assert.match(why(posted(body, { ...asked, msg_signature: '' })), /signature/)
    assert.match(why(posted(body, asked), { ...safe, appId: 'wxanother' }), /another AppID/)
    const otherKey = { ...safe, encodingAesKey: `x${safe.encodingAesKey.slice(1)}` }
    assert.match(why(posted(body, asked), otherKey), /does not open|another AppID/)
    assert.match(why(posted(body, asked), { ...safe, encodingAesKey: '' }), /does not open/)
    assert.match(why(posted(words, asked)), /not encrypted/)
    assert.match(why(posted(body, asked), settings as typeof safe), /no EncodingAESKey/)
  })
  test('the vectors of the payload collection hold', () => {
    const file = path.join(outside, 'crypto_vectors.json')
    if (!existsSync(file)) return
    const v = JSON.parse(readFileSync(file, 'utf8'))
    const check = v.url_verification
    assert.equal(signatureOf([v.token, check.timestamp, check.nonce, check.echostr]), check.msg_signature)
    assert.notEqual(signatureOf([v.token, check.timestamp, '437374424', check.echostr]), check.msg_signature)
    const { timestamp, nonce, msg_signature, xml, must } = v.decrypt
    const corp = { ...settings, appId: v.corp_or_app_id, token: v.token, encodingAesKey: v.encoding_aes_key }
    const said = verdict(posted(xml, { timestamp, nonce, msg_signature }), corp, new Date(Number(timestamp) * 1000))
    assert.ok(said.verdict === 'accept' && said.opened)
    const [event] = wechat.parse({ ...posted(''), body: said.opened })
    assert.equal(event?.type === 'message' && event.from, must.FromUserName)
    assert.deepEqual(event?.type === 'message' && event.parts, [{ type: 'text', text: must.Content }])
    assert.equal(unseal(check.echostr, v.encoding_aes_key).receiver, v.corp_or_app_id)
    const reply = v.encrypt_reply_signature
    assert.equal(signatureOf([v.token, reply.timestamp, reply.nonce, reply.encrypt]), reply.must_signature)
  })
})

describe('wechat parse', () => {
  test('every payload of the collection is read without loss', () => {
    const files = existsSync(outside) ? readdirSync(outside).filter(name => name.endsWith('.xml')) : []
    for (const name of files) {
      const events = wechat.parse(posted(readFileSync(path.join(outside, name), 'utf8')))
      assert.equal(events.length, 1, name)
      assert.ok(events[0]!.id, name)
      if (name !== 'event_merchant_order.xml') assert.notEqual(events[0]!.type, 'unsupported', name)
    }
  })
  test('what is no message of WeChat throws', () => {
    const deep = '<a>'.repeat(50_000)
    for (const body of ['', '{}', '<xml', '<xml><a></b></xml>', '<xml></xml>', '<xml>a</xml>', deep, '<xml/><xml/>'])
      assert.throws(() => wechat.parse(posted(body)), /no XML|no message/)
  })
  test('a document type and its entities are refused', () => {
    const bomb = `<!DOCTYPE xml [<!ENTITY a "aaaa">]>${words.replace('hi', '&a;')}`
    assert.throws(() => wechat.parse(posted(bomb)), SyntaxError)
    assert.throws(() => wechat.parse(posted(words.replace('hi', '&a;'))), SyntaxError)
  })
  test('an element that is called like a prototype is just an element', () => {
    const [event] = wechat.parse(posted(words.replace('<Content>', '<__proto__><x>1</x></__proto__><Content>')))
    assert.deepEqual(event?.type === 'message' && event.parts, [{ type: 'text', text: 'hi' }])
    assert.equal(({} as { x?: string }).x, undefined)
  })
  test('events that differ never share an id, and the same delivery keeps it', () => {
    const event = (rest: string) =>
      wechat.parse(
        posted(`<xml><FromUserName>o1</FromUserName><CreateTime>9</CreateTime><MsgType>event</MsgType>${rest}</xml>`),
      )[0]!.id
    const kinds = [
      '<Event>CLICK</Event><EventKey>a</EventKey>',
      '<Event>CLICK</Event><EventKey>b</EventKey>',
      '<Event>SCAN</Event><EventKey>a</EventKey>',
      '<Event>new_thing</Event><A>1</A>',
      '<Event>new_thing</Event><A>2</A>',
    ]
    assert.equal(new Set(kinds.map(event)).size, kinds.length)
    assert.deepEqual(kinds.map(event), kinds.map(event))
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
      'consent',
      'happened',
      'message',
      'receipt',
      'started',
      'unsupported',
    ])
  })
})

describe('wechat render', () => {
  const custom = (piece: Piece, file?: Parameters<typeof render>[2]) => {
    const { path: where, json } = render(piece, to, file)
    assert.equal(where, '/cgi-bin/message/custom/send')
    return json
  }
  test('each piece has the shape of the network', () => {
    assert.deepEqual(custom({ type: 'text', text: 'Hi' }), {
      touser: 'oOpenId',
      msgtype: 'text',
      text: { content: 'Hi' },
    })
    assert.deepEqual(custom({ type: 'choices', prompt: 'Size?', choices: [{ id: 's', label: 'Small' }] }), {
      touser: 'oOpenId',
      msgtype: 'msgmenu',
      msgmenu: { head_content: 'Size?', list: [{ id: 's', content: 'Small' }], tail_content: '' },
    })
    assert.deepEqual(custom({ type: 'image', url: 'u' }, { type: 'image', id: 'm1' }), {
      touser: 'oOpenId',
      msgtype: 'image',
      image: { media_id: 'm1' },
    })
    assert.deepEqual(custom({ type: 'audio', url: 'u' }, { type: 'voice', id: 'm2' }).voice, { media_id: 'm2' })
    assert.deepEqual(custom({ type: 'video', url: 'u' }, { type: 'video', id: 'm3', thumb: 't' }).video, {
      media_id: 'm3',
      thumb_media_id: 't',
    })
    assert.deepEqual(custom({ type: 'link', url: 'https://a.example', title: 'News' }).news, {
      articles: [{ title: 'News', description: '', url: 'https://a.example', picurl: '' }],
    })
  })
  test('a template puts each value into its named place', () => {
    const sent = render(
      { type: 'template', name: 'template/T1/thing1,time2', language: 'zh_CN', values: ['Boots', 'today'] },
      to,
    )
    assert.deepEqual(sent, {
      path: '/cgi-bin/message/template/send',
      json: {
        touser: 'oOpenId',
        template_id: 'T1',
        data: { thing1: { value: 'Boots' }, time2: { value: 'today' } },
        client_msg_id: '0192f0c12b7e7a558b0c1d2e3f405162',
      },
    })
    const notice = render({ type: 'template', name: 'subscribe/T2/phrase3', language: 'zh_CN', values: ['ok'] }, to)
    assert.deepEqual(notice, {
      path: '/cgi-bin/message/subscribe/bizsend',
      json: { touser: 'oOpenId', template_id: 'T2', data: { phrase3: { value: 'ok' } } },
    })
    assert.deepEqual(templateNamed('T3'), { kind: 'template', id: 'T3', places: [] })
  })
  test('what the network cannot carry never leaves', () => {
    for (const piece of [
      { type: 'reaction', emoji: '👍', of: '1' as never },
      { type: 'location', lat: 1, lon: 2 },
      { type: 'file', url: 'u' },
    ] satisfies Piece[])
      assert.throws(() => render(piece, to), /cannot carry/)
  })
  test('a menu that was once written as lines is read as before', () => {
    assert.deepEqual(menuOf('Hours = HOURS\n\n Shop=https://shop.example/?a=b \nrubbish')?.entries.map(buttonOf), [
      { type: 'click', name: 'Hours', key: 'HOURS' },
      { type: 'view', name: 'Shop', url: 'https://shop.example/?a=b' },
    ])
  })
})

describe('wechat outcome', () => {
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers,
    json,
    bytes: new Uint8Array(),
  })
  const text = { to, rendered: render({ type: 'text', text: 'Hi' }, to) }
  const template = { to, rendered: render({ type: 'template', name: 'template/T/a', language: '', values: [] }, to) }

  test('our own key is the id of a message that gets none, a template has its own', () => {
    assert.deepEqual(outcome(answer({ errcode: 0, errmsg: 'ok' }), text), { ok: true, id: to.key })
    const sent = answer({ errcode: 0, errmsg: 'ok', msgid: '1864323726461255680' })
    assert.deepEqual(outcome(sent, template), { ok: true, id: 'template:1864323726461255680' })
  })
  test('every code of the network says what happens next', () => {
    const expected: Record<string, number[]> = {
      down: [-1],
      auth: [40001, 40013, 40014, 40125, 40164, 41001, 42001, 43107, 48001],
      blocked: [43004, 43019, 43101, 48002, 50002],
      rate: [43108, 45009, 45011],
      'window-closed': [45015, 45047],
      invalid: [40003, 40004, 40006, 40007, 40009, 40010, 40011, 40033, 40037, 40200, 45002, 45168, 47003, 99999],
    }
    for (const [why, codes] of Object.entries(expected))
      for (const errcode of codes) {
        const result = outcome(answer({ errcode, errmsg: 'said rid: 5f3d' }), text)
        assert.equal(result.ok ? 'ok' : result.why, why, `code ${errcode}`)
        assert.match(result.ok ? '' : result.detail, new RegExp(`said rid: 5f3d \\(${errcode}\\)$`))
      }
  })
  test('a limit says when to come back', () => {
    const pause = (a: HttpAnswer) => (outcome(a, text) as { retryAfterSeconds?: number }).retryAfterSeconds
    assert.equal(pause(answer({ errcode: 45009, errmsg: '' })), 3600)
    assert.equal(pause(answer({ errcode: 45011, errmsg: '' })), 60)
    assert.equal(pause(answer(null, 429, { 'retry-after': '7' })), 7)
    assert.equal(pause(answer(null, 429)), 60)
  })
  test('an outage is retried, and an answer that cannot be read is left to the agent', () => {
    const why = (a: HttpAnswer) => (outcome(a, text) as { why?: string }).why
    assert.equal(why(answer(null, 502)), 'down')
    assert.equal(why(answer(null, 403)), 'auth')
    assert.equal(why(answer(null)), 'unknown')
  })
})

describe('wechat tokens', () => {
  /** A network that says these things, one after another. */
  function saying(...said: unknown[]) {
    const calls: HttpCall[] = []
    const io = createIo(settings, { now })
    io.http = async call => {
      calls.push(call)
      return { status: 200, headers: {}, json: said[calls.length - 1], bytes: new Uint8Array() }
    }
    return { io, calls }
  }
  const token = { access_token: 'T1', expires_in: 7200 }

  test('one token serves many calls and is asked for without taking it from others', async () => {
    const { io, calls } = saying(token, { errcode: 0 }, { errcode: 0 })
    io.now = new Date()
    for (const _ of [1, 2]) assert.ok((await wechat.send({ type: 'text', text: 'x' }, to, io)).ok)
    assert.deepEqual(plain(calls.map(c => c.url.replace(/^https:\/\/api\.weixin\.qq\.com/, ''))), [
      '/cgi-bin/stable_token',
      '/cgi-bin/message/custom/send?access_token=T1',
      '/cgi-bin/message/custom/send?access_token=T1',
    ])
    assert.equal((calls[0]!.json as { force_refresh: boolean }).force_refresh, false)
  })
  for (const errcode of [40001, 40014, 42001])
    test(`a token refused with ${errcode} is renewed, and the message sent once again`, async () => {
      const { io, calls } = saying(token, { errcode }, { access_token: 'T2', expires_in: 7200 }, { errcode: 0 })
      assert.ok((await wechat.send({ type: 'text', text: 'x' }, to, io)).ok)
      assert.match(calls[3]!.url, /access_token=T2$/)
    })
  test('a token refused twice, or a wrong secret, asks to connect again', async () => {
    const twice = saying(token, { errcode: 42001 }, token, { errcode: 42001, errmsg: 'expired' })
    assert.equal(((await wechat.send({ type: 'text', text: 'x' }, to, twice.io)) as { why: string }).why, 'auth')
    assert.equal(twice.calls.length, 4)
    const wrong = saying({ errcode: 40125, errmsg: 'invalid appsecret' })
    assert.equal(((await wechat.send({ type: 'text', text: 'x' }, to, wrong.io)) as { why: string }).why, 'auth')
  })
})
