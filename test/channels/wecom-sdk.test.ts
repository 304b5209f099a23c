import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { unseal } from '../../src/channels/tencent/seal.ts'
import { verify } from '../../src/channels/wecom/verify.ts'
import { inTouch, type Stage } from './wecom-stage.ts'

/** @wecom/crypto 1.0.1: Tencent's own. */
interface Crypt {
  getSignature(token: string, timestamp: string, nonce: string, encrypted: string): string
  decrypt(key: string, encrypted: string): { message: string; id: string }
  encrypt(key: string, message: string, id: string): string
}
const own = createRequire(import.meta.url)('@wecom/crypto') as Crypt

describe('wecom: the official package as the judge', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('it accepts and opens every call of the simulator, the handshake too', () => {
    const { token, encodingAesKey, corpId } = stage.io.settings
    assert.deepEqual([...new Set(stage.calls.map(c => c.method))].sort(), ['GET', 'POST'])
    for (const { method, query, body } of stage.calls) {
      const sealed = /<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(Buffer.from(body).toString())?.[1]
      const encrypted = method === 'GET' ? query.echostr! : sealed!
      assert.equal(own.getSignature(token, query.timestamp!, query.nonce!, encrypted), query.msg_signature)
      const { message, id } = own.decrypt(encodingAesKey, encrypted)
      assert.equal(id, corpId)
      assert.match(message, method === 'GET' ? /^\d+$/ : /<Event><!\[CDATA\[kf_msg_or_event\]\]>/)
    }
  })
  test('the adapter opens what it encrypted, of every length around a block, and finds the word', () => {
    const { settings } = stage.io
    for (let length = 0; length <= 70; length++) {
      const xml = `<xml><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENC${'x'.repeat(length)}]]></Token><OpenKfId><![CDATA[${settings.openKfId}]]></OpenKfId></xml>`
      const encrypted = own.encrypt(settings.encodingAesKey, xml, settings.corpId)
      assert.equal(unseal(encrypted, settings.encodingAesKey).message.toString(), xml)
      const [timestamp, nonce] = ['1795262400', '7']
      const query = { timestamp, nonce, msg_signature: own.getSignature(settings.token, timestamp, nonce, encrypted) }
      const body = new TextEncoder().encode(`<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`)
      const said = verify({ method: 'POST', query, headers: {}, body }, settings, new Date(1_795_262_400_000))
      assert.deepEqual(said, { verdict: 'answer', body: 'success', news: `ENC${'x'.repeat(length)}` })
    }
  })
})
