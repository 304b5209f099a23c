import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { seal, sha1 } from '../../sandbox/wechat/seal.ts'
import { unseal } from '../../src/channels/tencent/seal.ts'
import { verify } from '../../src/channels/wechat/verify.ts'
import { inTouch, mei, type Stage } from './wechat-stage.ts'

/** wechat-crypto 0.0.2, which has no types, and @wecom/crypto 1.0.1, which is Tencent's own. */
interface OldCrypt {
  getSignature(timestamp: string, nonce: string, encrypted: string): string
  decrypt(encrypted: string): { message: string; id: string }
  encrypt(message: string): string
}
interface OwnCrypt {
  getSignature(token: string, timestamp: string, nonce: string, encrypted: string): string
  decrypt(key: string, encrypted: string): { message: string; id: string }
  encrypt(key: string, message: string, id: string): string
}
const require = createRequire(import.meta.url)
const Old = require('wechat-crypto') as new (token: string, key: string, id: string) => OldCrypt
const own = require('@wecom/crypto') as OwnCrypt

describe('wechat: other implementations as judges', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('they accept and open what the simulator sent', async () => {
    stage.world.act(mei.id, { do: 'text', text: 'Для судьи 裁判 👋' })
    await stage.business.heard('message')
    const { token, encodingAesKey, appId } = stage.io.settings
    const old = new Old(token, encodingAesKey!, appId)
    const posts = stage.business.requests.filter(r => r.method === 'POST')
    assert.ok(posts.length >= 2)
    for (const { query, body } of posts) {
      const encrypted = /<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(Buffer.from(body).toString())![1]!
      const asked = [query.timestamp!, query.nonce!, encrypted] as const
      assert.equal(old.getSignature(...asked), query.msg_signature)
      assert.equal(own.getSignature(token, ...asked), query.msg_signature)
      assert.equal(own.decrypt(encodingAesKey!, encrypted).message, old.decrypt(encrypted).message)
      assert.equal(old.decrypt(encrypted).id, appId)
    }
    const last = /<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(Buffer.from(posts.at(-1)!.body).toString())![1]!
    assert.match(own.decrypt(encodingAesKey!, last).message, /Для судьи 裁判 👋/)
  })
  test('the adapter opens what they encrypted, of every length around a block', () => {
    const { settings } = stage.io
    const key = settings.encodingAesKey!
    const old = new Old(settings.token, key, settings.appId)
    for (let length = 0; length <= 70; length++) {
      const words = `<xml>${'字'.repeat(length)}</xml>`
      for (const encrypted of [old.encrypt(words), own.encrypt(key, words, settings.appId)]) {
        const opened = unseal(encrypted, key)
        assert.equal(opened.message.toString(), words)
        assert.equal(opened.receiver, settings.appId)
        const [timestamp, nonce] = ['1795262400', '7']
        const query = { timestamp, nonce, msg_signature: old.getSignature(timestamp, nonce, encrypted) }
        const body = new TextEncoder().encode(`<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`)
        const said = verify({ method: 'POST', query, headers: {}, body }, settings, new Date(1_795_262_400_000))
        assert.equal(said.verdict, 'accept')
      }
    }
  })
  test('they open what the simulator encrypts, and sign as it does', () => {
    const { token, encodingAesKey, appId } = stage.io.settings
    const encrypted = seal('<xml>x</xml>', 'another-receiver', stage.world)
    assert.equal(own.decrypt(encodingAesKey!, encrypted).id, 'another-receiver')
    assert.equal(new Old(token, encodingAesKey!, appId).getSignature('1', '2', 'c'), sha1([token, '1', '2', 'c']))
  })
})
