import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import sdk from 'twilio'
import { numberOf } from '../../sandbox/twilio/account.ts'
import { twilioWire } from '../../sandbox/twilio.ts'
import { twilio } from '../../src/channels/twilio/index.ts'
import type { Settings } from '../../src/channels/twilio/settings.ts'
import { anna, openStage, type Stage } from './sms-stage.ts'

describe('twilio: the official SDK as the judge', () => {
  let s: Stage<Settings>
  before(async () => {
    s = await openStage(twilioWire, twilio)
    assert.ok((await twilio.setup!(s.hookUrl, s.io)).ok)
  })
  after(() => s.close())

  /** The SDK knows Twilio's hosts by heart: its own network layer leads them to the simulator. */
  function client() {
    const { accountSid, authToken } = s.settings
    const httpClient = new sdk.RequestClient()
    const request = httpClient.request.bind(httpClient)
    httpClient.request = options =>
      request({ ...options, uri: options.uri.replace(/^https:\/\/\w+\.twilio\.com/, s.world.baseUrl) })
    return sdk(accountSid, authToken, { httpClient })
  }

  test('its validator accepts every webhook of the simulator, and no changed one', async () => {
    const sent = await s.send({ type: 'text', text: 'Hi' }, `+${anna.phone}`)
    assert.ok(sent.ok)
    await s.receipts(sent.id)
    await s.told({ do: 'text', text: 'Ä & ö = 1+1 😀' })
    await s.told({ do: 'media', type: 'image', bytes: new Uint8Array(3), mime: 'image/png', name: 'a' })
    assert.ok(s.arrived.length >= 4)
    for (const { request, body } of s.arrived) {
      const signature = request.headers['x-twilio-signature']!
      const form = Object.fromEntries(new URLSearchParams(body))
      assert.ok(sdk.validateRequest(s.settings.authToken, signature, request.url, form))
      assert.ok(!sdk.validateRequest(s.settings.authToken, signature, request.url, { ...form, more: '' }))
    }
  })
  test('our verifier and its own agree about every address and body', () => {
    const { authToken } = s.settings
    const fields = { MessageSid: 'SM1', Body: "It's ~ (ok)! * é", From: '+1' }
    const signedAt = [
      'https://a.example/h',
      'https://a.example:443/h',
      'https://a.example:8443/h?a=1&b=%27',
      "http://a.example/h?name=O'Neil&x=%20y",
      'https://user:secret@a.example/h?q=a+b',
      'https://[::1]:3000/h',
    ]
    const variants = (url: string) => [
      url,
      url.replace(/:(443|8443|3000)/, ''),
      url.replace('https', 'http'),
      `${url}x`,
    ]
    for (const url of signedAt) {
      const signature = sdk.getExpectedTwilioSignature(authToken, url, fields)
      for (const called of variants(url)) {
        const request = {
          method: 'POST',
          url: called,
          query: {},
          headers: { 'x-twilio-signature': signature },
          body: new TextEncoder().encode(new URLSearchParams(fields).toString()),
        }
        const ours = twilio.verify(request, s.settings, new Date(0)).verdict === 'accept'
        assert.equal(ours, sdk.validateRequest(authToken, signature, called, fields), `${url} called as ${called}`)
      }
    }
  })
  test('our verifier and its own agree about bodies that are no form', () => {
    const { authToken } = s.settings
    const body = '[{"type":"é"}]'
    const url = `https://a.example/h?bodySHA256=${createHash('sha256').update(body).digest('hex')}`
    const signature = sdk.getExpectedTwilioSignature(authToken, url, {})
    for (const said of [body, `${body} `]) {
      const headers = { 'x-twilio-signature': signature }
      const request = { method: 'POST', url, query: {}, headers, body: new TextEncoder().encode(said) }
      const ours = twilio.verify(request, s.settings, new Date(0)).verdict === 'accept'
      assert.equal(ours, sdk.validateRequestWithBody(authToken, signature, url, said))
      assert.equal(ours, said === body)
    }
  })
  test('as a client it works against the simulator', async () => {
    const { messages, incomingPhoneNumbers, api } = client()
    const account = await api.v2010.accounts(s.settings.accountSid).fetch()
    assert.deepEqual([account.friendlyName, account.status], ['Rowan & Rye', 'active'])
    const [number] = await incomingPhoneNumbers.list({ phoneNumber: numberOf(s.world) })
    assert.equal(number?.phoneNumber, numberOf(s.world))
    assert.equal((await incomingPhoneNumbers(number.sid).update({ smsUrl: s.hookUrl })).smsUrl, s.hookUrl)
    const from = numberOf(s.world)
    const sent = await messages.create({ to: `+${anna.phone}`, from, body: 'From the SDK', statusCallback: s.hookUrl })
    assert.deepEqual([sent.status, sent.numSegments, sent.direction], ['queued', '1', 'outbound-api'])
    assert.ok(!Number.isNaN(sent.dateCreated.getTime()))
    assert.equal((await s.receipts(sent.sid)).at(-1)?.key, undefined)
    await assert.rejects(messages.create({ to: 'nobody', from, body: 'x' }), { code: 21211, status: 400 })
    await assert.rejects(messages.create({ to: `+${anna.phone}`, from }), { code: 21602 })
  })
})
