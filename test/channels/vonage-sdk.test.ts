import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { tokenGenerate, verifySignature } from '@vonage/jwt'
import { Channels, Messages, MessageTypes, MMSImage, SMS } from '@vonage/messages'
import { keysOf, numberOf } from '../../sandbox/vonage/account.ts'
import { vonageWire } from '../../sandbox/vonage.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { jwt } from '../../src/channels/vonage/api.ts'
import { vonage } from '../../src/channels/vonage/index.ts'
import { render } from '../../src/channels/vonage/send.ts'
import type { Settings } from '../../src/channels/vonage/settings.ts'
import { plain } from './fixture.ts'
import { anna, openStage, outgoing, type Stage } from './sms-stage.ts'

const words = { channel: Channels.SMS, messageType: MessageTypes.TEXT } as const

describe('vonage: the official SDK as the judge', () => {
  let s: Stage<Settings>
  let privateKey: string
  before(async () => {
    s = await openStage(vonageWire, vonage)
    assert.ok((await vonage.setup!(s.hookUrl, s.io)).ok)
    privateKey = keysOf(s.world).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  })
  after(() => s.close())

  test('its verifier accepts every webhook of the simulator, and none with another secret', async () => {
    const sent = await s.send({ type: 'text', text: 'Hi' }, anna.phone)
    assert.ok(sent.ok)
    await s.receipts(sent.id)
    await s.told({ do: 'text', text: 'Ä & ö 😀' })
    await s.told({ do: 'media', type: 'image', bytes: new Uint8Array(3), mime: 'image/png', name: 'a' })
    assert.ok(s.arrived.length >= 4)
    for (const { request } of s.arrived) {
      const token = request.headers.authorization!.replace('Bearer ', '')
      assert.equal(verifySignature(token, s.settings.signatureSecret), true)
      assert.equal(verifySignature(token, 'another-secret'), false)
    }
  })
  test('where it looks at the signature only, we look at the body as well', () => {
    const { request } = s.arrived[0]!
    const changed = { ...request, body: new TextEncoder().encode('{"message_uuid":"1"}') }
    assert.equal(
      verifySignature(request.headers.authorization!.replace('Bearer ', ''), s.settings.signatureSecret),
      true,
    )
    assert.equal(vonage.verify(changed, s.settings, s.world.now()).verdict, 'reject')
  })
  test('a token that it takes by a public key is none for us', () => {
    const pem = keysOf(s.world).publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const token = tokenGenerate(s.settings.applicationId!, privateKey)
    assert.equal(verifySignature(token, pem), true)
    const request = { ...s.arrived[0]!.request, headers: { authorization: `Bearer ${token}` } }
    const settings = { ...s.settings, signatureSecret: pem }
    assert.equal(vonage.verify(request, settings, s.world.now()).verdict, 'reject')
  })
  test('our tokens have the shape of its tokens, and its verifier takes them', () => {
    const iat = Math.floor(Date.now() / 1000)
    const ours = jwt({ application_id: s.settings.applicationId, iat, exp: iat + 900, jti: 'j' }, privateKey)
    const theirs = tokenGenerate(s.settings.applicationId!, privateKey)
    const pem = keysOf(s.world).publicKey.export({ type: 'spki', format: 'pem' }).toString()
    assert.equal(verifySignature(ours, pem), true)
    const read = (token: string, at: number) => JSON.parse(Buffer.from(token.split('.')[at]!, 'base64url').toString())
    assert.deepEqual(Object.keys(read(ours, 0)).sort(), Object.keys(read(theirs, 0)).sort())
    assert.equal(read(theirs, 0).alg, read(ours, 0).alg)
    const [mine, its] = [read(ours, 1), read(theirs, 1)]
    assert.deepEqual(Object.keys(mine).sort(), Object.keys(its).sort())
    assert.equal(its.exp - its.iat, mine.exp - mine.iat)
  })
  test('as a client it works against the simulator, by key and by secret', async () => {
    const { apiKey, apiSecret, applicationId } = s.settings
    const options = { apiHost: s.world.baseUrl }
    const from = numberOf(s.world)
    for (const credentials of [
      { apiKey, apiSecret, applicationId: applicationId!, privateKey },
      { apiKey, apiSecret },
    ]) {
      const client = new Messages(credentials, options)
      const { messageUUID } = await client.send(new SMS({ ...words, text: 'From the SDK', to: anna.phone, from }))
      assert.deepEqual(s.world.bubble(messageUUID)?.parts, [{ type: 'text', text: 'From the SDK' }])
      await s.receipts(messageUUID)
      const image = await client.send(new MMSImage({ image: { url: s.link }, to: anna.phone, from }))
      assert.equal((await s.receipts(image.messageUUID)).at(-1)?.status, 'delivered')
      await assert.rejects(client.send(new SMS({ ...words, text: 'x', to: 'nobody', from })))
    }
  })
  test('our messages have the shapes that its messages have', () => {
    const { to, from } = { to: anna.phone, from: '15550002222' }
    const link = 'https://a.example/1'
    const same: [Piece, object][] = [
      [{ type: 'text', text: 'a' }, new SMS({ ...words, text: 'a', to, from, clientRef: 'k1' })],
      [
        { type: 'image', url: '', caption: 'c' },
        new MMSImage({ image: { url: link, caption: 'c' }, to, from, clientRef: 'k1' }),
      ],
    ]
    for (const [piece, theirs] of same) {
      const { client_ref, message_type, ...rest } = render(piece, outgoing(to), link)
      assert.deepEqual({ ...rest, from, messageType: message_type, clientRef: client_ref }, plain(theirs))
    }
  })
})
