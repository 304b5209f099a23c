import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Piece } from '../../src/channels/contract.ts'
import { render } from '../../src/channels/viber/send.ts'
import { anna, inTouch, type Stage, to } from './viber-stage.ts'

/** The parts of viber-bot 1.0.18 that judge us. The package has no types. */
interface SdkMessage {
  toJson(): Record<string, unknown>
  text?: string
}
interface SdkBot {
  _client: unknown
  middleware(): (incoming: unknown, reply: unknown) => void
  on(event: string, heard: (...args: never[]) => void): void
  sendMessage(user: { id: string }, message: unknown): Promise<unknown[]>
  getBotProfile(): Promise<{ name: string }>
  getUserDetails(user: { id: string }): Promise<{ name: string }>
  setWebhook(url: string): Promise<{ event_types: string[] }>
}
type New<T> = new (...args: unknown[]) => T
interface Sdk {
  Bot: New<SdkBot>
  Message: Record<'Text' | 'Url' | 'Contact' | 'File' | 'Location' | 'Picture' | 'Video', New<SdkMessage>>
}
const require = createRequire(import.meta.url)
const sdk = require('viber-bot') as Sdk
const Client = require('viber-bot/lib/viber-client.js') as New<unknown>
const Validator = require('viber-bot/lib/message/message-validator.js') as New<{
  validateMessage(signature: string, body: string): boolean
}>
const silent = { debug() {}, info() {}, warn() {}, error() {} }

describe('viber: the official SDK as the judge', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  /** The SDK writes the address of the API into the bot, so the bot gets a client of its own kind for ours. */
  function sdkBot(): SdkBot {
    const { token, name } = stage.world.account
    const bot = new sdk.Bot({ logger: silent, authToken: token, name, avatar: 'https://a.example/a.png' })
    const events = ['subscribed', 'unsubscribed', 'conversation_started', 'message', 'delivered', 'seen']
    bot._client = new Client(silent, { authToken: token, name }, `${stage.world.baseUrl}/pa`, events)
    return bot
  }

  test('its validator accepts every signature of the simulator and no changed body', () => {
    const validator = new Validator(silent, stage.world.account.token)
    assert.ok(stage.business.requests.length > 0)
    for (const { headers, body } of stage.business.requests) {
      const signature = headers['x-viber-content-signature']!
      const said = Buffer.from(body).toString()
      assert.ok(validator.validateMessage(signature, said))
      assert.ok(!validator.validateMessage(signature, `${said} `))
    }
  })
  test('its bot works against the simulator', async () => {
    const bot = sdkBot()
    assert.equal((await bot.getBotProfile()).name, 'Rowan & Rye')
    assert.equal((await bot.getUserDetails({ id: anna.id })).name, 'Anna')
    for (const message of [
      new sdk.Message.Text('from the SDK'),
      new sdk.Message.Contact('Rowan', '+358501112233'),
      new sdk.Message.Location(60.17, 24.94),
      new sdk.Message.Url('https://shop.example'),
    ]) {
      const before = stage.world.bubbles.length
      assert.equal((await bot.sendMessage({ id: anna.id }, message)).length, 1)
      assert.equal(stage.world.bubbles.length, before + 1)
    }
    await assert.rejects(bot.sendMessage({ id: 'AAAA' }, new sdk.Message.Text('x')), { status: 5 })
  })
  test('its middleware takes the webhooks of the simulator', async () => {
    const bot = sdkBot()
    const take = bot.middleware()
    const texts: string[] = []
    const heard = new Promise<void>(done => {
      bot.on('message', ((message: SdkMessage) => {
        texts.push(message.text!)
        done()
      }) as never)
    })
    // The SDK looks for the header under a name that Node never gives it, and otherwise for `?sig=`.
    const server = createServer((incoming, reply) => {
      incoming.url = `/?sig=${incoming.headers['x-viber-content-signature']}`
      take(incoming, reply)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    assert.ok((await bot.setWebhook(hook)).event_types.includes('message'))
    stage.world.act(anna.id, { do: 'text', text: 'Привет, SDK' })
    await heard
    assert.deepEqual(texts, ['Привет, SDK'])
    server.closeAllConnections()
    server.close()
  })
  test('our messages have the shapes that its messages have', () => {
    const file = { url: 'https://a.example/a.mp4', bytes: 77, name: 'a.mp4' }
    const same: [Piece, SdkMessage][] = [
      [{ type: 'text', text: 'a' }, new sdk.Message.Text('a')],
      [{ type: 'link', url: 'https://a.example' }, new sdk.Message.Url('https://a.example')],
      [{ type: 'contact', name: 'A', phones: ['1'] }, new sdk.Message.Contact('A', '1')],
      [{ type: 'location', lat: 1, lon: 2 }, new sdk.Message.Location(1, 2)],
      [{ type: 'image', url: '', caption: 'c' }, new sdk.Message.Picture(file.url, 'c')],
      [{ type: 'video', url: '', seconds: 3 }, new sdk.Message.Video(file.url, 77, null, null, 3)],
      [{ type: 'file', url: '' }, new sdk.Message.File(file.url, 77, 'a.mp4')],
    ]
    for (const [piece, theirs] of same) {
      const { receiver, min_api_version, ...ours } = render(piece, to, file)
      assert.equal(receiver, anna.id)
      assert.equal(min_api_version, 1)
      assert.deepEqual(ours, JSON.parse(JSON.stringify(theirs.toJson(), (_key, value) => value ?? undefined)))
    }
  })
})
